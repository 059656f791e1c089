"""Facts of the project that all packages share: names, versions, platforms, times."""

import dataclasses
import hashlib
import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGING = ROOT / "emulator/packaging"
PACKAGES = ROOT / "target/packages"
TOOLS = ROOT / "target/packaging-tools"

PROGRAM = "kms-emulator"
PACKAGE = "simulated-kms"
DESCRIPTION = "A local AWS Key Management Service for development and tests"
HOMEPAGE = "https://github.com/simulated-kms/simulated-kms"
LICENCES = ("LICENSE-APACHE", "LICENSE-MIT")


class BuildError(Exception):
    """What is wrong, in one sentence."""


@dataclasses.dataclass(frozen=True)
class Platform:
    """A platform, as each package format calls it."""

    target: str
    system: str
    npm: str
    wheel: str
    debian: str = ""
    homebrew: str = ""
    nix: str = ""

    @property
    def program(self) -> str:
        return PROGRAM + (".exe" if self.system == "windows" else "")

    @property
    def archive(self) -> str:
        return f"{PROGRAM}-{VERSION}-{self.target}"


def _version() -> str:
    manifest = (ROOT / "Cargo.toml").read_text()
    return re.search(r'\[workspace\.package\]\nversion = "(.+)"', manifest)[1]


VERSION = _version()

# A static program runs with every libc, so both tags are true.
_LINUX = "manylinux_2_17_{0}.manylinux2014_{0}.musllinux_1_1_{0}"
PLATFORMS = {
    platform.target: platform
    for platform in (
        Platform(
            "x86_64-unknown-linux-gnu",
            "linux",
            "linux-x64",
            _LINUX.format("x86_64"),
            debian="amd64",
            homebrew="on_linux.on_intel",
            nix="x86_64-linux",
        ),
        Platform(
            "aarch64-unknown-linux-gnu",
            "linux",
            "linux-arm64",
            _LINUX.format("aarch64"),
            debian="arm64",
            homebrew="on_linux.on_arm",
            nix="aarch64-linux",
        ),
        Platform(
            "x86_64-apple-darwin",
            "macos",
            "darwin-x64",
            "macosx_10_12_x86_64",
            homebrew="on_macos.on_intel",
            nix="x86_64-darwin",
        ),
        Platform(
            "aarch64-apple-darwin",
            "macos",
            "darwin-arm64",
            "macosx_11_0_arm64",
            homebrew="on_macos.on_arm",
            nix="aarch64-darwin",
        ),
        Platform("x86_64-pc-windows-msvc", "windows", "win32-x64", "win_amd64"),
    )
}


def host() -> str:
    """The target of this machine."""
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    system = {"Linux": "unknown-linux-gnu", "Darwin": "apple-darwin", "Windows": "pc-windows-msvc"}
    return f"{machine}-{system.get(platform.system(), platform.system())}"


def source_date() -> int:
    """The time of all files in the packages: SOURCE_DATE_EPOCH, or the time of the last commit."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    log = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(log, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return int(done.stdout)
    # The first moment that a ZIP file can express, for a source tree without git.
    return 315532800


def run(command: list, **options) -> str:
    """Runs a program that must succeed, and returns its standard output."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    except FileNotFoundError:
        raise BuildError(f"needs {command[0]}") from None
    if done.returncode != 0:
        raise BuildError(f"{command[0]} fails:\n{done.stdout}{done.stderr}")
    return done.stdout


def check_versions() -> None:
    """Every manifest has the version of the workspace."""
    manifests = {
        "python/pyproject.toml": r'^version = "(.+)"',
        "npm/package.json": r'"(?:version|@simulated-kms/[a-z0-9-]+)": "(.+)"',
        "java/pom.xml": r"<artifactId>simulated-kms</artifactId>\s*<version>(.+)</version>",
        "devcontainer/devcontainer-feature.json": r'"(?:version|default)": "(.+)"',
        "action/action.yml": r'description: The release\n    default: "(.+)"',
    }
    for name, pattern in manifests.items():
        file = PACKAGING / name
        found = set(re.findall(pattern, file.read_text(), re.MULTILINE))
        if found != {VERSION}:
            raise BuildError(f"{file} has the version {sorted(found)}, Cargo.toml {VERSION}")


def write_sums(out: Path) -> None:
    """SHA256SUMS of all packages in the folder, in the format of sha256sum."""
    files = sorted(file for file in out.iterdir() if file.is_file() and file.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (out / "SHA256SUMS").write_text("".join(lines))
