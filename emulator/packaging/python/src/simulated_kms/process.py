"""Finds and starts the emulator's program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import threading
from pathlib import Path

from .control import SimulatedKMS

_PROGRAM = "kms-emulator"
_READY = "Simulated KMS ready at "
# A start takes milliseconds, or seconds on a busy machine.
_START_TIMEOUT = 60.0


def find_program() -> str:
    """The emulator's program: the one in the variable KMS_EMULATOR, else this package's own, else the one on the PATH."""
    if given := os.environ.get("KMS_EMULATOR"):
        return given
    name = _PROGRAM + (sysconfig.get_config_var("EXE") or "")
    folders = [sysconfig.get_path("scripts")]
    user_scheme = sysconfig.get_preferred_scheme("user") if hasattr(sysconfig, "get_preferred_scheme") else None
    if user_scheme:
        folders.append(sysconfig.get_path("scripts", scheme=user_scheme))
    # `pip install --target FOLDER` has the programs in FOLDER/bin.
    folders.append(str(Path(__file__).parents[1] / "bin"))
    for folder in folders:
        program = Path(folder, name)
        if program.is_file():
            return str(program)
    if found := shutil.which(_PROGRAM):
        return found
    raise FileNotFoundError(
        f"There is no program {_PROGRAM}. This installation of simulated-kms has none for the platform; "
        f"install one on the PATH, or set KMS_EMULATOR."
    )


def start(*options: str, seed: str | os.PathLike[str] | None = None) -> SimulatedKMS:
    """Starts an emulator on a free port, with its data in memory, and waits until it is ready.

    `options` are those of its command line, such as "--auth=policy" or "--tls". `seed` is a file of keys that exist from the
    start. It ends with `stop()`, or with a `with` block, or with this process.
    """
    command = [find_program(), "--port=0", "--temporary", "--log-level=warn", *options]
    if seed is not None:
        command.append(f"--seed={os.fspath(seed)}")
    # The machine's settings for the emulator do not apply to tests.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KMS_")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    line = _first_line(process)
    if not line.startswith(_READY):
        process.kill()
        process.wait()
        raise RuntimeError(f"{command[0]} did not start, exit code {process.returncode}; its log says why. It printed {line!r}")
    return SimulatedKMS(line[len(_READY) :].split()[0], process=process)


def _first_line(process: subprocess.Popen[str]) -> str:
    """The first line of the process, or nothing if it takes too long."""
    assert process.stdout is not None
    out, lines = process.stdout, []
    reader = threading.Thread(target=lambda: lines.append(out.readline()), daemon=True)
    reader.start()
    reader.join(_START_TIMEOUT)
    return lines[0] if lines else ""
