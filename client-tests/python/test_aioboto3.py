"""aioboto3: the story of test_lifecycle.py again, and what only it can do, many calls at a time."""

import asyncio
import unittest

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
    def test_200_calls_at_a_time(self):
        asyncio.run(self.sign_200())

    async def sign_200(self):
        config = Config(max_pool_connections=200)
        async with aioboto3.Session().client("kms", config=config) as kms:
            created = await kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
            key = created["KeyMetadata"]["KeyId"]
            public = load_der_public_key((await kms.get_public_key(KeyId=key))["PublicKey"])
            messages = [f"message {number}".encode() for number in range(200)]
            asked = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256"}
            calls = [kms.sign(Message=message, **asked) for message in messages]
            answers = await asyncio.gather(*calls)
        for message, answer in zip(messages, answers):
            public.verify(answer["Signature"], message, ec.ECDSA(hashes.SHA256()))


if __name__ == "__main__":
    unittest.main()
