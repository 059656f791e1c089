"""A proxy of an external key store, by the XKS proxy API specification: AES-256-GCM keys in memory. botocore verifies the
requests' signatures."""

import base64
import contextlib
import hashlib
import json
import os
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HOST = "proxy.example"
PREFIX = "/a-prefix/kms/xks/v1"


class ProxyError(Exception):
    def __init__(self, status, name):
        super().__init__(name)
        self.status, self.name = status, name


class Proxy:
    """A running proxy. A test can change `keys` and replace `answer`."""

    access_key_id = "ABCDEFGHIJKLMNOPQRST"
    secret = base64.b64encode(bytes(range(32))).decode()
    region = "us-east-1"

    def __init__(self, tls=None):
        self.keys = {}
        self.disabled = set()
        self.calls = []
        self.is_down = False
        self.answer = self.default_answer
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Otherwise a response in two small packets waits for an acknowledgement.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if proxy.is_down:
                    self.close_connection = True
                    return
                try:
                    proxy.authenticate(self.path, self.headers, body)
                    status, answer = 200, proxy.answer(self.path, json.loads(body))
                except ProxyError as refusal:
                    status, answer = refusal.status, {"errorName": refusal.name}
                answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

            def handle(self):
                # At the end of each test, the emulator is killed and the connection breaks.
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    super().handle()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        scheme = "http"
        if tls:
            scheme = "https"
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        """Accepts no more connections, and no more requests on open ones."""
        self.is_down = True
        self.server.shutdown()
        self.server.server_close()

    def add_key(self, name):
        self.keys[name] = AESGCM(os.urandom(32))

    def authenticate(self, path, headers, body):
        authorization = headers["Authorization"]
        signed = re.search(r"SignedHeaders=([^,]+)", authorization)[1].split(";")
        request = AWSRequest(
            method="POST",
            url=f"https://{HOST}{path}",
            data=body,
            headers={name: headers[name] for name in signed},
        )
        request.context["timestamp"] = headers["X-Amz-Date"]
        credentials = Credentials(self.access_key_id, self.secret)
        auth = SigV4Auth(credentials, "kms-xks-proxy", self.region)
        to_sign = auth.string_to_sign(request, auth.canonical_request(request))
        scope = f"Credential={self.access_key_id}/{auth.credential_scope(request)}"
        signature = f"Signature={auth.signature(to_sign, request)}"
        if headers["Host"] != HOST or scope not in authorization or signature not in authorization:
            raise ProxyError(401, "AuthenticationFailedException")

    def default_answer(self, path, body):
        self.calls.append((path.removeprefix(PREFIX), body["requestMetadata"]))
        if path == f"{PREFIX}/health":
            hsm = {"id": "hsm-1", "model": "Model 1", "healthStatus": "ACTIVE"}
            return {
                "xksProxyFleetSize": 1,
                "xksProxyVendor": "Vendor",
                "xksProxyModel": "Proxy 1",
                "ekmVendor": "Vendor",
                "ekmFleetDetails": [hsm],
            }
        found = re.fullmatch(PREFIX + r"/keys/([\w.-]+)/(metadata|encrypt|decrypt)", path)
        if not found:
            raise ProxyError(404, "InvalidUriPathException")
        name, operation = found.groups()
        if name not in self.keys:
            raise ProxyError(404, "KeyNotFoundException")
        if operation == "metadata":
            status = "DISABLED" if name in self.disabled else "ENABLED"
            return {"keySpec": "AES_256", "keyUsage": ["ENCRYPT", "DECRYPT"], "keyStatus": status}
        if name in self.disabled:
            raise ProxyError(400, "InvalidStateException")
        assert body["encryptionAlgorithm"] == "AES_GCM"
        return getattr(self, operation)(self.keys[name], body)

    @staticmethod
    def bound(aad, metadata):
        return len(aad).to_bytes(2, "big") + aad + bytes([len(metadata)]) + metadata

    def encrypt(self, key, body):
        plaintext = base64.b64decode(body["plaintext"])
        aad = base64.b64decode(body.get("additionalAuthenticatedData", ""))
        metadata, iv = b"key_version=1", os.urandom(12)
        sealed = key.encrypt(iv, plaintext, self.bound(aad, metadata))
        ciphertext, tag = sealed[:-16], sealed[-16:]
        answer = {
            "ciphertext": ciphertext,
            "ciphertextMetadata": metadata,
            "initializationVector": iv,
            "authenticationTag": tag,
        }
        if "ciphertextDataIntegrityValueAlgorithm" in body:
            integrity = hashlib.sha256(aad + metadata + iv + ciphertext + tag).digest()
            answer["ciphertextDataIntegrityValue"] = integrity
        return {name: base64.b64encode(value).decode() for name, value in answer.items()}

    def decrypt(self, key, body):
        given = {
            name: base64.b64decode(body.get(name, ""))
            for name in (
                "ciphertext",
                "ciphertextMetadata",
                "initializationVector",
                "authenticationTag",
                "additionalAuthenticatedData",
            )
        }
        bound = self.bound(given["additionalAuthenticatedData"], given["ciphertextMetadata"])
        sealed = given["ciphertext"] + given["authenticationTag"]
        try:
            plaintext = key.decrypt(given["initializationVector"], sealed, bound)
        except InvalidTag:
            raise ProxyError(400, "InvalidCiphertextException") from None
        return {"plaintext": base64.b64encode(plaintext).decode()}
