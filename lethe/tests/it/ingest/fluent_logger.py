"""Sends events with fluent-logger: fluent_logger.py PORT COUNT"""

import sys

from fluent import asyncsender, sender

port, count = int(sys.argv[1]), int(sys.argv[2])

direct = sender.FluentSender("app", host="127.0.0.1", port=port, nanosecond_precision=True)
for n in range(count):
    record = {
        "log": f"line {n} ü",
        "kubernetes": {
            "namespace_name": "ns",
            "pod_name": "web-0",
            "container_name": "main",
            "labels": {"app": "web"},
        },
        "numbers": [1, 2.5, None, True, {"a": -1}],
    }
    if not direct.emit_with_time("web", sender.EventTime(1257893940.25), record):
        sys.exit(f"not sent: {direct.last_error}")
direct.close()

queued = asyncsender.FluentSender("app", host="127.0.0.1", port=port)
for n in range(count):
    record = {"MESSAGE": f"line {n} ü", "_HOSTNAME": "node01", "SYSLOG_IDENTIFIER": "kubelet"}
    if not queued.emit_with_time("node", 1257893940, record):
        sys.exit("not queued")
queued.close()
