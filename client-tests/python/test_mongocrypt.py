"""MongoDB's field level encryption: libmongocrypt has its own KMS client in C, which requires HTTPS.

libmongocrypt creates signed requests and parses the responses. `Driver` replaces MongoDB's driver: it sends the requests and
stores the data keys.
"""

import os
import socket
import ssl
import unittest
import urllib.parse

import bson
from pymongocrypt.errors import MongoCryptError
from pymongocrypt.mongocrypt import MongoCryptOptions
from pymongocrypt.synchronous.explicit_encrypter import ExplicitEncrypter
from pymongocrypt.synchronous.state_machine import MongoCryptCallback

from proofs import kms

ENDPOINT = urllib.parse.urlsplit(kms.meta.endpoint_url).netloc
RANDOM = "AEAD_AES_256_CBC_HMAC_SHA_512-Random"
PROVIDERS = {"aws": {"accessKeyId": "test", "secretAccessKey": "test"}}


class Driver(MongoCryptCallback):
    def __init__(self, vault):
        self.vault = vault
        self.tls = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])

    def kms_request(self, context):
        host, port = context.endpoint.rsplit(":", 1)
        connection = socket.create_connection((host, int(port)), timeout=60)
        with connection, self.tls.wrap_socket(connection, server_hostname=host) as secured:
            secured.sendall(context.message)
            while context.bytes_needed > 0:
                received = secured.recv(context.bytes_needed)
                if not received:
                    raise ConnectionError("the answer broke off")
                context.feed(received)

    def insert_data_key(self, document):
        document = bson.decode(document)
        self.vault[bytes(document["_id"])] = document
        return bytes(document["_id"])

    def fetch_keys(self, filter):
        return map(bson.encode, self.vault.values())

    def bson_encode(self, document):
        return bson.encode(document)

    def collection_info(self, *_):
        raise NotImplementedError("for automatic encryption")

    mark_command = collection_info

    def close(self):
        pass


class FieldLevelEncryption(unittest.TestCase):
    def setUp(self):
        self.vault = {}
        self.one, self.other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
        self.data_key = self.encrypter().create_data_key("aws", self.master_key(self.one))

    def master_key(self, arn):
        return {"region": "us-east-1", "key": arn, "endpoint": ENDPOINT}

    def encrypter(self):
        """A new one each time, because it caches data keys."""
        encrypter = ExplicitEncrypter(Driver(self.vault), MongoCryptOptions(PROVIDERS))
        self.addCleanup(encrypter.close)
        return encrypter

    def encrypt(self, value):
        return self.encrypter().encrypt(bson.encode({"v": value}), RANDOM, self.data_key)

    def decrypt(self, sealed):
        return bson.decode(self.encrypter().decrypt(sealed))["v"]

    def test_field(self):
        sealed = self.encrypt("Ünïcödé")
        self.assertNotIn("Ünïcödé".encode(), sealed)
        self.assertEqual(self.decrypt(sealed), "Ünïcödé")

    def test_wrong_master_key(self):
        sealed = self.encrypt(42)
        rewrapped = self.encrypter().rewrap_many_data_key({}, "aws", self.master_key(self.other))
        (document,) = bson.decode(rewrapped)["v"]
        self.vault[self.data_key].update(document)
        kms.disable_key(KeyId=self.one)
        self.assertEqual(self.decrypt(sealed), 42)

    def test_kms_error(self):
        sealed = self.encrypt("a secret")
        kms.disable_key(KeyId=self.one)
        with self.assertRaisesRegex(MongoCryptError, f"DisabledException.*{self.one} is disabled"):
            self.decrypt(sealed)


if __name__ == "__main__":
    unittest.main()
