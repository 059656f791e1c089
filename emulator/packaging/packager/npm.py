"""The npm package `simulated-kms`, and the package of a platform with the program, which it has as an optional dependency."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from .dependencies import licence_texts
from .project import DESCRIPTION, HOMEPAGE, LICENCES, PACKAGE, PACKAGING, ROOT, VERSION, Platform, run

# Not part of the package that is published.
_TESTS = shutil.ignore_patterns("node_modules", "*.test.*", ".*")


def build(platform: Platform, program: Path, out: Path) -> list:
    """Packs both, as `npm publish` would."""
    with tempfile.TemporaryDirectory() as temporary:
        main = Path(temporary, "main")
        shutil.copytree(PACKAGING / "npm", main, ignore=_TESTS)
        return [_pack(main, out), _pack(_platform_package(platform, program, Path(temporary, "platform")), out)]


def _platform_package(platform: Platform, program: Path, folder: Path) -> Path:
    system, processor = platform.npm.split("-")
    manifest = {
        "name": f"@{PACKAGE}/{platform.npm}",
        "version": VERSION,
        "description": f"{DESCRIPTION}: the program for {platform.npm}",
        "license": "Apache-2.0 OR MIT",
        "repository": {"type": "git", "url": f"git+{HOMEPAGE}.git"},
        "os": [system],
        "cpu": [processor],
        "preferUnplugged": True,
        "files": ["bin", "LICENSE-*"],
    }
    (folder / "bin").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    shutil.copyfile(program, folder / "bin" / platform.program)
    (folder / "bin" / platform.program).chmod(0o755)
    (folder / "LICENSE-THIRD-PARTY").write_text(licence_texts(platform))
    return folder


def _pack(folder: Path, out: Path) -> Path:
    for name in LICENCES:
        shutil.copyfile(ROOT / name, folder / name)
    # npm sets one fixed time for all files of a package. On Windows, it is a script.
    npm = "npm.cmd" if os.name == "nt" else "npm"
    command = [npm, "pack", "--json", "--ignore-scripts", "--pack-destination", out.resolve()]
    [packed] = json.loads(run(command, cwd=folder))
    # npm reports the name with its scope.
    return out / packed["filename"].replace("@", "").replace("/", "-")
