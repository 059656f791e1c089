"""RSA keys: `cryptography` verifies their signatures and encrypts for them.

The private key never leaves KMS, so no other library can check Encrypt. Decrypt checks it, and `cryptography` checks Decrypt.
"""

import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from proofs import Signing, create_key, kms, public_key

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
OAEP = {"RSAES_OAEP_SHA_1": hashes.SHA1(), "RSAES_OAEP_SHA_256": hashes.SHA256()}
MESSAGE = "an Ünïcödé message".encode()


class Signatures(Signing):
    def check(self, scheme, padding_of):
        outside = load_der_public_key(self.der)
        self.assertEqual(outside.key_size, int(self.spec[4:]))
        for bits, hash_ in HASHES.items():
            algorithm = f"{scheme}_SHA_{bits}"
            for sent, message_type in self.each_way(MESSAGE, algorithm):
                with self.subTest(algorithm=algorithm, message_type=message_type):
                    signature = self.sign(sent, algorithm, message_type)
                    outside.verify(signature, MESSAGE, padding_of(hash_), hash_)
                    with self.assertRaises(InvalidSignature):
                        outside.verify(signature, b"another", padding_of(hash_), hash_)
                    # A signature of one message type is valid for the other.
                    for again, other_type in self.each_way(MESSAGE, algorithm):
                        self.assertTrue(self.verify(again, signature, algorithm, other_type))
                    changed = signature[:-1] + bytes([signature[-1] ^ 1])
                    self.refuse(sent, changed, algorithm, message_type)

    def test_pkcs1(self):
        self.check("RSASSA_PKCS1_V1_5", lambda _: padding.PKCS1v15())

    def test_pss(self):
        # The salt has the length of the hash: `cryptography` rejects other lengths.
        self.check(
            "RSASSA_PSS",
            lambda hash_: padding.PSS(padding.MGF1(hash_), salt_length=hash_.digest_size),
        )


class Encryption:
    @classmethod
    def setUpClass(cls):
        cls.key = create_key(cls.spec, "ENCRYPT_DECRYPT")
        cls.outside = load_der_public_key(public_key(cls.key))

    def decrypt(self, ciphertext, algorithm):
        answer = kms.decrypt(
            KeyId=self.key, CiphertextBlob=ciphertext, EncryptionAlgorithm=algorithm
        )
        return answer["Plaintext"]

    def test_oaep(self):
        for algorithm, hash_ in OAEP.items():
            with self.subTest(algorithm=algorithm):
                oaep = padding.OAEP(padding.MGF1(hash_), hash_, label=None)
                most = self.outside.key_size // 8 - 2 * hash_.digest_size - 2
                for plaintext in (b"p", b"m" * most):
                    ciphertext = self.outside.encrypt(plaintext, oaep)
                    self.assertEqual(self.decrypt(ciphertext, algorithm), plaintext)
                    inside = kms.encrypt(
                        KeyId=self.key, Plaintext=plaintext, EncryptionAlgorithm=algorithm
                    )["CiphertextBlob"]
                    self.assertEqual(self.decrypt(inside, algorithm), plaintext)

    def test_oaep_with_other_parameters(self):
        # Java's OAEP with SHA-256 uses MGF1 with SHA-1, which KMS rejects.
        kinds = [
            padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), label=None),
            padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=b"label"),
            padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), label=None),
            padding.PKCS1v15(),
        ]
        for kind in kinds:
            ciphertext = self.outside.encrypt(b"a plaintext", kind)
            with self.assertRaises(kms.exceptions.InvalidCiphertextException):
                self.decrypt(ciphertext, "RSAES_OAEP_SHA_256")


class Signatures2048(Signatures, unittest.TestCase):
    spec = "RSA_2048"


class Signatures3072(Signatures, unittest.TestCase):
    spec = "RSA_3072"


class Signatures4096(Signatures, unittest.TestCase):
    spec = "RSA_4096"


class Encryption2048(Encryption, unittest.TestCase):
    spec = "RSA_2048"


class Encryption3072(Encryption, unittest.TestCase):
    spec = "RSA_3072"


class Encryption4096(Encryption, unittest.TestCase):
    spec = "RSA_4096"
