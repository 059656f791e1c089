"""The archive of a platform, from which the other roads install; and its SBOM."""

import gzip
import io
import shutil
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

from .binary import output
from .dependencies import licence_texts, sbom
from .project import LICENCES, PROGRAM, ROOT, Platform, source_date

# The completions by shell. The names are those under which the shells look for them.
COMPLETIONS = {"bash": PROGRAM, "zsh": f"_{PROGRAM}", "fish": f"{PROGRAM}.fish", "powershell": f"{PROGRAM}.ps1"}


def contents(platform: Platform, program: Path, folder: Path) -> None:
    """Writes all files of a package to a folder: the program, its documents and its completions."""
    for part in ("man", "completions"):
        (folder / part).mkdir(parents=True)
    shutil.copyfile(program, folder / platform.program)
    (folder / platform.program).chmod(0o755)
    output(platform, program, "man", "--output", folder / "man")
    for shell, name in COMPLETIONS.items():
        (folder / "completions" / name).write_text(output(platform, program, "completions", shell))
    for name in LICENCES:
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "README.md", folder / "README.md")
    (folder / "THIRD-PARTY-LICENSES").write_text(licence_texts(platform))


def build(platform: Platform, program: Path, out: Path) -> list:
    """Builds the archive and the SBOM."""
    bill = out / f"{platform.archive}.cdx.json"
    bill.write_text(sbom(platform))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, platform.archive)
        contents(platform, program, folder)
        if platform.system == "windows":
            return [_zip(folder, out / f"{platform.archive}.zip"), bill]
        return [_tar(folder, out / f"{platform.archive}.tar.gz"), bill]


def _files(folder: Path) -> list:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _mode(file: Path) -> int:
    return 0o755 if file.stat().st_mode & 0o100 else 0o644


def _tar(folder: Path, target: Path) -> Path:
    """The same bytes for the same files: sorted, of root, with one time."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in _files(folder):
            entry = tarfile.TarInfo(str(file.relative_to(folder.parent)))
            entry.size, entry.mode, entry.mtime = file.stat().st_size, _mode(file), source_date()
            entry.uname = entry.gname = "root"
            with file.open("rb") as data:
                archive.addfile(entry, data)
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, source_date()) as packed:
        packed.write(content.getvalue())
    return target


def _zip(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in _files(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix(), date_time=_date())
            entry.external_attr, entry.compress_type = _mode(file) << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return target


def _date() -> tuple:
    return time.gmtime(source_date())[:6]
