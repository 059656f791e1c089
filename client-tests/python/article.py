"""The article's program, with boto3: a message is signed and verified, and what is wrong is refused.

Where KMS is, it learns from its environment alone.
"""

import hashlib
import json

import boto3
from botocore.exceptions import ClientError

kms = boto3.client("kms")


def digest(data):
    return hashlib.sha256(json.dumps(data).encode()).digest()


def expect(code, text, operation, **members):
    """Calls what is to fail with this error, and no other."""
    try:
        operation(**members)
    except ClientError as error:
        told = error.response["Error"]
        if (told["Code"], told["Message"]) != (code, text):
            raise
        return error
    raise SystemExit(f"not refused: {code}")


created = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
asked = {
    "KeyId": created["KeyMetadata"]["KeyId"],
    "MessageType": "DIGEST",
    "SigningAlgorithm": "ECDSA_SHA_256",
}
order = {"orderId": 42, "amount": "199.00", "customer": "Ünïcödé"}
signature = kms.sign(Message=digest(order), **asked)["Signature"]
if kms.verify(Message=digest(order), Signature=signature, **asked)["SignatureValid"] is not True:
    raise SystemExit("KMS does not know its own signature")

changed = {"Message": digest({**order, "amount": "0.01"}), "Signature": signature}
error = expect("KMSInvalidSignatureException", "", kms.verify, **changed, **asked)
if not isinstance(error, kms.exceptions.KMSInvalidSignatureException):
    raise SystemExit(f"not of its type: {error!r}")
expect(
    "ValidationException",
    "Digest is invalid length for algorithm ECDSA_SHA_256.",
    kms.sign,
    Message=b"not a digest",
    **asked,
)
expect(
    "ValidationException",
    "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1",
    kms.verify,
    Message=digest(order),
    Signature=b"",
    **asked,
)
print("article: ok")
