"""Data key pairs: other libraries use the private key with its public key.

`cryptography` reads all but two kinds of keys. The `openssl` command reads SM2, and kyber-py reads ML-KEM-512.
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

import boto3
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from kyber_py.ml_kem import ML_KEM_512, ML_KEM_768, ML_KEM_1024

from proofs import create_key, kms

MESSAGE = b"a message"
CONTEXT = {"purpose": "a data key pair"}


class Pair:
    """Both operations, with and without plaintext. `agree` checks that the two keys belong together."""

    kms = kms

    def make(self, operation):
        key = create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", self.kms)
        pair = operation(KeyId=key, KeyPairSpec=self.spec, EncryptionContext=CONTEXT)
        blob = pair["PrivateKeyCiphertextBlob"]
        with self.assertRaises(self.kms.exceptions.InvalidCiphertextException):
            self.kms.decrypt(CiphertextBlob=blob)
        decrypted = self.kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
        return pair, decrypted["Plaintext"]

    def test_pair(self):
        pair, decrypted = self.make(self.kms.generate_data_key_pair)
        self.assertEqual(pair["PrivateKeyPlaintext"], decrypted)
        self.agree(decrypted, pair["PublicKey"])

    def test_pair_without_plaintext(self):
        pair, decrypted = self.make(self.kms.generate_data_key_pair_without_plaintext)
        self.assertNotIn("PrivateKeyPlaintext", pair)
        self.agree(decrypted, pair["PublicKey"])

    def load(self, private_der, public_der):
        private = load_der_private_key(private_der, None)
        own = private.public_key()
        same = own.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.assertEqual(same, public_der)
        return private, load_der_public_key(public_der)


class Rsa(Pair):
    def agree(self, private_der, public_der):
        private, public = self.load(private_der, public_der)
        self.assertEqual(private.key_size, int(self.spec[4:]))
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        self.assertEqual(private.decrypt(public.encrypt(MESSAGE, oaep), oaep), MESSAGE)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        signature = private.sign(MESSAGE, pss, hashes.SHA256())
        public.verify(signature, MESSAGE, pss, hashes.SHA256())


class EllipticCurve(Pair):
    def agree(self, private_der, public_der):
        private, public = self.load(private_der, public_der)
        self.assertIsInstance(public.curve, type(self.curve))
        scheme = ec.ECDSA(hashes.SHA256())
        public.verify(private.sign(MESSAGE, scheme), MESSAGE, scheme)
        other = ec.generate_private_key(self.curve)
        secret = private.exchange(ec.ECDH(), other.public_key())
        self.assertEqual(other.exchange(ec.ECDH(), public), secret)
        if self.curve.name in ("secp256r1", "secp384r1", "secp521r1"):
            # KMS is the other side of the agreement.
            key = create_key(self.spec, "KEY_AGREEMENT")
            inside = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
            answer = kms.derive_shared_secret(
                KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=public_der
            )
            secret = private.exchange(ec.ECDH(), inside)
            self.assertEqual(answer["SharedSecret"], secret)


class MlKem(Pair):
    """The private key is the seed of FIPS 203, in the form of RFC 9935."""

    def agree(self, private_der, public_der):
        # PKCS#8 version 0 with the public key's algorithm, and the seed under [0].
        head = bytes([2, 1, 0]) + public_der[4:17]
        self.assertEqual(private_der[2 : 2 + len(head)], head)
        self.assertEqual(private_der[-68:-64], bytes([4, 66, 0x80, 64]))
        encapsulation, decapsulation = self.kyber.key_derive(private_der[-64:])
        self.assertEqual(encapsulation, public_der[22:])
        secret, ciphertext = self.kyber.encaps(encapsulation)
        self.assertEqual(self.kyber.decaps(decapsulation, ciphertext), secret)
        if self.is_in_cryptography:
            private, _ = self.load(private_der, public_der)
            self.assertEqual(private.decapsulate(ciphertext), secret)


class Rsa2048(Rsa, unittest.TestCase):
    spec = "RSA_2048"


class Rsa3072(Rsa, unittest.TestCase):
    spec = "RSA_3072"


class Rsa4096(Rsa, unittest.TestCase):
    spec = "RSA_4096"


class P256(EllipticCurve, unittest.TestCase):
    spec, curve = "ECC_NIST_P256", ec.SECP256R1()


class P384(EllipticCurve, unittest.TestCase):
    spec, curve = "ECC_NIST_P384", ec.SECP384R1()


class P521(EllipticCurve, unittest.TestCase):
    spec, curve = "ECC_NIST_P521", ec.SECP521R1()


class Secp256k1(EllipticCurve, unittest.TestCase):
    spec, curve = "ECC_SECG_P256K1", ec.SECP256K1()


class Ed25519(Pair, unittest.TestCase):
    spec = "ECC_NIST_EDWARDS25519"

    def agree(self, private_der, public_der):
        private, public = self.load(private_der, public_der)
        public.verify(private.sign(MESSAGE), MESSAGE)


class Sm2(Pair, unittest.TestCase):
    spec = "SM2"
    # Only the Regions in China have SM2.
    kms = boto3.client("kms", region_name="cn-north-1")

    def agree(self, private_der, public_der):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "private").write_bytes(private_der)
            Path(folder, "public").write_bytes(public_der)
            Path(folder, "message").write_bytes(MESSAGE)

            def openssl(*arguments):
                command = ["openssl", *" ".join(arguments).split()]
                return subprocess.run(
                    command, cwd=folder, check=True, capture_output=True
                ).stdout

            own = openssl("pkey -inform DER -in private -pubout -outform DER")
            self.assertEqual(own, public_der)
            identifier = "-rawin -digest sm3 -pkeyopt distid:1234567812345678 -in message"
            openssl("pkeyutl -sign -inkey private -keyform DER -out signature", identifier)
            public = "-pubin -inkey public -keyform DER"
            openssl("pkeyutl -verify", public, "-sigfile signature", identifier)
            openssl("pkeyutl -encrypt", public, "-in message -out sealed")
            opened = openssl("pkeyutl -decrypt -inkey private -keyform DER -in sealed")
            self.assertEqual(opened, MESSAGE)


class MlKem512(MlKem, unittest.TestCase):
    spec, kyber, is_in_cryptography = "ML_KEM_512", ML_KEM_512, False


class MlKem768(MlKem, unittest.TestCase):
    spec, kyber, is_in_cryptography = "ML_KEM_768", ML_KEM_768, True


class MlKem1024(MlKem, unittest.TestCase):
    spec, kyber, is_in_cryptography = "ML_KEM_1024", ML_KEM_1024, True
