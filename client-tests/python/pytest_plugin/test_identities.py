"""The package `simulated_kms` with `--auth policy` and identities."""

import os

import pytest
import simulated_kms

ALICE = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
BOB = ("AKIABOBEXAMPLE000001", "bob-secret")


@pytest.fixture(scope="module")
def emulator():
    with simulated_kms.start("--auth=policy", seed=os.environ["IDENTITIES"]) as emulator:
        emulator.snapshots.save("identities")
        yield emulator


@pytest.fixture
def policies(emulator):
    emulator.snapshots.restore("identities")
    return emulator


def test_policies_decide(policies):
    client = policies.client(credentials=ALICE)
    arn = client.describe_key(KeyId="alias/orders")["KeyMetadata"]["Arn"]
    client = policies.client(credentials=BOB)
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.encrypt(KeyId="alias/orders", Plaintext=b"text")
    assert caught.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: kms:Encrypt on resource: "
        f"{arn} because no identity-based policy allows the kms:Encrypt action",
    }
    (event,) = policies.events.of("Encrypt")
    assert event["errorCode"] == "AccessDeniedException"


@pytest.mark.parametrize("number", [1, 2])
def test_sessions_expire(policies, number):
    sts = policies.client("sts", credentials=ALICE)
    role = "arn:aws:iam::111122223333:role/app"
    session = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    client = policies.client(
        credentials=(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    )
    client.describe_key(KeyId="alias/orders")
    policies.clock.advance("2h")
    with pytest.raises(client.exceptions.ClientError, match="ExpiredTokenException"):
        client.describe_key(KeyId="alias/orders")
