"""Clients and helpers for all tests. The environment alone configures the clients."""

import hashlib

import boto3

kms = boto3.client("kms")


def create_key(spec, usage, client=kms):
    """Creates a key and returns its ID."""
    return client.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def public_key(key, client=kms):
    """The public key of a key, in DER."""
    return client.get_public_key(KeyId=key)["PublicKey"]


class Signing:
    """A signing key, for a unittest.TestCase. The private key never leaves KMS, so Verify is tested with KMS's own
    signatures and with changed ones."""

    spec = None
    kms = kms

    @classmethod
    def setUpClass(cls):
        cls.key = create_key(cls.spec, "SIGN_VERIFY", cls.kms)
        cls.der = public_key(cls.key, cls.kms)

    def sign(self, message, algorithm, message_type):
        return self.kms.sign(
            KeyId=self.key,
            Message=message,
            MessageType=message_type,
            SigningAlgorithm=algorithm,
        )["Signature"]

    def verify(self, message, signature, algorithm, message_type):
        return self.kms.verify(
            KeyId=self.key,
            Message=message,
            MessageType=message_type,
            Signature=signature,
            SigningAlgorithm=algorithm,
        )["SignatureValid"]

    def refuse(self, message, signature, algorithm, message_type):
        with self.assertRaises(kms.exceptions.KMSInvalidSignatureException):
            self.verify(message, signature, algorithm, message_type)

    def each_way(self, message, algorithm):
        """The message and its digest, each with its message type."""
        digest = hashlib.new("sha" + algorithm.rsplit("_", 1)[1], message).digest()
        return [(message, "RAW"), (digest, "DIGEST")]
