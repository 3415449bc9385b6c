"""What takes the notices of a subscription: answers handshakes, and reads resource data with a key of its own."""

import base64
import http.server
import json
import queue
import urllib.parse

from cryptography.hazmat.primitives import hashes, hmac, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509 import load_pem_x509_certificate

from certificate import new_certificate
from stage import DEADLINE_S, serve


class Notices:
    """A subscriber, with a certificate that resource data is sealed for."""

    def __init__(self, emulator):
        self.taken = queue.Queue()
        self.validates = True
        made = new_certificate()
        self.key = serialization.load_pem_private_key(made.private.encode(), None)
        certificate = load_pem_x509_certificate(made.public.encode())
        self.certificate = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        notices = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                token = urllib.parse.parse_qs(query).get("validationToken")
                if token:
                    return self.answer(200 if notices.validates else 500, token[0].encode())
                notices.taken.put((path, json.loads(body)))
                return self.answer(202, b"")

            def answer(self, status, text):
                self.send_response(status)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server, self.url = serve(emulator, Handler)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        """The next POST: where it went, and what it said."""
        return self.taken.get(timeout=DEADLINE_S)

    def read(self, content):
        """Resource data, by the four steps that Microsoft documents."""
        secret = self.key.decrypt(
            base64.b64decode(content["dataKey"]),
            rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
        )
        data = base64.b64decode(content["data"])
        check = hmac.HMAC(secret, hashes.SHA256())
        check.update(data)
        check.verify(base64.b64decode(content["dataSignature"]))
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        return json.loads(unpadder.update(padded) + unpadder.finalize())
