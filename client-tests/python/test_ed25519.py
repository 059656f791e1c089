"""Ed25519 signatures: `cryptography` verifies the pure form, libsodium in PyNaCl verifies Ed25519ph."""

import hashlib
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from nacl import bindings as sodium
from nacl.exceptions import BadSignatureError

from proofs import Signing

MESSAGE = b"a message"


class Ed25519(Signing, unittest.TestCase):
    spec = "ECC_NIST_EDWARDS25519"

    def test_pure_form(self):
        signature = self.sign(MESSAGE, "ED25519_SHA_512", "RAW")
        outside = load_der_public_key(self.der)
        outside.verify(signature, MESSAGE)
        with self.assertRaises(InvalidSignature):
            outside.verify(signature, b"another")
        self.assertTrue(self.verify(MESSAGE, signature, "ED25519_SHA_512", "RAW"))
        self.refuse(b"another", signature, "ED25519_SHA_512", "RAW")

    def test_prehash_form(self):
        digest = hashlib.sha512(MESSAGE).digest()
        signature = self.sign(digest, "ED25519_PH_SHA_512", "DIGEST")
        self.assertTrue(self.verify(digest, signature, "ED25519_PH_SHA_512", "DIGEST"))
        self.assertTrue(self.sodium_verifies(digest, signature))
        # KMS hashes its input again, so it signs the digest as a message.
        self.assertFalse(self.sodium_verifies(MESSAGE, signature))
        self.assertFalse(self.sodium_verifies(b"another", signature))

    def test_forms_are_not_interchangeable(self):
        digest = hashlib.sha512(MESSAGE).digest()
        pure = self.sign(digest, "ED25519_SHA_512", "RAW")
        prehash = self.sign(digest, "ED25519_PH_SHA_512", "DIGEST")
        self.refuse(digest, prehash, "ED25519_SHA_512", "RAW")
        self.refuse(digest, pure, "ED25519_PH_SHA_512", "DIGEST")
        with self.assertRaises(InvalidSignature):
            load_der_public_key(self.der).verify(prehash, digest)
        self.assertFalse(self.sodium_verifies(digest, pure))

    def sodium_verifies(self, message, signature):
        state = sodium.crypto_sign_ed25519ph_state()
        sodium.crypto_sign_ed25519ph_update(state, message)
        public_key = load_der_public_key(self.der).public_bytes_raw()
        try:
            return sodium.crypto_sign_ed25519ph_final_verify(state, signature, public_key)
        except BadSignatureError:
            return False
