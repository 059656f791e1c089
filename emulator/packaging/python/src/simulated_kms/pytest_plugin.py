"""The plugin for pytest: the fixtures `kms_emulator` and `kms`."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from .control import SimulatedKMS
from .process import start

_SNAPSHOT = "before-each"
# The report of a failed test has at most so many calls.
_LAST_CALLS = 50


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares the settings."""
    parser.addini("kms_options", "options of Simulated KMS, such as --auth=policy", type="args")
    parser.addini("kms_seed", "the file of a seed for Simulated KMS", type="paths")


@pytest.fixture(scope="session")
def kms_emulator(pytestconfig: pytest.Config) -> Iterator[SimulatedKMS]:
    """An emulator for all tests. With pytest-xdist, each worker has its own."""
    options = [*pytestconfig.getini("kms_options"), *(f"--seed={seed}" for seed in pytestconfig.getini("kms_seed"))]
    with start(*options) as emulator:
        emulator.snapshots.save(_SNAPSHOT)
        yield emulator


@pytest.fixture
def kms(kms_emulator: SimulatedKMS, monkeypatch: pytest.MonkeyPatch) -> SimulatedKMS:
    """The emulator in the state of the session's start. AWS SDKs find it by the variable AWS_ENDPOINT_URL_KMS."""
    kms_emulator.snapshots.restore(_SNAPSHOT)
    variables = kms_emulator.environment
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", variables.pop("AWS_ENDPOINT_URL_KMS"))
    # The tests of a project may have credentials for other services.
    if "AWS_ACCESS_KEY_ID" not in os.environ and "AWS_PROFILE" not in os.environ:
        for name, value in variables.items():
            monkeypatch.setenv(name, os.environ.get(name, value))
    return kms_emulator


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Adds the calls of a failed test to its report."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    emulator = getattr(item, "funcargs", {}).get("kms")
    if report.when != "call" or not report.failed or not isinstance(emulator, SimulatedKMS):
        return
    try:
        events = emulator.events.all()
    except (OSError, ValueError) as error:
        report.sections.append(("Simulated KMS", f"no events: {error}"))
        return
    lines = [_line(event) for event in events[-_LAST_CALLS:]]
    report.sections.append(("Simulated KMS: calls of this test", "\n".join(lines or ["none"])))


def _line(event: dict[str, Any]) -> str:
    key = (event.get("requestParameters") or {}).get("keyId", "")
    error = event.get("errorCode", "ok")
    message = event.get("errorMessage", "")
    return " ".join(str(part) for part in (event["eventTime"], event["eventName"], key, error, message) if part)
