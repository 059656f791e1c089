"""HMAC: the keys never leave KMS, so no other library can compute the same MAC. The tests check that a MAC has the length of
its hash, is a function of the key and the message, and is only verified by its own key."""

import unittest

from proofs import create_key, kms


class Mac:
    def test_mac(self):
        algorithm = f"HMAC_SHA_{self.bits}"
        key, other = (
            create_key(f"HMAC_{self.bits}", "GENERATE_VERIFY_MAC") for _ in range(2)
        )

        def generate(key, message):
            return kms.generate_mac(KeyId=key, Message=message, MacAlgorithm=algorithm)["Mac"]

        def verify(key, message, mac):
            return kms.verify_mac(KeyId=key, Message=message, Mac=mac, MacAlgorithm=algorithm)

        mac = generate(key, b"a message")
        self.assertEqual(len(mac), self.bits // 8)
        self.assertEqual(generate(key, b"a message"), mac)
        self.assertNotEqual(generate(other, b"a message"), mac)
        self.assertTrue(verify(key, b"a message", mac)["MacValid"])
        for wrong in [
            (key, b"another", mac),
            (other, b"a message", mac),
            (key, b"a message", mac[:-1]),
            (key, b"a message", bytes([mac[0] ^ 1]) + mac[1:]),
        ]:
            with self.assertRaises(kms.exceptions.KMSInvalidMacException):
                verify(*wrong)


class Hmac224(Mac, unittest.TestCase):
    bits = 224


class Hmac256(Mac, unittest.TestCase):
    bits = 256


class Hmac384(Mac, unittest.TestCase):
    bits = 384


class Hmac512(Mac, unittest.TestCase):
    bits = 512
