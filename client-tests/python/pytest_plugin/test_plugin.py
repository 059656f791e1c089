"""Tests with the fixture of the plugin `simulated_kms`, and botocore's retry modes with each fault."""

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import boto3
import pytest
import simulated_kms
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

pytest_plugins = ["pytester"]

SIGNING = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
MODES = ["legacy", "standard", "adaptive"]


def retries(mode, attempts=3):
    return {"config": Config(retries={"mode": mode, "total_max_attempts": attempts})}


def test_clock_ends_a_deletion(kms):
    client = kms.client()
    key = client.create_key(**SIGNING)["KeyMetadata"]["KeyId"]
    client.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.clock.advance("8d")
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
    (event,) = kms.events.of("Sign")
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
    id = kms.faults.add(operation="ListKeys", times=1, **fault)
    assert client.list_keys()["Keys"] == []
    (armed,) = kms.faults.all()
    assert (armed["id"], armed["seen"], armed["hits"]) == (id, 2, 1)


def test_faults_exhaust_the_attempts(kms):
    client = kms.client(**retries("standard"))
    kms.faults.add(operation="ListKeys", error="ThrottlingException")
    with pytest.raises(ClientError) as caught:
        client.list_keys()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert len(kms.events.of("ListKeys")) == 3


@pytest.mark.parametrize("code", ["ExpiredTokenException", "DisabledException", "AccessDeniedException"])
def test_final_errors_are_not_retried(kms, code):
    client = kms.client(**retries("standard"))
    kms.faults.add(operation="ListKeys", error=code)
    with pytest.raises(ClientError) as caught:
        client.list_keys()
    assert caught.value.response["Error"]["Code"] == code
    assert len(kms.events.of("ListKeys")) == 1


@pytest.mark.parametrize("connection", ["drop_before", "lose_answer"])
def test_broken_connection_without_retries(kms, connection):
    client = kms.client(**retries("standard", 1))
    kms.faults.add(operation="CreateKey", connection=connection)
    with pytest.raises(ConnectionClosedError):
        client.create_key()
    # If only the response was lost, the key exists.
    assert len(client.list_keys()["Keys"]) == (0 if connection == "drop_before" else 1)


@pytest.mark.parametrize("connection", ["drop_amid", "truncate"])
def test_botocore_reads_a_truncated_response_as_empty(kms, connection):
    client = kms.client(**retries("standard"))
    kms.faults.add(operation="CreateKey", connection=connection)
    assert "KeyMetadata" not in client.create_key()
    assert len(client.list_keys()["Keys"]) == 1


def test_fault_for_one_key(kms):
    client = kms.client(**retries("standard", 1))
    keys = [client.create_key()["KeyMetadata"]["KeyId"] for _ in range(2)]
    kms.faults.add(key=keys[0], error="KeyUnavailableException")
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
        kms.faults.add(operation="Sing", error="ThrottlingException")


def test_tested_code_finds_the_emulator(kms):
    assert os.environ["AWS_ENDPOINT_URL_KMS"] == kms.endpoint_url
    boto3.client("kms").create_key()
    assert len(kms.events.of("CreateKey")) == 1
    kms.events.clear()
    assert kms.events.all() == []


def test_clock(kms):
    kms.clock.freeze()
    kms.clock.set("2030-01-01T00:00:00.25Z")
    kms.clock.advance(timedelta(hours=1))
    assert kms.clock.now() == datetime(2030, 1, 1, 1, 0, 0, 250000, timezone.utc)
    created = kms.client().create_key()["KeyMetadata"]["CreationDate"]
    assert created == kms.clock.now()
    kms.clock.use_system_time()
    assert abs(kms.clock.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_snapshots_and_reset(kms):
    client = kms.client()
    client.create_key()
    kms.snapshots.save("one-key")
    client.create_key()
    kms.snapshots.restore("one-key")
    assert len(client.list_keys()["Keys"]) == 1
    kms.snapshots.delete("one-key")
    with pytest.raises(simulated_kms.ControlError, match="one-key"):
        kms.snapshots.restore("one-key")
    kms.reset()
    assert client.list_keys()["Keys"] == []


def test_start_with_https_and_a_seed(tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text("keys: [{alias: alias/orders}]")
    authority = tmp_path / "ca.pem"
    with simulated_kms.start("--tls", seed=seed) as kms:
        authority.write_text(kms.authority)
        kms.clock.advance("1d")
        key = kms.client(verify=str(authority)).describe_key(KeyId="alias/orders")["KeyMetadata"]
    assert key["CreationDate"] < datetime.now(timezone.utc)


def test_start_says_why_it_fails(monkeypatch):
    with pytest.raises(RuntimeError, match="exit code 2"):
        simulated_kms.start("--no-such-option")
    monkeypatch.setenv("KMS_EMULATOR", "/no/such/program")
    with pytest.raises(FileNotFoundError):
        simulated_kms.start()


def test_command():
    done = subprocess.run([sys.executable, "-m", "simulated_kms", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("kms-emulator ")


def test_failed_test_shows_its_calls(pytester):
    pytester.makepyfile(
        """
        def test_fails(kms):
            client = kms.client()
            key = client.create_key()["KeyMetadata"]["KeyId"]
            client.disable_key(KeyId=key)
            client.encrypt(KeyId=key, Plaintext=b"p")
        """
    )
    result = pytester.runpytest_subprocess("-p", "simulated_kms.pytest_plugin")
    result.assert_outcomes(failed=1)
    calls = ["*calls of this test*", "* CreateKey ok", "* DisableKey * ok", "* Encrypt * DisabledException *is disabled."]
    result.stdout.fnmatch_lines(calls)
    assert "client.create_key" in result.stdout.str()


def test_settings(pytester):
    pytester.makefile(".yaml", seed="keys: [{alias: alias/orders}]")
    pytester.makeini("[pytest]\nkms_options = --account=111122223333\nkms_seed = seed.yaml\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_seeded(kms, number):
            client = kms.client()
            (key,) = client.list_keys()["Keys"]
            assert ":111122223333:" in key["KeyArn"]
            client.create_key()
        """
    )
    pytester.runpytest_subprocess("-p", "simulated_kms.pytest_plugin").assert_outcomes(passed=2)
