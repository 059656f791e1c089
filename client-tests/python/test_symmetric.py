"""Symmetric keys: other libraries use their data keys."""

import os
import unittest

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from proofs import create_key, kms

CONTEXT = {"order": "42", "customer": "Ünïcödé"}


class Symmetric(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")

    def test_data_key(self):
        for size, length in [
            ({"KeySpec": "AES_128"}, 16),
            ({"KeySpec": "AES_256"}, 32),
            ({"NumberOfBytes": 24}, 24),
        ]:
            generated = kms.generate_data_key(KeyId=self.key, EncryptionContext=CONTEXT, **size)
            self.assertEqual(len(generated["Plaintext"]), length)
            nonce = os.urandom(12)
            sealed = AESGCM(generated["Plaintext"]).encrypt(nonce, b"a document", None)
            opened = self.decrypt(generated["CiphertextBlob"])
            self.assertEqual(AESGCM(opened).decrypt(nonce, sealed, None), b"a document")

    def test_data_key_without_plaintext(self):
        generated = kms.generate_data_key_without_plaintext(
            KeyId=self.key, KeySpec="AES_256", EncryptionContext=CONTEXT
        )
        self.assertNotIn("Plaintext", generated)
        self.assertEqual(len(self.decrypt(generated["CiphertextBlob"])), 32)

    def test_encryption(self):
        for plaintext in (b"p", bytes(4096)):
            first, second = (self.encrypt(plaintext) for _ in range(2))
            self.assertNotEqual(first, second)
            self.assertEqual(self.decrypt(first), plaintext)

    def test_wrong_key(self):
        other = create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        moved = kms.re_encrypt(
            CiphertextBlob=self.encrypt(b"a secret"),
            SourceEncryptionContext=CONTEXT,
            DestinationKeyId=other,
            DestinationEncryptionContext={"moved": "yes"},
        )
        self.assertTrue(moved["SourceKeyId"].endswith(self.key))
        opened = kms.decrypt(
            CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"moved": "yes"}
        )
        self.assertTrue(opened["KeyId"].endswith(other))
        self.assertEqual(opened["Plaintext"], b"a secret")
        with self.assertRaises(kms.exceptions.IncorrectKeyException):
            kms.decrypt(
                KeyId=self.key,
                CiphertextBlob=moved["CiphertextBlob"],
                EncryptionContext={"moved": "yes"},
            )

    def test_changed_ciphertext(self):
        blob = self.encrypt(b"a secret")
        middle = len(blob) // 2
        changed = blob[:middle] + bytes([blob[middle] ^ 1]) + blob[middle + 1 :]
        for blob, context in [
            (blob, {}),
            (blob, {"order": "42"}),
            (blob, {**CONTEXT, "order": "43"}),
            (blob, {**CONTEXT, "more": "1"}),
            # Names are case-sensitive.
            (blob, {"Order": "42", "customer": "Ünïcödé"}),
            (changed, CONTEXT),
            (blob[:-1], CONTEXT),
        ]:
            with self.assertRaises(kms.exceptions.InvalidCiphertextException):
                kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)

    def encrypt(self, plaintext):
        answer = kms.encrypt(KeyId=self.key, Plaintext=plaintext, EncryptionContext=CONTEXT)
        return answer["CiphertextBlob"]

    def decrypt(self, blob):
        # The order does not matter.
        context = dict(reversed(CONTEXT.items()))
        return kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"]
