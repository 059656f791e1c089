"""ECDSA signatures, verified by `cryptography`."""

import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import load_der_public_key

from proofs import Signing

MESSAGE = b"a message"


class Ecdsa(Signing):
    def test_signatures(self):
        outside, order = load_der_public_key(self.der), self.curve.group_order
        self.assertIsInstance(outside.curve, type(self.curve))
        scheme = ec.ECDSA(self.hash)
        for sent, message_type in self.each_way(MESSAGE, self.algorithm):
            with self.subTest(message_type=message_type):
                signature = self.sign(sent, self.algorithm, message_type)
                outside.verify(signature, MESSAGE, scheme)
                with self.assertRaises(InvalidSignature):
                    outside.verify(signature, b"another", scheme)
                # Both s and n - s are valid.
                r, s = decode_dss_signature(signature)
                flipped = encode_dss_signature(r, order - s)
                outside.verify(flipped, MESSAGE, scheme)
                for again, other_type in self.each_way(MESSAGE, self.algorithm):
                    self.assertTrue(self.verify(again, signature, self.algorithm, other_type))
                    self.assertTrue(self.verify(again, flipped, self.algorithm, other_type))
                changed = encode_dss_signature(r, s - 1 if s > 1 else s + 1)
                self.refuse(sent, changed, self.algorithm, message_type)


class P256(Ecdsa, unittest.TestCase):
    spec, curve = "ECC_NIST_P256", ec.SECP256R1()
    algorithm, hash = "ECDSA_SHA_256", hashes.SHA256()


class P384(Ecdsa, unittest.TestCase):
    spec, curve = "ECC_NIST_P384", ec.SECP384R1()
    algorithm, hash = "ECDSA_SHA_384", hashes.SHA384()


class P521(Ecdsa, unittest.TestCase):
    spec, curve = "ECC_NIST_P521", ec.SECP521R1()
    algorithm, hash = "ECDSA_SHA_512", hashes.SHA512()


class Secp256k1(Ecdsa, unittest.TestCase):
    spec, curve = "ECC_SECG_P256K1", ec.SECP256K1()
    algorithm, hash = "ECDSA_SHA_256", hashes.SHA256()
