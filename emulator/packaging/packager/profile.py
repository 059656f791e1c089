"""The profile of the release build: how often each part of the program runs. With it, the compiler makes frequent parts
fast and the others small. It belongs to one version of Rust: with another one, the build does without it."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import training
from .project import PACKAGING, BuildError, Platform, host, run

FOLDER = PACKAGING / "profile"


def compiler() -> str:
    """The version of Rust, such as 1.95.0."""
    return run(["rustc", "--version"]).split(" ")[1]


def stored(target: str) -> Path:
    """Where the profile of a target is."""
    return FOLDER / f"{target}-rust-{compiler()}.profdata.gz"


def flags(target: str, folder: Path) -> list:
    """The flags of rustc that use the profile, unpacked into a folder. None if there is no profile."""
    file = stored(target)
    if not file.is_file():
        return []
    folder.mkdir(parents=True, exist_ok=True)
    unpacked = folder / "release.profdata"
    unpacked.write_bytes(gzip.decompress(file.read_bytes()))
    return [f"-Cprofile-use={unpacked}"]


def make(platform: Platform, instrumented: Path, raw: Path) -> Path:
    """Runs the instrumented program, and stores the profile that it leaves in `raw`."""
    if platform.target != host():
        raise BuildError("a profile is made on the platform of its program")
    merge = merger()
    shutil.rmtree(raw, ignore_errors=True)
    raw.mkdir(parents=True)
    training.train(instrumented, {**os.environ, "LLVM_PROFILE_FILE": str(raw / "%m-%p.profraw")}, raw)
    merged = raw / "merged.profdata"
    run([merge, "merge", "--output", merged, *sorted(raw.glob("*.profraw"))])
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob(f"{platform.target}-*"):
        old.unlink()
    file = stored(platform.target)
    # Without a time, the same profile gives the same file.
    file.write_bytes(gzip.compress(merged.read_bytes(), 9, mtime=0))
    return file


def merger() -> str:
    """llvm-profdata, in the version of rustc's LLVM: of rustup, or of the system."""
    root = Path(run(["rustc", "--print", "sysroot"]).strip())
    version = re.search(r"LLVM version: (\d+)", run(["rustc", "--version", "--verbose"]))[1]
    candidates = [*root.glob("lib/rustlib/*/bin/llvm-profdata"), f"llvm-profdata-{version}", "llvm-profdata"]
    for candidate in candidates:
        program = shutil.which(candidate)
        if program and f"version {version}." in subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False
        ).stdout:
            return program
    raise BuildError(
        f"needs llvm-profdata {version}: `rustup component add llvm-tools`, or the Debian package llvm-{version}"
    )
