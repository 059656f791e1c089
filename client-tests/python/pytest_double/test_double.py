"""Tests with the fixture of conftest.py, and botocore's retry modes with each fault."""

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

SIGNING = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
MODES = ["legacy", "standard", "adaptive"]


def retries(mode, attempts=3):
    return {"retries": {"mode": mode, "total_max_attempts": attempts}}


def test_clock_ends_a_deletion(kms):
    client = kms.client()
    key = client.create_key(**SIGNING)["KeyMetadata"]["KeyId"]
    client.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.advance("8d")
    with pytest.raises(client.exceptions.NotFoundException):
        client.describe_key(KeyId=key)


@pytest.mark.parametrize("number", [1, 2])
def test_reset_between_tests(kms, number):
    client = kms.client()
    assert client.list_keys()["Keys"] == []
    client.create_key()


def test_events(kms):
    client = kms.client()
    key = client.create_key(**SIGNING)["KeyMetadata"]["KeyId"]
    client.sign(KeyId=key, Message=b"a secret", SigningAlgorithm="ECDSA_SHA_256")
    (event,) = kms.events("Sign")
    assert event["requestParameters"] == {"keyId": key, "signingAlgorithm": "ECDSA_SHA_256"}
    assert event["userAgent"].startswith("Boto3/")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "fault",
    [
        {"error": "ThrottlingException"},
        {"error": "KMSInternalException"},
        {"error": "KeyUnavailableException"},
        {"status": 502},
        {"status": 503},
        {"status": 504},
        {"connection": "drop_before"},
        {"connection": "lose_answer"},
    ],
    ids=str,
)
def test_faults_are_retried(kms, mode, fault):
    client = kms.client(**retries(mode))
    id = kms.fault(operation="ListKeys", times=1, **fault)
    assert client.list_keys()["Keys"] == []
    (armed,) = kms.control("GET", "faults")["faults"]
    assert (armed["id"], armed["seen"], armed["hits"]) == (id, 2, 1)


def test_faults_exhaust_the_attempts(kms):
    client = kms.client(**retries("standard"))
    kms.fault(operation="ListKeys", error="ThrottlingException")
    with pytest.raises(ClientError) as caught:
        client.list_keys()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert len(kms.events("ListKeys")) == 3


@pytest.mark.parametrize("code", ["ExpiredTokenException", "DisabledException", "AccessDeniedException"])
def test_final_errors_are_not_retried(kms, code):
    client = kms.client(**retries("standard"))
    kms.fault(operation="ListKeys", error=code)
    with pytest.raises(ClientError) as caught:
        client.list_keys()
    assert caught.value.response["Error"]["Code"] == code
    assert len(kms.events("ListKeys")) == 1


@pytest.mark.parametrize("connection", ["drop_before", "lose_answer"])
def test_broken_connection_without_retries(kms, connection):
    client = kms.client(**retries("standard", 1))
    kms.fault(operation="CreateKey", connection=connection)
    with pytest.raises(ConnectionClosedError):
        client.create_key()
    # If only the response was lost, the key exists.
    assert len(client.list_keys()["Keys"]) == (0 if connection == "drop_before" else 1)


@pytest.mark.parametrize("connection", ["drop_amid", "truncate"])
def test_botocore_reads_a_truncated_response_as_empty(kms, connection):
    client = kms.client(**retries("standard"))
    kms.fault(operation="CreateKey", connection=connection)
    assert "KeyMetadata" not in client.create_key()
    assert len(client.list_keys()["Keys"]) == 1


def test_fault_for_one_key(kms):
    client = kms.client(**retries("standard", 1))
    keys = [client.create_key()["KeyMetadata"]["KeyId"] for _ in range(2)]
    kms.fault(key=keys[0], error="KeyUnavailableException")
    with pytest.raises(client.exceptions.KeyUnavailableException):
        client.encrypt(KeyId=keys[0], Plaintext=b"p")
    client.encrypt(KeyId=keys[1], Plaintext=b"p")


def test_seed(kms):
    kms.seed("keys: [{alias: alias/orders, material: {seed: orders}}]")
    key = kms.client().describe_key(KeyId="alias/orders")["KeyMetadata"]
    assert key["KeySpec"] == "SYMMETRIC_DEFAULT"
    with pytest.raises(ValueError, match=r"seed:1: keys\[0\]\.spec: "):
        kms.seed("keys: [{spec: ROT13}]")


def test_invalid_fault(kms):
    with pytest.raises(ValueError, match="KMS has no operation Sing"):
        kms.fault(operation="Sing", error="ThrottlingException")
