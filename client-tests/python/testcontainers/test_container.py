"""Tests with SimulatedKmsContainer."""

import unittest

from simulated_kms.testcontainers import SimulatedKmsContainer

SEED = """
keys:
  - alias: alias/orders
    spec: ECC_NIST_P256
    usage: SIGN_VERIFY
    material: {seed: orders}
"""


class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.container = cls.enterClassContext(SimulatedKmsContainer().with_seed(SEED))
        cls.kms = cls.container.kms.client()

    def test_seed(self):
        parameters = {"KeyId": "alias/orders", "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
        signature = self.kms.sign(**parameters)["Signature"]
        self.assertTrue(self.kms.verify(Signature=signature, **parameters)["SignatureValid"])
        parameters["Message"] = b"n"
        with self.assertRaises(self.kms.exceptions.KMSInvalidSignatureException):
            self.kms.verify(Signature=signature, **parameters)

    def test_clock(self):
        key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.container.kms.clock.advance("8d")
        with self.assertRaises(self.kms.exceptions.NotFoundException):
            self.kms.describe_key(KeyId=key)

    def test_two_containers(self):
        with SimulatedKmsContainer() as other:
            self.assertNotEqual(other.endpoint_url, self.container.endpoint_url)
            self.assertEqual(other.kms.client().list_keys()["Keys"], [])

    def test_another_region(self):
        self.assertEqual(self.container.kms.client(region_name="eu-west-1").list_keys()["Keys"], [])


if __name__ == "__main__":
    unittest.main()
