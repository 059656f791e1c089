"""Says who the caller is for STS, and what KMS answers, with aioboto3. The environment alone configures the clients."""

import asyncio
import os

import aioboto3
from aiobotocore.config import AioConfig
from botocore import UNSIGNED
from botocore.exceptions import BotoCoreError, ClientError

CONFIG = AioConfig(signature_version=UNSIGNED) if "UNSIGNED" in os.environ else None


async def answer(call):
    try:
        return await call
    except ClientError as error:
        return "{Code}: {Message}".format_map(error.response["Error"])
    except BotoCoreError as error:
        return f"{type(error).__name__}: {error}"


async def caller():
    async with aioboto3.Session().client("sts", config=CONFIG) as sts:
        return (await sts.get_caller_identity())["Arn"]


async def key():
    async with aioboto3.Session().client("kms", config=CONFIG) as kms:
        return (await kms.describe_key(KeyId="alias/orders"))["KeyMetadata"]["KeyId"]


async def main():
    print("sts:", await answer(caller()))
    print("kms:", await answer(key()))


asyncio.run(main())
