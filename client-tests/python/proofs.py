"""What every proof starts from: clients that know of the emulator by their environment alone."""

import hashlib

import boto3

kms = boto3.client("kms")


def create_key(spec, usage, client=kms):
    """The ID of a new key."""
    return client.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def public_key(key, client=kms):
    """The public key of a key, DER as KMS returns it."""
    return client.get_public_key(KeyId=key)["PublicKey"]


class Signing:
    """A key that signs, for a unittest.TestCase. A signature made outside is never at hand: the
    private key does not leave, and none comes in. So Verify is given KMS's own signatures, and
    these again with something about them changed."""

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
        """The message and its digest, each as its message type: (what is sent, its type)."""
        digest = hashlib.new("sha" + algorithm.rsplit("_", 1)[1], message).digest()
        return [(message, "RAW"), (digest, "DIGEST")]
