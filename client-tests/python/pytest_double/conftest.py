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
    """A running emulator with its data in memory."""

    def __init__(self):
        program = os.environ.get("KMS_EMULATOR", "kms-emulator")
        # The machine's settings for the emulator do not apply to tests.
        env = {name: value for name, value in os.environ.items() if not name.startswith("KMS_")}
        command = [program, "--port", "0", "--temporary", "--log-level", "warn"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        assert line.startswith(READY), f"no ready line: {line!r}"
        self.endpoint_url = line.removeprefix(READY).split()[0]

    def client(self, **config):
        """A client of boto3. `config` are options of botocore's Config, such as retries."""
        return boto3.client(
            "kms",
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(**config),
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
        """Adds the keys of a seed file, YAML or JSON."""
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
