"""Adds the program to the wheel: SIMULATED_KMS_PROGRAM is its file, SIMULATED_KMS_WHEEL_TAG the wheel's platform."""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProgramHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook of the name `custom`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files are collected."""
        program = os.environ.get("SIMULATED_KMS_PROGRAM")
        if program and version == "standard":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{os.environ['SIMULATED_KMS_WHEEL_TAG']}"
            # pip installs scripts on the PATH, executable.
            build_data["shared_scripts"][program] = Path(program).name
