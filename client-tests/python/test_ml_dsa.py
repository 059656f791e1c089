"""ML-DSA signatures, verified by `cryptography`. mu is computed here by FIPS 204."""

import hashlib
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from proofs import Signing, kms

ALGORITHM = "ML_DSA_SHAKE_256"
MESSAGE = b"a message"


class MlDsa(Signing):
    def setUp(self):
        self.outside = load_der_public_key(self.der)

    def mu(self, message):
        # The two zeros mean the pure form and an empty context.
        key = hashlib.shake_256(self.outside.public_bytes_raw()).digest(64)
        return hashlib.shake_256(key + b"\0\0" + message).digest(64)

    def test_message(self):
        signature = self.sign(MESSAGE, ALGORITHM, "RAW")
        self.outside.verify(signature, MESSAGE)
        with self.assertRaises(InvalidSignature):
            self.outside.verify(signature, b"another")
        with self.assertRaises(InvalidSignature):
            self.outside.verify(signature, MESSAGE, b"a context")
        self.assertTrue(self.verify(MESSAGE, signature, ALGORITHM, "RAW"))
        self.assertTrue(self.verify(self.mu(MESSAGE), signature, ALGORITHM, "EXTERNAL_MU"))
        self.refuse(b"another", signature, ALGORITHM, "RAW")

    def test_external_mu(self):
        mu = self.mu(MESSAGE)
        signature = self.sign(mu, ALGORITHM, "EXTERNAL_MU")
        self.outside.verify(signature, MESSAGE)
        self.outside.verify_mu(signature, mu)
        self.assertTrue(self.verify(mu, signature, ALGORITHM, "EXTERNAL_MU"))
        self.assertTrue(self.verify(MESSAGE, signature, ALGORITHM, "RAW"))
        # The signature is not valid for the 64 bytes as a message.
        self.refuse(mu, signature, ALGORITHM, "RAW")

    def test_external_mu_of_a_long_message(self):
        message = b"m" * 4097
        with self.assertRaises(kms.exceptions.ClientError):
            self.sign(message, ALGORITHM, "RAW")
        self.outside.verify(self.sign(self.mu(message), ALGORITHM, "EXTERNAL_MU"), message)


class MlDsa44(MlDsa, unittest.TestCase):
    spec = "ML_DSA_44"


class MlDsa65(MlDsa, unittest.TestCase):
    spec = "ML_DSA_65"


class MlDsa87(MlDsa, unittest.TestCase):
    spec = "ML_DSA_87"
