"""STS beside KMS: who a caller is, and sessions of roles that use KMS."""

import base64
import json
import unittest
from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import ClientError

from proofs import kms

ENDPOINT = kms.meta.endpoint_url
ROLE = "arn:aws:iam::111122223333:role/ops/deploy"


def client(service, credentials=None):
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    ) if credentials else boto3.Session()
    return session.client(service, endpoint_url=ENDPOINT)


class Sts(unittest.TestCase):
    sts = client("sts")

    def test_caller_identity(self):
        identity = self.sts.get_caller_identity()
        self.assertEqual(identity["Arn"], f"arn:aws:iam::{identity['Account']}:root")
        self.assertEqual(identity["UserId"], identity["Account"])

    def test_sessions_of_a_role_use_kms(self):
        answer = self.sts.assume_role(RoleArn=ROLE, RoleSessionName="ci", DurationSeconds=900)
        lasts = answer["Credentials"]["Expiration"] - datetime.now(timezone.utc)
        self.assertTrue(timedelta(minutes=10) < lasts < timedelta(minutes=16), lasts)
        arn = "arn:aws:sts::111122223333:assumed-role/deploy/ci"
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], arn)
        credentials = answer["Credentials"]
        self.assertEqual(client("sts", credentials).get_caller_identity()["Arn"], arn)
        metadata = client("kms", credentials).create_key()["KeyMetadata"]
        self.assertEqual(metadata["AWSAccountId"], "111122223333")

    def test_web_identity(self):
        claims = {"iss": "https://issuer.example", "sub": "pod", "aud": "sts.amazonaws.com"}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        answer = self.sts.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken=f"e30.{payload}.c2ln"
        )
        self.assertEqual(answer["SubjectFromWebIdentityToken"], "pod")
        self.assertEqual(answer["Provider"], "https://issuer.example")

    def test_errors(self):
        with self.assertRaises(ClientError) as caught:
            self.sts.assume_role(RoleArn="arn:a:::something/test-role", RoleSessionName="ci")
        self.assertEqual(
            caught.exception.response["Error"],
            {"Type": "Sender", "Code": "ValidationError", "Message": "arn:a:::something/test-role is invalid"},
        )
        federated = self.sts.get_federation_token(Name="guest")
        with self.assertRaises(ClientError) as caught:
            client("sts", federated["Credentials"]).get_session_token()
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], "AccessDenied")
        self.assertEqual(error["Message"], "Cannot call GetSessionToken with session credentials")


if __name__ == "__main__":
    unittest.main()
