"""What the instrumented program runs for a profile: common requests often, all golden cases once."""

import datetime
import hashlib
import hmac
import http.client
import json
import signal
import subprocess
import urllib.parse
from pathlib import Path

from .project import run

REQUESTS = 2000
ACCESS_KEY, SECRET, REGION = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"
# One user may use all keys; the other one's policy has conditions.
SEED = {
    "account": "111122223333",
    "identities": [
        {
            "arn": "arn:aws:iam::111122223333:user/bob",
            "tags": {"team": "shop"},
            "access_keys": [{"id": ACCESS_KEY, "secret": SECRET}],
            "policies": [
                {
                    "name": "use-keys",
                    "document": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {"Effect": "Allow", "Action": "kms:*", "Resource": "*"},
                            {
                                "Effect": "Deny",
                                "Action": "kms:*",
                                "Resource": "*",
                                "Condition": {"StringEquals": {"kms:RequestAlias": "alias/forbidden"}},
                            },
                        ],
                    },
                }
            ],
        }
    ],
}


class Server:
    """A server on a free port, and one connection to it."""

    def __init__(self, program: Path, environment: dict, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = next(word for word in self.process.stdout.readline().split() if word.startswith("http://"))
        self.host = urllib.parse.urlsplit(self.url).netloc
        self.connection = http.client.HTTPConnection(self.host)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        # A program writes its profile when it ends by itself.
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def call(self, operation: str, body: dict) -> dict:
        content = json.dumps(body).encode()
        self.connection.request("POST", "/", content, signed(self.host, operation, content))
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{operation}: {text}")
        return json.loads(text) if text else {}

    def key(self, spec: str, usage: str) -> str:
        return self.call("CreateKey", {"KeySpec": spec, "KeyUsage": usage})["KeyMetadata"]["KeyId"]


def train(program: Path, environment: dict, folder: Path) -> None:
    """Runs everything."""
    seed = folder / "seed.json"
    seed.write_text(json.dumps(SEED))
    data = ["--data-dir", str(folder / "data")]
    for arguments in (["--temporary"], data, ["--temporary", "--auth", "policy", "--seed", str(seed)]):
        with Server(program, environment, *arguments) as server:
            common_requests(server)
    # The keys of the folder are read.
    with Server(program, environment, *data):
        pass
    with Server(program, environment, "--temporary") as server:
        run([program, "verify", "--endpoint", server.url], env=environment)


def common_requests(server: Server) -> None:
    signs = server.key("ECC_NIST_P256", "SIGN_VERIFY")
    encrypts = server.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    authenticates = server.key("HMAC_256", "GENERATE_VERIFY_MAC")
    text = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    sign = {"KeyId": signs, "Message": text, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    encrypt = {"KeyId": encrypts, "Plaintext": text, "EncryptionContext": {"purpose": "profile"}}
    signature = server.call("Sign", sign)["Signature"]
    ciphertext = server.call("Encrypt", encrypt)["CiphertextBlob"]
    context = encrypt["EncryptionContext"]
    requests = [
        ("GenerateRandom", {"NumberOfBytes": 32}),
        ("DescribeKey", {"KeyId": encrypts}),
        ("Encrypt", encrypt),
        ("Encrypt", {"KeyId": encrypts, "Plaintext": text}),
        ("Decrypt", {"CiphertextBlob": ciphertext, "EncryptionContext": context}),
        ("GenerateDataKey", {"KeyId": encrypts, "KeySpec": "AES_256"}),
        ("GenerateMac", {"KeyId": authenticates, "Message": text, "MacAlgorithm": "HMAC_SHA_256"}),
        ("GetPublicKey", {"KeyId": signs}),
        ("Sign", sign),
        ("Verify", {**sign, "Signature": signature}),
        ("CreateKey", {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}),
        ("CreateKey", {}),
    ]
    for _ in range(REQUESTS):
        for operation, body in requests:
            server.call(operation, body)
    for _ in range(REQUESTS // 20):
        server.call("ListKeys", {"Limit": 1000})


def signed(host: str, operation: str, body: bytes) -> dict:
    """The headers of a request, with its Signature Version 4."""
    time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": host,
        "X-Amz-Date": time,
        "X-Amz-Target": f"TrentService.{operation}",
    }
    names = ";".join(name.lower() for name in headers)
    lines = "".join(f"{name.lower()}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{time[:8]}/{REGION}/kms/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in [*scope.split("/"), text]:
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"Credential={ACCESS_KEY}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    agent = "aws-sdk-js/3.0.0 ua/2.1 os/linux lang/js md/nodejs api/kms#3.0.0"
    return {**headers, "User-Agent": agent, "Authorization": f"AWS4-HMAC-SHA256 {credential}"}
