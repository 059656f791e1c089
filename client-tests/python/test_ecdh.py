"""DeriveSharedSecret: the other side of the agreement is `cryptography`."""

import unittest

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from proofs import create_key, kms, public_key


class Agreement:
    def test_agreement(self):
        key = create_key(self.spec, "KEY_AGREEMENT")
        inside = load_der_public_key(public_key(key))
        outside = ec.generate_private_key(self.curve)
        answer = kms.derive_shared_secret(
            KeyId=key,
            KeyAgreementAlgorithm="ECDH",
            PublicKey=spki(outside),
        )
        self.assertEqual(answer["SharedSecret"], outside.exchange(ec.ECDH(), inside))
        # The x coordinate, with its leading zeros.
        self.assertEqual(len(answer["SharedSecret"]), (self.curve.key_size + 7) // 8)

        stranger = ec.generate_private_key(ec.SECP256K1())
        with self.assertRaisesRegex(kms.exceptions.ClientError, "ValidationException"):
            kms.derive_shared_secret(
                KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=spki(stranger)
            )


def spki(private_key):
    return private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


class P256(Agreement, unittest.TestCase):
    spec, curve = "ECC_NIST_P256", ec.SECP256R1()


class P384(Agreement, unittest.TestCase):
    spec, curve = "ECC_NIST_P384", ec.SECP384R1()


class P521(Agreement, unittest.TestCase):
    spec, curve = "ECC_NIST_P521", ec.SECP521R1()
