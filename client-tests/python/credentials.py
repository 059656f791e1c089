"""Says who the caller is for STS, and what KMS answers, with boto3. The environment alone configures the clients."""

import os

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

CONFIG = Config(signature_version=UNSIGNED) if "UNSIGNED" in os.environ else None


def answer(call):
    try:
        return call()
    except ClientError as error:
        return "{Code}: {Message}".format_map(error.response["Error"])
    except BotoCoreError as error:
        return f"{type(error).__name__}: {error}"


def caller():
    return boto3.client("sts", config=CONFIG).get_caller_identity()["Arn"]


def key():
    return boto3.client("kms", config=CONFIG).describe_key(KeyId="alias/orders")["KeyMetadata"]["KeyId"]


print("sts:", answer(caller))
print("kms:", answer(key))
