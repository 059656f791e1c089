"""The Debian package and the RPM, built by nfpm from emulator/packaging/linux."""

import gzip
import os
import shutil
import tempfile
from pathlib import Path

from .archive import contents
from .project import LICENCES, PACKAGING, ROOT, TOOLS, VERSION, BuildError, Platform, run, source_date

NFPM = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.48.0"
UNITS = ROOT / "docker/systemd"
# What differs from the units for an installation by hand.
CHANGES = {"/usr/local/bin/": "/usr/bin/", "DynamicUser=yes": "User=simulated-kms"}


def build_deb(platform: Platform, program: Path, out: Path) -> list:
    """Builds the Debian package."""
    return [_package("deb", platform, program, out)]


def build_rpm(platform: Platform, program: Path, out: Path) -> list:
    """Builds the RPM."""
    return [_package("rpm", platform, program, out)]


def _package(kind: str, platform: Platform, program: Path, out: Path) -> Path:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "files")
        contents(platform, program, folder)
        for file in (PACKAGING / "linux").iterdir():
            shutil.copyfile(file, folder / file.name)
        for page in (folder / "man").iterdir():
            page.with_name(f"{page.name}.gz").write_bytes(gzip.compress(page.read_bytes(), 9, mtime=0))
        _units(folder)
        texts = [(folder / name).read_text() for name in (*LICENCES, "THIRD-PARTY-LICENSES")]
        (folder / "copyright").write_text("\n".join(texts))
        environment = {
            **os.environ,
            "ARCH": platform.debian,
            "VERSION": VERSION,
            # The time of the package and its files.
            "SOURCE_DATE_EPOCH": str(source_date()),
        }
        made = Path(temporary, "made")
        made.mkdir()
        run([_nfpm(), "package", "--config", "nfpm.yaml", "--packager", kind, "--target", made], cwd=folder, env=environment)
        [package] = made.iterdir()
        return Path(shutil.copyfile(package, out / package.name))


def _units(folder: Path) -> None:
    service = (UNITS / "kms-emulator.service").read_text()
    for old, new in CHANGES.items():
        if old not in service:
            raise BuildError(f"{UNITS}/kms-emulator.service has no {old}")
        service = service.replace(old, new)
    (folder / "kms-emulator.service").write_text(service)
    socket = (UNITS / "kms-emulator.socket").read_text().splitlines(keepends=True)
    # Its comment is about an installation by hand.
    (folder / "kms-emulator.socket").write_text("".join(line for line in socket if not line.startswith("#")))


def _nfpm() -> str:
    """nfpm from the PATH, else compiled once by Go."""
    if found := shutil.which("nfpm"):
        return found
    nfpm = TOOLS / NFPM.rpartition("@")[2] / "nfpm"
    if not nfpm.exists():
        run(["go", "install", NFPM], env={**os.environ, "GOBIN": str(nfpm.parent), "GOFLAGS": "-mod=mod"})
    return str(nfpm)
