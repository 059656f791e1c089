"""kmsauth, by which services prove who they are: a token is a ciphertext, and its encryption context names both sides."""

import logging
import unittest

import boto3
from kmsauth import KMSTokenGenerator, KMSTokenValidator, TokenGenerationError, TokenValidationError

REGION = "us-east-1"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # kmsauth logs the cause of each refusal.
        logging.disable(logging.CRITICAL)
        cls.addClassCleanup(logging.disable, logging.NOTSET)
        kms = boto3.client("kms")
        for alias in ["services", "others"]:
            key = kms.create_key()["KeyMetadata"]["KeyId"]
            kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key)

    def generator(self, key="alias/services", sender="shop"):
        context = {"from": sender, "to": "bank", "user_type": "service"}
        return KMSTokenGenerator(key, context, REGION)

    def validate(self, token, receiver="bank", sender="shop", region=REGION):
        validator = KMSTokenValidator(["alias/services"], None, receiver, region)
        return validator.decrypt_token(f"2/service/{sender}", token)

    def refusal(self, *arguments, **receiver):
        with self.assertRaises(TokenValidationError) as refused:
            self.validate(*arguments, **receiver)
        return str(refused.exception)

    def test_token(self):
        generator = self.generator()
        self.assertEqual(generator.get_username(), "2/service/shop")
        valid = self.validate(generator.get_token())
        self.assertEqual(set(valid["payload"]), {"not_before", "not_after"})
        self.assertEqual(valid["key_alias"], "alias/services")

    def test_another_context(self):
        token = self.generator().get_token()
        self.assertEqual(self.refusal(token, sender="thief"), "Authentication error. General error.")
        self.assertEqual(self.refusal(token, receiver="post"), "Authentication error. General error.")

    def test_another_region(self):
        token = self.generator().get_token()
        self.assertEqual(self.refusal(token, region="eu-west-1"), "Authentication error. General error.")

    def test_another_key(self):
        token = self.generator("alias/others").get_token()
        self.assertEqual(self.refusal(token), "Authentication error (wrong KMS key).")

    def test_unknown_key(self):
        with self.assertRaises(TokenGenerationError):
            self.generator("alias/nothing").get_token()


if __name__ == "__main__":
    unittest.main()
