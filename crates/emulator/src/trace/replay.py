"""A call that was traced in the Tandem emulator, as a test: it does the same again and awaits the same callbacks.

    TANDEM_EMULATOR=http://127.0.0.1:8080 python3 this_file.py

It needs nothing but Python. Times are not replayed: a request follows as soon as what was seen before it has been seen.
"""

import base64
import datetime
import hashlib
import hmac
import http.server
import json
import os
import threading
import time
import unittest
import urllib.error
import urllib.request
import uuid

STEPS = []  # the steps of the trace
KEY = "ACCESS_KEY_OF_THE_EMULATOR"
EMULATOR = os.environ.get("TANDEM_EMULATOR", "http://127.0.0.1:8080")
DEADLINE_S = 20


class Receiver:
    """Takes events and callbacks, and remembers the types that have not been awaited yet."""

    def __init__(self):
        self.changed = threading.Condition()
        self.callbacks = []
        self.contexts = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = json.dumps(receiver.take(body[0])).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, event):
        data = event["data"]
        if "validationCode" in data:
            return {"validationResponse": data["validationCode"]}
        with self.changed:
            if "incomingCallContext" in data:
                self.contexts.append(data["incomingCallContext"])
            elif "type" in event:
                self.callbacks.append(event["type"].rsplit(".", 1)[1])
            self.changed.notify_all()
        return {}

    def next(self, seen, wanted=None):
        until = time.monotonic() + DEADLINE_S
        with self.changed:
            while True:
                for at, one in enumerate(seen):
                    if wanted in (None, one):
                        return seen.pop(at)
                if not self.changed.wait(until - time.monotonic()):
                    raise AssertionError(f"{wanted or 'IncomingCall'} did not come; there are {seen}")


class TracedCall(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.server.server_close)
        self.addCleanup(self.receiver.server.shutdown)
        self.ids = {}
        self.phone = None

    def send(self, method, path, body, headers):
        request = urllib.request.Request(EMULATOR + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text else {}

    def control(self, method, path, body):
        status, answer = self.send(method, "/_emulator" + path, json.dumps(body).encode(), {})
        self.assertLess(status, 300, answer)
        return answer

    def renamed(self, text):
        for old, new in self.ids.items():
            text = text.replace(old, new)
        return text

    def body_of(self, step):
        if step["body"] is None:
            return b""
        body = json.loads(self.renamed(json.dumps(step["body"])))
        for member in ("callbackUri", "operationCallbackUri", "recordingStateCallbackUri"):
            if member in body:
                body[member] = self.receiver.url + "/callbacks"
        if "incomingCallContext" in body:
            body["incomingCallContext"] = self.receiver.next(self.receiver.contexts)
        return json.dumps(body).encode()

    def request(self, step):
        path, body = self.renamed(step["path"]), self.body_of(step)
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        host = EMULATOR.split("://", 1)[1]
        signed = f"{step['method']}\n{path}\n{date};{host};{digest}".encode()
        signature = base64.b64encode(hmac.new(base64.b64decode(KEY), signed, hashlib.sha256).digest()).decode()
        headers = {
            "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
            "x-ms-date": date,
            "x-ms-content-sha256": digest,
            "Content-Type": "application/json",
            "Repeatability-Request-ID": str(uuid.uuid4()),
            "Repeatability-First-Sent": date,
        }
        status, answer = self.send(step["method"], path, body or None, headers)
        self.assertEqual(status, step["status"], (step["operation"], answer))
        for name, old in (step["ids"] or {}).items():
            self.ids[old] = answer[name]

    def person(self, step):
        if step["who"].startswith("4:"):
            path = "/pstn-calls/" + self.phone
        else:
            path = "/teams-users/" + step["who"].rsplit("_", 1)[1]
        if step["keys"]:
            self.control("POST", path + "/digits", {"digits": step["keys"]})
        elif step["says"]:
            self.control("POST", path + "/speak", {"text": step["says"]})
        elif step["hangs_up"]:
            self.control("POST", path + "/hang-up", {})

    def test_the_call_goes_as_it_went(self):
        self.control("POST", "/event-subscriptions", {"endpoint": self.receiver.url + "/events"})
        for step in STEPS:
            with self.subTest(step=step):
                if step["do"] == "call":
                    placed = self.control("POST", "/pstn-calls", {"from": step["from"], "to": step["to"]})
                    self.phone = placed["id"]
                elif step["do"] == "request":
                    self.request(step)
                elif step["do"] == "await":
                    self.receiver.next(self.receiver.callbacks, step["event"])
                else:
                    self.person(step)


if __name__ == "__main__":
    unittest.main()
