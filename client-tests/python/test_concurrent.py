"""Concurrent calls by threads that share a client."""

import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from proofs import create_key, public_key

CALLS = 200


class Concurrent(unittest.TestCase):
    def test_200_concurrent_calls(self):
        kms = boto3.client("kms", config=Config(max_pool_connections=CALLS))
        key = create_key("ECC_NIST_P256", "SIGN_VERIFY")
        public = load_der_public_key(public_key(key))
        messages = [f"message {number}".encode() for number in range(CALLS)]
        together = threading.Barrier(CALLS)

        def sign(message):
            together.wait()
            parameters = {"KeyId": key, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"}
            return kms.sign(**parameters)

        with ThreadPoolExecutor(CALLS) as threads:
            answers = list(threads.map(sign, messages))
        for message, answer in zip(messages, answers):
            public.verify(answer["Signature"], message, ec.ECDSA(hashes.SHA256()))
            self.assertEqual(answer["ResponseMetadata"]["RetryAttempts"], 0)


if __name__ == "__main__":
    unittest.main()
