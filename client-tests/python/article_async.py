"""Signs and verifies a message with aioboto3, and checks the errors. The environment alone configures the client."""

import asyncio
import hashlib
import json

import aioboto3
from botocore.exceptions import ClientError


def digest(data):
    return hashlib.sha256(json.dumps(data).encode()).digest()


async def expect(code, text, call):
    """Awaits a call that must fail with this error."""
    try:
        await call
    except ClientError as error:
        error_body = error.response["Error"]
        if (error_body["Code"], error_body["Message"]) != (code, text):
            raise
        return error
    raise SystemExit(f"no error: {code}")


async def article(kms):
    created = await kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    parameters = {
        "KeyId": created["KeyMetadata"]["KeyId"],
        "MessageType": "DIGEST",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    order = {"orderId": 42, "amount": "199.00", "customer": "Ünïcödé"}
    signature = (await kms.sign(Message=digest(order), **parameters))["Signature"]
    verified = await kms.verify(Message=digest(order), Signature=signature, **parameters)
    if verified["SignatureValid"] is not True:
        raise SystemExit("KMS does not accept its own signature")

    changed = digest({**order, "amount": "0.01"})
    error = await expect(
        "KMSInvalidSignatureException",
        "",
        kms.verify(Message=changed, Signature=signature, **parameters),
    )
    if not isinstance(error, kms.exceptions.KMSInvalidSignatureException):
        raise SystemExit(f"wrong type: {error!r}")
    await expect(
        "ValidationException",
        "Digest is invalid length for algorithm ECDSA_SHA_256.",
        kms.sign(Message=b"not a digest", **parameters),
    )
    await expect(
        "ValidationException",
        "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
        kms.verify(Message=digest(order), Signature=b"", **parameters),
    )


async def main():
    async with aioboto3.Session().client("kms") as kms:
        await article(kms)
    print("article: ok")


asyncio.run(main())
