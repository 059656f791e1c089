"""KMS's exceptions in boto3: their type, AWS's message and a request ID."""

import json
import unittest

from botocore.exceptions import ClientError, ParamValidationError

from proofs import create_key, kms

ACCOUNT = "arn:aws:kms:us-east-1:000000000000:"
SIGNING = {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class Errors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.symmetric = create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        cls.signing = create_key("ECC_NIST_P256", "SIGN_VERIFY")
        cls.sealed = kms.encrypt(KeyId=cls.symmetric, Plaintext=b"p")["CiphertextBlob"]

    def refused(self, code, message, operation, **members):
        """The operation must fail with this error. If the client has an exception for it, the error is of that type."""
        with self.assertRaises(ClientError) as caught:
            operation(**members)
        error = caught.exception
        self.assertEqual(error.response["Error"], {"Code": code, "Message": message})
        self.assertIs(type(error), kms.exceptions.from_code(code))
        metadata = error.response["ResponseMetadata"]
        self.assertRegex(metadata["RequestId"], UUID)
        self.assertEqual(metadata["HTTPStatusCode"], 400)
        self.assertEqual(metadata["RetryAttempts"], 0)

    def test_not_found(self):
        unknown = ACCOUNT + "key/1234abcd-12ab-34cd-56ef-1234567890ab"
        text = f"Key '{unknown}' does not exist"
        self.refused("NotFoundException", text, kms.describe_key, KeyId=unknown)
        self.refused("NotFoundException", text, kms.encrypt, KeyId=unknown[-36:], Plaintext=b"p")
        text = f"Alias {ACCOUNT}alias/unknown is not found."
        self.refused("NotFoundException", text, kms.describe_key, KeyId="alias/unknown")

    def test_already_exists(self):
        kms.create_alias(AliasName="alias/errors", TargetKeyId=self.symmetric)
        self.refused(
            "AlreadyExistsException",
            f"An alias with the name {ACCOUNT}alias/errors already exists",
            kms.create_alias,
            AliasName="alias/errors",
            TargetKeyId=self.signing,
        )

    def test_key_states(self):
        key = create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        kms.disable_key(KeyId=key)
        text = f"{ACCOUNT}key/{key} is disabled."
        self.refused("DisabledException", text, kms.encrypt, KeyId=key, Plaintext=b"p")
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        text = f"{ACCOUNT}key/{key} is pending deletion."
        self.refused("KMSInvalidStateException", text, kms.encrypt, KeyId=key, Plaintext=b"p")

    def test_wrong_key_usage(self):
        self.refused(
            "InvalidKeyUsageException",
            f"{ACCOUNT}key/{self.signing} key usage is SIGN_VERIFY which is not valid for Encrypt.",
            kms.encrypt,
            KeyId=self.signing,
            Plaintext=b"p",
        )

    def test_signatures(self):
        signature = kms.sign(KeyId=self.signing, **SIGNING)["Signature"]
        parameters = {**SIGNING, "KeyId": self.signing, "Signature": signature, "Message": b"n"}
        self.refused("KMSInvalidSignatureException", "", kms.verify, **parameters)
        self.refused(
            "ValidationException",
            "Digest is invalid length for algorithm ECDSA_SHA_256.",
            kms.sign,
            KeyId=self.signing,
            MessageType="DIGEST",
            **SIGNING,
        )

    def test_ciphertexts(self):
        broken = self.sealed[:-1] + bytes([self.sealed[-1] ^ 1])
        self.refused("InvalidCiphertextException", "", kms.decrypt, CiphertextBlob=broken)
        self.refused(
            "InvalidCiphertextException",
            "",
            kms.decrypt,
            CiphertextBlob=self.sealed,
            EncryptionContext={"another": "context"},
        )
        self.refused(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
            kms.decrypt,
            CiphertextBlob=self.sealed,
            KeyId=create_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        )

    def test_macs(self):
        key = create_key("HMAC_256", "GENERATE_VERIFY_MAC")
        parameters = {"KeyId": key, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
        self.refused("KMSInvalidMacException", "", kms.verify_mac, Mac=b"m" * 32, **parameters)

    def test_policies(self):
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
            "Action": "kms:Encrypt",
            "Resource": "*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.refused(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
            kms.put_key_policy,
            KeyId=self.symmetric,
            Policy=json.dumps(policy),
        )

    def test_dry_runs(self):
        self.refused(
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set.",
            kms.generate_data_key,
            KeyId=self.symmetric,
            KeySpec="AES_256",
            DryRun=True,
        )

    def test_constraints_of_the_model(self):
        """botocore checks most constraints itself, but not the length of binary members."""
        with self.assertRaisesRegex(ParamValidationError, "Invalid length for parameter KeyId"):
            kms.describe_key(KeyId="")
        self.refused(
            "ValidationException",
            "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            kms.verify,
            KeyId=self.signing,
            Signature=b"",
            **SIGNING,
        )


if __name__ == "__main__":
    unittest.main()
