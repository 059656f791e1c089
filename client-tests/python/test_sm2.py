"""SM2, which only the Regions in China have: the `openssl` command checks signatures and encryption; the curve's arithmetic in
this file checks the key agreement."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from secrets import randbelow

import boto3
from cryptography.hazmat.primitives.hashes import SM3, Hash

from proofs import Signing, create_key, public_key

MESSAGE = b"a message"
IDENTIFIER = b"1234567812345678"

# GB/T 32918.5: the curve, its generator, and the generator's order.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

kms = boto3.client("kms", region_name="cn-north-1")


def sm3(data):
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def add(one, other):
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def multiply(scalar, point):
    product = None
    for bit in bin(scalar)[2:]:
        product = add(product, product)
        if bit == "1":
            product = add(product, point)
    return product


def number(value):
    return value.to_bytes(32, "big")


def openssl(arguments, **files):
    """Runs `openssl` in a folder with these files. Returns the file `out`, if it exists."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        command = ["openssl", *arguments.split()]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        out = Path(folder, "out")
        return out.read_bytes() if out.exists() else None


class Signatures(Signing, unittest.TestCase):
    spec, kms = "SM2", kms

    def digest(self, message):
        """The digest that SM2 signs: SM3 of the signer's identifier and public key, and of the message."""
        signer = (8 * len(IDENTIFIER)).to_bytes(2, "big") + IDENTIFIER
        curve = b"".join(map(number, (A, B, *G)))
        return sm3(sm3(signer + curve + self.der[-64:]) + message)

    def verified_by_openssl(self, signature):
        openssl(
            "pkeyutl -verify -pubin -inkey key -keyform DER -sigfile signature -in message"
            f" -rawin -digest sm3 -pkeyopt distid:{IDENTIFIER.decode()}",
            key=self.der,
            signature=signature,
            message=MESSAGE,
        )

    def test_signatures(self):
        ways = [(MESSAGE, "RAW"), (self.digest(MESSAGE), "DIGEST")]
        for sent, message_type in ways:
            with self.subTest(message_type=message_type):
                signature = self.sign(sent, "SM2DSA", message_type)
                self.verified_by_openssl(signature)
                for again, other_type in ways:
                    self.assertTrue(self.verify(again, signature, "SM2DSA", other_type))
                with self.assertRaises(kms.exceptions.KMSInvalidSignatureException):
                    self.verify(b"another", signature, "SM2DSA", "RAW")


class Encryption(unittest.TestCase):
    def test_encrypted_by_openssl(self):
        key = create_key("SM2", "ENCRYPT_DECRYPT", kms)
        sealed = openssl(
            "pkeyutl -encrypt -pubin -inkey key -keyform DER -in message -out out",
            key=public_key(key, kms),
            message=MESSAGE,
        )
        opened = kms.decrypt(KeyId=key, CiphertextBlob=sealed, EncryptionAlgorithm="SM2PKE")
        self.assertEqual(opened["Plaintext"], MESSAGE)


class Agreement(unittest.TestCase):
    def test_agreement(self):
        key = create_key("SM2", "KEY_AGREEMENT", kms)
        inside = public_key(key, kms)
        scalar = 1 + randbelow(N - 1)
        # The same DER around another point.
        outside = inside[:-64] + b"".join(map(number, multiply(scalar, G)))
        answer = kms.derive_shared_secret(
            KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=outside
        )
        point = tuple(int.from_bytes(half, "big") for half in (inside[-64:-32], inside[-32:]))
        self.assertEqual(answer["SharedSecret"], number(multiply(scalar, point)[0]))
