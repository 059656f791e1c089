"""Simulated KMS for Testcontainers, which must be installed:

    with SimulatedKmsContainer() as container:
        key = container.kms.client().create_key()
"""

from __future__ import annotations

from typing import Any

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from .control import SimulatedKMS

PORT = 4599
TOKEN = "local"


class SimulatedKmsContainer(DockerContainer):
    """A container with an emulator. Its keys are lost when it stops."""

    def __init__(self, image: str = "simulated-kms", **options: Any) -> None:
        super().__init__(image, **options)
        self.with_exposed_ports(PORT)
        # In a container, the control plane requires a token.
        self.with_env("KMS_CONTROL_TOKEN", TOKEN)
        ready = LogMessageWaitStrategy("Simulated KMS ready at ")
        self.waiting_for(ready.with_poll_interval(0.1))

    def with_seed(self, document: str) -> SimulatedKmsContainer:
        """Adds keys that exist from the start: the text of a seed file, YAML or JSON."""
        self.with_env("KMS_SEED", "/seed.yaml")
        self.with_copy_into_container(document.encode(), "/seed.yaml")
        return self

    @property
    def endpoint_url(self) -> str:
        """The value of AWS_ENDPOINT_URL_KMS for programs outside of containers."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    @property
    def kms(self) -> SimulatedKMS:
        """The emulator in the container: its clients, clock, faults and events."""
        return SimulatedKMS(self.endpoint_url, token=TOKEN)
