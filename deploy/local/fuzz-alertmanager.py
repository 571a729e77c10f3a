"""An Alertmanager as far as silences go, for fuzz-api.sh: it takes every silence and keeps none.

Prints the address that it listens on."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

ANSWERS = {
    "/api/v2/status": {"cluster": {"status": "disabled"}},
    "/api/v2/silences": [],
    "/api/v2/alerts": [],
}


class Alertmanager(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(ANSWERS.get(self.path))

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.answer({"silenceID": "00000000-0000-4000-8000-000000000000"})

    def answer(self, body):
        data = json.dumps(body).encode()
        self.send_response(404 if body is None else 200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Alertmanager)
print(f"127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
