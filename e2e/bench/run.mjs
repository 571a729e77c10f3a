// Serves this folder on loopback, opens the page in a headless Chromium and
// prints what it measured.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };
const TIMEOUT_MS = 300_000;

function answer(request, response, report) {
  if (request.method === "POST") {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => { response.end(); report(JSON.parse(body)); });
    return;
  }
  const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  const file = join(import.meta.dirname, path === "/" ? "index.html" : path);
  readFile(file).then(
    (content) => {
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      response.end(content);
    },
    () => { response.statusCode = 404; response.end(); },
  );
}

function print({ error, rows }) {
  if (error) throw new Error(error);
  const ms = (number) => number.toFixed(1).padStart(7);
  const share = (number) => number.toFixed(2).padStart(7);
  console.log("decode + draw at 1200 x 300 pixels, median milliseconds; ours draws lines of 1.25 or 1.5 pixels,");
  console.log("uPlot of 1 pixel, and of ours' width where it says wide; budget: a ratio of 0.35 at the largest");
  console.log("                           ours                   uPlot                        ratio");
  console.log("series x points     all  decode   draw      all  decode   draw   wide    uPlot   wide   hover");
  for (const row of rows) {
    const size = `${row.seriesCount} x ${row.points}`.padEnd(15);
    const ours = ["ours", "ours, decode", "ours, draw"].map((name) => ms(row[name])).join("");
    const uplot = ["uPlot", "uPlot, decode", "uPlot, draw", "uPlot, wide"].map((name) => ms(row[name])).join("");
    const ratios = ["uPlot", "uPlot, wide"].map((name) => share(row["ours"] / row[name])).join("");
    console.log(`${size} ${ours}  ${uplot}  ${ratios} ${share(row.hover)}`);
  }
}

const profile = await mkdtemp(join(tmpdir(), "venti-bench-"));
let chromium;
try {
  const result = await new Promise((resolve, reject) => {
    const server = createServer((request, response) => answer(request, response, resolve));
    server.listen(0, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${server.address().port}/${process.argv[2] ?? ""}`;
      const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
      chromium = spawn(process.env.CHROMIUM ?? "chromium", [...flags, "--window-size=1280,800", url], { stdio: "ignore" });
      chromium.on("error", reject);
      chromium.on("exit", (code) => reject(new Error(`chromium ended with ${code} before the page had measured`)));
    });
    server.unref();
    setTimeout(() => reject(new Error("the page did not finish in time")), TIMEOUT_MS).unref();
  });
  print(result);
} finally {
  chromium?.removeAllListeners("exit").kill();
  await new Promise((done) => (chromium?.exitCode === null ? chromium.once("exit", done) : done()));
  // Its other processes may be writing still.
  await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
