"""Signs and verifies a message with boto3, and checks the errors. The environment alone configures the client."""

import hashlib
import json

import boto3
from botocore.exceptions import ClientError

kms = boto3.client("kms")


def digest(data):
    return hashlib.sha256(json.dumps(data).encode()).digest()


def expect(code, text, operation, **members):
    """Calls an operation that must fail with this error."""
    try:
        operation(**members)
    except ClientError as error:
        error_body = error.response["Error"]
        if (error_body["Code"], error_body["Message"]) != (code, text):
            raise
        return error
    raise SystemExit(f"no error: {code}")


created = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
parameters = {
    "KeyId": created["KeyMetadata"]["KeyId"],
    "MessageType": "DIGEST",
    "SigningAlgorithm": "ECDSA_SHA_256",
}
order = {"orderId": 42, "amount": "199.00", "customer": "Ünïcödé"}
signature = kms.sign(Message=digest(order), **parameters)["Signature"]
if kms.verify(Message=digest(order), Signature=signature, **parameters)["SignatureValid"] is not True:
    raise SystemExit("KMS does not accept its own signature")

changed = {"Message": digest({**order, "amount": "0.01"}), "Signature": signature}
error = expect("KMSInvalidSignatureException", "", kms.verify, **changed, **parameters)
if not isinstance(error, kms.exceptions.KMSInvalidSignatureException):
    raise SystemExit(f"wrong type: {error!r}")
expect(
    "ValidationException",
    "Digest is invalid length for algorithm ECDSA_SHA_256.",
    kms.sign,
    Message=b"not a digest",
    **parameters,
)
expect(
    "ValidationException",
    "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1",
    kms.verify,
    Message=digest(order),
    Signature=b"",
    **parameters,
)
print("article: ok")
