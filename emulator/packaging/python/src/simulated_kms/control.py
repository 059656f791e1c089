"""A running emulator and its control plane."""

from __future__ import annotations

import atexit
import json
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

_TIMEOUT = 60.0


class ControlError(ValueError):
    """The control plane refused a request. The text is its sentence."""


class SimulatedKMS:
    """A running emulator. `simulated_kms.start()` creates one."""

    endpoint_url: str
    """The URL of KMS, the value of AWS_ENDPOINT_URL_KMS."""

    authority: str | None
    """With --tls, the certificate authority in PEM: the content of the file that AWS_CA_BUNDLE names."""

    def __init__(
        self, endpoint_url: str, *, token: str = "local", process: subprocess.Popen[str] | None = None
    ) -> None:
        """`token` is the control token. `process` ends with `stop()`."""
        self.endpoint_url = endpoint_url.rstrip("/")
        self.authority = None
        self.clock = Clock(self)
        self.faults = Faults(self)
        self.events = Events(self)
        self.snapshots = Snapshots(self)
        self._token = token
        self._process = process
        self._tls: ssl.SSLContext | None = None
        if process is not None:
            atexit.register(self.stop)
            if self.endpoint_url.startswith("https:"):
                self._trust()

    def _trust(self) -> None:
        """Fetches the certificate authority, which is answered over plain HTTP too."""
        plain = self.endpoint_url.replace("https:", "http:", 1)
        with urllib.request.urlopen(f"{plain}/ca.pem", timeout=_TIMEOUT) as response:
            self.authority = response.read().decode()
        self._tls = ssl.create_default_context(cadata=self.authority)

    @property
    def environment(self) -> dict[str, str]:
        """Variables for programs that use this emulator: the endpoint, credentials and a Region."""
        return {
            "AWS_ENDPOINT_URL_KMS": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def client(
        self, service: str = "kms", *, credentials: Sequence[str | None] = ("test", "test"), **options: Any
    ) -> Any:
        """A client of boto3, which must be installed, for KMS or STS.

        `credentials` are an access key ID, its secret, and the token of a session. `options` are those of `boto3.client`.
        """
        import boto3

        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        defaults = {"endpoint_url": self.endpoint_url, "region_name": "us-east-1", **dict(zip(names, credentials))}
        return boto3.client(service, **{**defaults, **options})

    def seed(self, document: str | Mapping[str, Any]) -> None:
        """Adds the keys and identities of a seed: the text of a file, YAML or JSON, or its content."""
        self.control("POST", "seed", document)

    def reset(self) -> None:
        """Returns to the state at the start: no keys, or those of the seed."""
        self.control("POST", "reset")

    def control(self, method: str, path: str, body: str | Mapping[str, Any] | None = None) -> Any:
        """Sends a request to the control plane, `/_emulator/…`. Returns the JSON of the answer."""
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        request = urllib.request.Request(
            f"{self.endpoint_url}/_emulator/{path}",
            method=method,
            data=None if text is None else text.encode(),
            headers={"X-Emulator-Token": self._token},
        )
        # No proxy: a variable such as HTTP_PROXY is for other hosts.
        handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._tls)]
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=_TIMEOUT) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            try:
                sentence = json.loads(text)["error"]
            except (ValueError, KeyError, TypeError):
                sentence = f"{method} {path}: {error.code} {text}"
            raise ControlError(sentence) from None

    def stop(self) -> None:
        """Ends the emulator, if `start()` started it."""
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.stop)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> SimulatedKMS:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Clock:
    """The emulator's clock. Deletion, rotation, expiry and dates follow it at once."""

    def __init__(self, kms: SimulatedKMS) -> None:
        self._kms = kms

    def now(self) -> datetime:
        """The emulator's time."""
        now: str = self._kms.control("GET", "clock")["now"]
        # Python reads at most six digits of a second.
        whole, _, fraction = now.rstrip("Z").partition(".")
        time = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
        return time + timedelta(seconds=float(f"0.{fraction or 0}"))

    def advance(self, by: str | timedelta) -> None:
        """Moves the clock forward: "8d", "90s", or a timedelta."""
        if isinstance(by, timedelta):
            by = f"{by // timedelta(milliseconds=1)}ms"
        self._kms.control("PUT", "clock", {"advance": by})

    def set(self, now: str | datetime) -> None:
        """Sets the clock to a time, also to an earlier one."""
        text = now if isinstance(now, str) else now.astimezone(timezone.utc).isoformat()
        self._kms.control("PUT", "clock", {"now": text})

    def freeze(self) -> None:
        """Stops the clock."""
        self._kms.control("PUT", "clock", {"frozen": True})

    def unfreeze(self) -> None:
        """Starts the clock again."""
        self._kms.control("PUT", "clock", {"frozen": False})

    def use_system_time(self) -> None:
        """Returns to the time of the machine."""
        self._kms.control("PUT", "clock", {"real": True})


class Faults:
    """Faults that change the answers to matching requests."""

    def __init__(self, kms: SimulatedKMS) -> None:
        self._kms = kms

    def add(self, **fault: Any) -> int:
        """Makes requests fail: add(operation="Sign", times=2, error="ThrottlingException"). Returns the fault's id."""
        number: int = self._kms.control("POST", "faults", fault)["id"]
        return number

    def all(self) -> list[dict[str, Any]]:
        """All faults. `hits` counts the requests that a fault changed."""
        faults: list[dict[str, Any]] = self._kms.control("GET", "faults")["faults"]
        return faults

    def remove(self, number: int) -> None:
        """Removes a fault by its id."""
        self._kms.control("DELETE", f"faults/{number}")

    def clear(self) -> None:
        """Removes all faults."""
        self._kms.control("DELETE", "faults")


class Events:
    """The requests of clients, as CloudTrail events, the oldest first."""

    def __init__(self, kms: SimulatedKMS) -> None:
        self._kms = kms

    def all(self, **filters: Any) -> list[dict[str, Any]]:
        """The events that match: `operation`, `key`, `error`, `since`, `until`, `limit`."""
        query = urllib.parse.urlencode(filters)
        events: list[dict[str, Any]] = self._kms.control("GET", f"events?{query}")["events"]
        return events

    def of(self, operation: str) -> list[dict[str, Any]]:
        """The events of one operation."""
        return self.all(operation=operation)

    def wait_for(self, operation: str, count: int = 1, within: str = "10s") -> list[dict[str, Any]]:
        """Waits until there are so many events of an operation, at most 60 s. Returns those that are there then."""
        return self.all(operation=operation, count=count, wait=within)

    def clear(self) -> None:
        """Forgets all events."""
        self._kms.control("DELETE", "events")


class Snapshots:
    """Named states in memory: the keys, the clock, the faults and the transition time."""

    def __init__(self, kms: SimulatedKMS) -> None:
        self._kms = kms

    def save(self, name: str) -> None:
        """Saves the current state."""
        self._kms.control("POST", f"snapshots/{_part(name)}")

    def restore(self, name: str) -> None:
        """Returns to a saved state, and forgets all events."""
        self._kms.control("POST", f"snapshots/{_part(name)}/restore")

    def delete(self, name: str) -> None:
        """Deletes a saved state."""
        self._kms.control("DELETE", f"snapshots/{_part(name)}")


def _part(name: str) -> str:
    return urllib.parse.quote(name, safe="")
