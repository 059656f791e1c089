"""Simulated KMS for Testcontainers. Copy this file:

    with SimulatedKmsContainer() as kms:
        key = kms.client().create_key()
"""

import json
import urllib.request

import boto3
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

PORT = 4599
TOKEN = "local"


class SimulatedKmsContainer(DockerContainer):
    """A container with an emulator. Its keys are lost when it stops."""

    def __init__(self, image="simulated-kms", **options):
        super().__init__(image, **options)
        self.with_exposed_ports(PORT)
        # In a container, the control plane requires a token.
        self.with_env("KMS_CONTROL_TOKEN", TOKEN)
        ready = LogMessageWaitStrategy("Simulated KMS ready at ")
        self.waiting_for(ready.with_poll_interval(0.1))

    def with_seed(self, document):
        """Adds keys that exist from the start: the text of a seed file, YAML or JSON."""
        self.with_env("KMS_SEED", "/seed.yaml")
        return self.with_copy_into_container(document.encode(), "/seed.yaml")

    @property
    def endpoint_url(self):
        """The value of AWS_ENDPOINT_URL_KMS for programs outside of containers."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def client(self, region="us-east-1", **options):
        """A client of boto3."""
        return boto3.client(
            "kms",
            endpoint_url=self.endpoint_url,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            **options,
        )

    def control(self, method, path, body=None):
        """Sends a request to the control plane: control("PUT", "clock", {"advance": "8d"})."""
        request = urllib.request.Request(
            f"{self.endpoint_url}/_emulator/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Emulator-Token": TOKEN},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
