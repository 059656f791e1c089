"""Simulated KMS for pytest. Copy this file and use the fixture `kms`.

The emulator is the program in the environment variable KMS_EMULATOR, or `kms-emulator` on the PATH. It starts once for the
session. Before each test, its keys, clock, faults and events are reset.
"""

import json
import os
import subprocess
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config

READY = "Simulated KMS ready at "


class SimulatedKMS:
    """A running emulator with its data in memory, and with options: SimulatedKMS("--auth", "policy")."""

    def __init__(self, *options):
        program = os.environ.get("KMS_EMULATOR", "kms-emulator")
        # The machine's settings for the emulator do not apply to tests.
        env = {name: value for name, value in os.environ.items() if not name.startswith("KMS_")}
        command = [program, "--port", "0", "--temporary", "--log-level", "warn", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        assert line.startswith(READY), f"no ready line: {line!r}"
        self.endpoint_url = line.removeprefix(READY).split()[0]

    def client(self, service="kms", credentials=("test", "test"), **config):
        """A client of boto3, for KMS or STS.

        `credentials` are an access key ID, its secret, and the token of a session. `config` are options of botocore's
        Config, such as retries.
        """
        names = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            config=Config(**config),
            **dict(zip(names, credentials)),
        )

    def advance(self, by):
        """Advances the clock, for example by "8d" or "90s"."""
        self.control("PUT", "clock", {"advance": by})

    def fault(self, **fault):
        """Makes requests fail: fault(operation="Sign", times=2, error="ThrottlingException")."""
        return self.control("POST", "faults", fault)["id"]

    def events(self, operation):
        """The test's requests of an operation as CloudTrail events, the oldest first."""
        return self.control("GET", f"events?operation={operation}")["events"]

    def seed(self, document):
        """Adds the keys and identities of a seed file, YAML or JSON."""
        return self.control("POST", "seed", document)

    def control(self, method, path, body=None):
        """Sends a request to the control plane. Returns the JSON of the response."""
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        request = urllib.request.Request(
            f"{self.endpoint_url}/_emulator/{path}",
            method=method,
            data=None if body is None else body.encode(),
            headers={"X-Emulator-Token": "local"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise ValueError(json.loads(error.read())["error"]) from None

    def snapshot(self):
        """Saves the current state. `restore` returns to it."""
        self.control("POST", "snapshots/before-each")

    def restore(self):
        self.control("POST", "snapshots/before-each/restore")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


@pytest.fixture(scope="session")
def simulated_kms():
    with SimulatedKMS() as emulator:
        emulator.snapshot()
        yield emulator


@pytest.fixture
def kms(simulated_kms):
    simulated_kms.restore()
    return simulated_kms
