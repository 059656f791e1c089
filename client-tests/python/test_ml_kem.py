"""ML-KEM: `cryptography` (without ML-KEM-512) and kyber-py encapsulate, and KMS decapsulates.

The private key never leaves KMS, so no other library can check Encapsulate. Decapsulate checks it, and the other libraries
check Decapsulate.
"""

import unittest

from cryptography.hazmat.primitives.serialization import load_der_public_key
from kyber_py.ml_kem import ML_KEM_512, ML_KEM_768, ML_KEM_1024

from proofs import create_key, kms, public_key


class MlKem:
    @classmethod
    def setUpClass(cls):
        cls.key = create_key(cls.spec, "ENCAPSULATE_DECAPSULATE")
        cls.der = public_key(cls.key)

    def decapsulate(self, ciphertext):
        answer = kms.decapsulate(
            KeyId=self.key,
            EncapsulationAlgorithm="ML_KEM",
            SharedSecretCiphertextBlob=ciphertext,
        )
        return answer["SharedSecret"]

    def test_encapsulated_by_kyber_py(self):
        # The key follows 22 bytes of DER.
        secret, ciphertext = self.kyber.encaps(self.der[22:])
        self.assertEqual(self.decapsulate(ciphertext), secret)
        changed = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
        self.assertNotEqual(self.decapsulate(changed), secret)

    def test_encapsulated_by_kms(self):
        answer = kms.encapsulate(KeyId=self.key, EncapsulationAlgorithm="ML_KEM")
        self.assertEqual(len(answer["SharedSecret"]), 32)
        secret = self.decapsulate(answer["SharedSecretCiphertextBlob"])
        self.assertEqual(secret, answer["SharedSecret"])


class WithOpenSsl(MlKem):
    def test_encapsulated_by_openssl(self):
        outside = load_der_public_key(self.der)
        self.assertEqual(outside.public_bytes_raw(), self.der[22:])
        secret, ciphertext = outside.encapsulate()
        self.assertEqual(self.decapsulate(ciphertext), secret)


class MlKem512(MlKem, unittest.TestCase):
    spec, kyber = "ML_KEM_512", ML_KEM_512


class MlKem768(WithOpenSsl, unittest.TestCase):
    spec, kyber = "ML_KEM_768", ML_KEM_768


class MlKem1024(WithOpenSsl, unittest.TestCase):
    spec, kyber = "ML_KEM_1024", ML_KEM_1024
