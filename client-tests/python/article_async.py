"""The article's program, with aioboto3: a message is signed and verified, and what is wrong is refused.

Where KMS is, it learns from its environment alone.
"""

import asyncio
import hashlib
import json

import aioboto3
from botocore.exceptions import ClientError


def digest(data):
    return hashlib.sha256(json.dumps(data).encode()).digest()


async def expect(code, text, call):
    """Awaits what is to fail with this error, and no other."""
    try:
        await call
    except ClientError as error:
        told = error.response["Error"]
        if (told["Code"], told["Message"]) != (code, text):
            raise
        return error
    raise SystemExit(f"not refused: {code}")


async def article(kms):
    created = await kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    asked = {
        "KeyId": created["KeyMetadata"]["KeyId"],
        "MessageType": "DIGEST",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    order = {"orderId": 42, "amount": "199.00", "customer": "Ünïcödé"}
    signature = (await kms.sign(Message=digest(order), **asked))["Signature"]
    verified = await kms.verify(Message=digest(order), Signature=signature, **asked)
    if verified["SignatureValid"] is not True:
        raise SystemExit("KMS does not know its own signature")

    changed = digest({**order, "amount": "0.01"})
    error = await expect(
        "KMSInvalidSignatureException",
        "",
        kms.verify(Message=changed, Signature=signature, **asked),
    )
    if not isinstance(error, kms.exceptions.KMSInvalidSignatureException):
        raise SystemExit(f"not of its type: {error!r}")
    await expect(
        "ValidationException",
        "Digest is invalid length for algorithm ECDSA_SHA_256.",
        kms.sign(Message=b"not a digest", **asked),
    )
    await expect(
        "ValidationException",
        "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
        kms.verify(Message=digest(order), Signature=b"", **asked),
    )


async def main():
    async with aioboto3.Session().client("kms") as kms:
        await article(kms)
    print("article: ok")


asyncio.run(main())
