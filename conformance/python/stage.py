"""A running emulator, and a server that receives its events and verifies their tokens.

The emulator is the program in TANDEM_BIN. Nothing here knows how Tandem works: the clients under test, and what
reads every event, are Microsoft's; the token checks are PyJWT's.
"""

import http.server
import json
import os
import queue
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import jwt
import websockets.sync.server
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames
from azure.identity import ClientSecretCredential

from contract import faults_of_callback, faults_of_incoming_call

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
APP = "aa123456-1234-1234-1234-aaa123456789"
SECRET = "tandem-emulator-secret"
RESOURCE = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"
KEY = "dGFuZGVtLWVtdWxhdG9yLWFjY2Vzcy1rZXktMDE="
ACCOUNT = "cc123456-5678-5678-1234-ccc123456789"
NUMBER = "+14255550100"
AGENT = "0269be4d-5be0-4770-bf9c-a1bf50ee78d5"
CALLER = "+12065551212"
DEADLINE_S = 20


STRICT = ("--strict",)


class Emulator:
    """TANDEM_BIN emulator, on free ports, in a directory of its own; strict unless it is asked for otherwise."""

    def __init__(self, flags=STRICT):
        self.directory = tempfile.TemporaryDirectory()
        data = self.directory.name
        addresses = os.path.join(data, "addresses.json")
        self.process = subprocess.Popen(
            [os.environ["TANDEM_BIN"], "emulator", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", data, *flags]
        )
        until = time.monotonic() + DEADLINE_S
        while not os.path.exists(addresses):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the emulator did not start")
            time.sleep(0.02)
        with open(addresses, encoding="utf-8") as file:
            self.addresses = json.load(file)
        self.ca = os.path.join(data, "ca.pem")
        self.https = self.addresses["https"]
        self.http = self.addresses["http"]
        self.tls = ssl.create_default_context(cafile=self.ca)
        # What the emulator made for whoever takes its callbacks.
        self.application_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = (os.path.join(data, name) for name in ("application.pem", "application-key.pem"))
        self.application_tls.load_cert_chain(certificate, key)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(DEADLINE_S)
        self.directory.cleanup()

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.http + "/_emulator" + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as response:
            text = response.read()
        return json.loads(text) if text else None

    def get(self, path):
        with urllib.request.urlopen(self.https + path, timeout=DEADLINE_S, context=self.tls) as response:
            return json.loads(response.read())


def entra_credential(emulator, secret=SECRET):
    """Microsoft's own credential, pointed at the emulated Entra by its public options."""
    return ClientSecretCredential(TENANT, APP, secret, **entra_options(emulator))


def entra_options(emulator):
    """What a credential of azure-identity needs to know of an authority that is not Microsoft's."""
    return {"authority": emulator.https, "disable_instance_discovery": True, "connection_verify": emulator.ca}


def serve(emulator, handler):
    """A server of HTTPS on a free port, and where it is."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = emulator.application_tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"https://127.0.0.1:{server.server_address[1]}"


class Receiver:
    """Answers validations, takes IncomingCall and callbacks, verifies every callback's token, and holds what they say
    against the contract."""

    # Kinds of callbacks that any receiver of this run has taken.
    kinds = set()

    def __init__(self, emulator):
        self.incoming = queue.Queue()
        self.callbacks = queue.Queue()
        self.refused = []
        # Callbacks that come elsewhere are of an earlier case; without a path, all are of this one.
        self.path = None
        document = emulator.get("/calling/.well-known/acsopenidconfiguration")
        self.issuer = document["issuer"]
        # The document names the keys as seen from outside; the emulator serves them itself.
        keys = emulator.get(urllib.parse.urlsplit(document["jwks_uri"]).path)
        self.keys = {key["kid"]: jwt.PyJWK(key) for key in keys["keys"]}
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = receiver.take(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server, self.url = serve(emulator, Handler)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, path, headers, body):
        if path == "/events":
            return self.take_event(headers, body)
        try:
            self.verify(headers)
            events = [CloudEvent.from_dict(event) for event in body]
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            self.refused.append(repr(error))
            return 401, b""
        for envelope, event in zip(body, events):
            self.refused += faults_of_callback(envelope)
            self.kinds.add(event.type.rsplit(".", 1)[1])
            if self.path in (None, path):
                self.callbacks.put(event)
        return 200, b""

    def begin(self, path):
        """A new case begins: what is sent elsewhere is of an earlier one."""
        self.path = path
        self.refused = []
        self.incoming = queue.Queue()
        self.callbacks = queue.Queue()
        return self.url + path

    def take_event(self, headers, body):
        event = EventGridEvent.from_dict(body[0])
        if headers["aeg-event-type"] != "SubscriptionValidation":
            if event.event_type == SystemEventNames.AcsIncomingCallEventName:
                self.refused += faults_of_incoming_call(event.data)
            self.incoming.put(event)
            return 200, b""
        if event.event_type != SystemEventNames.EventGridSubscriptionValidationEventName:
            self.refused.append(event.event_type)
        return 200, json.dumps({"validationResponse": event.data["validationCode"]}).encode()

    def verify(self, headers):
        scheme, token = headers["Authorization"].split(" ", 1)
        if scheme != "Bearer":
            raise ValueError(scheme)
        key = self.keys[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, algorithms=["RS256"], audience=RESOURCE, issuer=self.issuer, leeway=5)

    def next(self, event_type):
        """The next callback of this type; others before it are returned beside it."""
        before = []
        while True:
            event = self.callbacks.get(timeout=DEADLINE_S)
            if event.type == "Microsoft.Communication." + event_type:
                return event.data, before
            before.append(event.type.rsplit(".", 1)[1])


class Socket:
    """Takes the WebSockets that the emulator dials, verifies their tokens, and keeps their frames."""

    def __init__(self, emulator, receiver):
        self.receiver = receiver
        self.frames = queue.Queue()
        self.connections = queue.Queue()
        self.server = websockets.sync.server.serve(
            self.take, "127.0.0.1", 0, process_request=self.check, ssl=emulator.application_tls
        )
        self.url = f"wss://127.0.0.1:{self.server.socket.getsockname()[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()

    def check(self, connection, request):
        try:
            self.receiver.verify(request.headers)
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            self.receiver.refused.append(repr(error))
            return connection.respond(401, "")
        return None

    def take(self, connection):
        self.connections.put(connection)
        for message in connection:
            self.frames.put(json.loads(message))

    def next(self, kind, wanted=lambda frame: True):
        """The next frame of this kind that is wanted."""
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            frame = self.frames.get(timeout=DEADLINE_S)
            if frame["kind"] == kind and wanted(frame):
                return frame
        raise TimeoutError(kind)
