"""The member Recipient of five operations: the response has the secret only encrypted, for the public key in an attestation
document. `kms-emulator attest` creates the document, and OpenSSL decrypts the secret with the private key."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import botocore.exceptions
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from proofs import create_key, kms, public_key


class Recipient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (cls.folder / "private.pem").write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (cls.folder / "public.der").write_bytes(
            private.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        program = os.environ["KMS_EMULATOR_BINARY"]
        attested = subprocess.run(
            [program, "attest", "--public-key", cls.folder / "public.der", "--pcr", "0=" + "ab" * 48],
            check=True,
            capture_output=True,
        )
        cls.document = attested.stdout
        cls.recipient = {
            "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
            "AttestationDocument": cls.document,
        }
        cls.key = create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")

    def opened(self, answer, plain):
        self.assertNotIn(plain, answer)
        opened = subprocess.run(
            ["openssl", "cms", "-decrypt", "-inform", "DER", "-inkey", self.folder / "private.pem"],
            input=answer["CiphertextForRecipient"],
            check=True,
            capture_output=True,
        )
        return opened.stdout

    def test_decrypt(self):
        ciphertext = kms.encrypt(KeyId=self.key, Plaintext=b"a secret\r\n")["CiphertextBlob"]
        answer = kms.decrypt(CiphertextBlob=ciphertext, Recipient=self.recipient)
        self.assertEqual(self.opened(answer, "Plaintext"), b"a secret\r\n")

    def test_data_key(self):
        answer = kms.generate_data_key(KeyId=self.key, KeySpec="AES_256", Recipient=self.recipient)
        plaintext = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"]
        self.assertEqual(self.opened(answer, "Plaintext"), plaintext)

    def test_data_key_pair(self):
        answer = kms.generate_data_key_pair(
            KeyId=self.key, KeyPairSpec="ECC_NIST_P384", Recipient=self.recipient
        )
        plaintext = kms.decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"])["Plaintext"]
        self.assertEqual(self.opened(answer, "PrivateKeyPlaintext"), plaintext)

    def test_shared_secret(self):
        key = create_key("ECC_NIST_P256", "KEY_AGREEMENT")
        own = ec.generate_private_key(ec.SECP256R1())
        answer = kms.derive_shared_secret(
            KeyId=key,
            KeyAgreementAlgorithm="ECDH",
            PublicKey=own.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            ),
            Recipient=self.recipient,
        )
        theirs = serialization.load_der_public_key(public_key(key))
        self.assertEqual(self.opened(answer, "SharedSecret"), own.exchange(ec.ECDH(), theirs))

    def test_random(self):
        answers = [kms.generate_random(NumberOfBytes=24, Recipient=self.recipient) for _ in range(2)]
        one, other = (self.opened(answer, "Plaintext") for answer in answers)
        self.assertEqual(len(one), 24)
        self.assertNotEqual(one, other)

    def test_changed_document(self):
        changed = bytearray(self.document)
        changed[-1] ^= 1
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            kms.generate_random(
                NumberOfBytes=24,
                Recipient={**self.recipient, "AttestationDocument": bytes(changed)},
            )
        self.assertEqual(refused.exception.response["Error"]["Code"], "ValidationException")


if __name__ == "__main__":
    unittest.main()
