"""The wheel `simulated-kms`, built by hatchling from emulator/packaging/python."""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from .dependencies import licence_texts
from .project import LICENCES, PACKAGING, ROOT, TOOLS, Platform, run, source_date

HATCHLING = "hatchling==1.33.0"


def build(platform: Platform, program: Path, out: Path) -> list:
    """Builds the wheel in a copy of the sources."""
    with tempfile.TemporaryDirectory() as temporary:
        sources, wheels = Path(temporary, "sources"), Path(temporary, "wheels")
        shutil.copytree(PACKAGING / "python", sources, ignore=shutil.ignore_patterns("__pycache__", "dist", ".*"))
        for name in LICENCES:
            shutil.copyfile(ROOT / name, sources / name)
        (sources / "LICENSE-THIRD-PARTY").write_text(licence_texts(platform))
        environment = {
            **os.environ,
            "SIMULATED_KMS_PROGRAM": str(program.resolve()),
            "SIMULATED_KMS_WHEEL_TAG": platform.wheel,
            "SOURCE_DATE_EPOCH": str(source_date()),
        }
        command = [_python_with_hatchling(), "-m", "hatchling", "build", "--target", "wheel", "--directory", wheels]
        run(command, cwd=sources, env=environment)
        [wheel] = wheels.iterdir()
        return [Path(shutil.copyfile(wheel, out / wheel.name))]


def _python_with_hatchling() -> str:
    """This Python, if it has hatchling; else that of an environment in the target folder."""
    if importlib.util.find_spec("hatchling"):
        return sys.executable
    environment = TOOLS / "python"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (environment / HATCHLING).exists():
        run([sys.executable, "-m", "venv", "--clear", environment])
        run([python, "-m", "pip", "install", "--quiet", HATCHLING])
        (environment / HATCHLING).touch()
    return str(python)
