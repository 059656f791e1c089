"""aioboto3: the tests of test_lifecycle.py, concurrent calls, and retries."""

import asyncio
import itertools
import json
import os
import unittest
import urllib.request

import aioboto3
from botocore.config import Config
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

import blocking
import test_lifecycle


class Lifecycle(test_lifecycle.Lifecycle):
    @classmethod
    def connect(cls, **options):
        client = blocking.Client(**options)
        cls.addClassCleanup(client.close)
        return client


class Concurrent(unittest.TestCase):
    def test_200_concurrent_calls(self):
        asyncio.run(self.sign_200())

    async def sign_200(self):
        config = Config(max_pool_connections=200)
        async with aioboto3.Session().client("kms", config=config) as kms:
            created = await kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
            key = created["KeyMetadata"]["KeyId"]
            public = load_der_public_key((await kms.get_public_key(KeyId=key))["PublicKey"])
            messages = [f"message {number}".encode() for number in range(200)]
            parameters = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256"}
            calls = [kms.sign(Message=message, **parameters) for message in messages]
            answers = await asyncio.gather(*calls)
        for message, answer in zip(messages, answers):
            public.verify(answer["Signature"], message, ec.ECDSA(hashes.SHA256()))


class Retries(unittest.TestCase):
    """Each retry mode with each fault."""

    def control(self, method, body=None):
        request = urllib.request.Request(
            os.environ["AWS_ENDPOINT_URL"] + "/_emulator/faults",
            method=method,
            data=body and json.dumps(body).encode(),
            headers={"X-Emulator-Token": "local"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def test_faults_are_retried(self):
        faults = [
            {"error": "ThrottlingException"},
            {"status": 503},
            {"connection": "drop_before"},
            {"connection": "lose_answer"},
        ]
        for mode, fault in itertools.product(["legacy", "standard", "adaptive"], faults):
            with self.subTest(mode, **fault):
                asyncio.run(self.retry(mode, fault))

    async def retry(self, mode, fault):
        config = Config(retries={"mode": mode, "total_max_attempts": 3})
        async with aioboto3.Session().client("kms", config=config) as kms:
            self.control("POST", {"operation": "GenerateRandom", "times": 1, **fault})
            try:
                answer = await kms.generate_random(NumberOfBytes=9)
                (armed,) = self.control("GET")["faults"]
            finally:
                self.control("DELETE")
        self.assertEqual(len(answer["Plaintext"]), 9)
        self.assertEqual((armed["seen"], armed["hits"]), (2, 1))


if __name__ == "__main__":
    unittest.main()
