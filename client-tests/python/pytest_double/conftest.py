"""A Simulated KMS for pytest: copy this file, and ask for the fixture `kms`.

The emulator is the program that KMS_EMULATOR names, or else `kms-emulator` on the PATH. One is started
for the whole session; each test begins with the same keys, clock and faults, and without events.
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
    """A running emulator, which keeps nothing."""

    def __init__(self):
        program = os.environ.get("KMS_EMULATOR", "kms-emulator")
        # The machine's own settings for the emulator are not for tests.
        env = {name: value for name, value in os.environ.items() if not name.startswith("KMS_")}
        command = [program, "--port", "0", "--temporary", "--log-level", "warn"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        assert line.startswith(READY), f"not the ready line: {line!r}"
        self.endpoint_url = line.removeprefix(READY).split()[0]

    def client(self, **config):
        """A client of boto3; `config` is botocore's, such as retries."""
        return boto3.client(
            "kms",
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(**config),
        )

    def advance(self, by):
        """Moves the clock on: "8d", "90s"."""
        self.control("PUT", "clock", {"advance": by})

    def fault(self, **fault):
        """Makes requests fail: fault(operation="Sign", times=2, error="ThrottlingException")."""
        return self.control("POST", "faults", fault)["id"]

    def events(self, operation):
        """The requests of an operation since the test began, the oldest first, as CloudTrail tells of them."""
        return self.control("GET", f"events?operation={operation}")["events"]

    def seed(self, document):
        """Adds the keys of a seed file, YAML or JSON."""
        return self.control("POST", "seed", document)

    def control(self, method, path, body=None):
        """Any request to the control plane."""
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        request = urllib.request.Request(
            f"{self.endpoint_url}/_emulator/{path}",
            method=method,
            data=None if body is None else body.encode(),
            headers={"X-Emulator-Token": "local"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise ValueError(json.loads(error.read())["error"]) from None

    def stop(self):
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="session")
def simulated_kms():
    emulator = SimulatedKMS()
    emulator.control("POST", "snapshots/before-each")
    yield emulator
    emulator.stop()


@pytest.fixture
def kms(simulated_kms):
    simulated_kms.control("POST", "snapshots/before-each/restore")
    return simulated_kms
