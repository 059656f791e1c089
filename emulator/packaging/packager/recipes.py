"""The Homebrew formula and the Nix flake, with the names and hashes of the archives in the folder of packages."""

import base64
import hashlib
from pathlib import Path

from .project import HOMEPAGE, PACKAGE, PACKAGING, PLATFORMS, VERSION, BuildError, Platform


def build(_platform: Platform, _program: Path, out: Path) -> list:
    """Writes both. A platform whose archive is not there is left out, so the release builds them last."""
    archives = [
        (platform, (out / f"{platform.archive}.tar.gz").read_bytes())
        for platform in PLATFORMS.values()
        if (out / f"{platform.archive}.tar.gz").exists()
    ]
    if not archives:
        raise BuildError(f"{out} has no archive; build the kind `archive` first")
    formula, flake = out / f"{PACKAGE}.rb", out / "flake.nix"
    formula.write_text(_formula(archives))
    flake.write_text(_flake(archives))
    return [formula, flake]


def _url(platform: Platform) -> str:
    return f"{HOMEPAGE}/releases/download/v{VERSION}/{platform.archive}.tar.gz"


def _formula(archives: list) -> str:
    systems: dict = {}
    for platform, content in archives:
        system, processor = platform.homebrew.split(".")
        block = f'    {processor} do\n      url "{_url(platform)}"\n      sha256 "{hashlib.sha256(content).hexdigest()}"\n    end\n'
        systems[system] = systems.get(system, "") + block
    platforms = "".join(f"  {system} do\n{blocks}  end\n\n" for system, blocks in sorted(systems.items(), reverse=True))
    template = (PACKAGING / "brew" / f"{PACKAGE}.rb").read_text()
    return (
        template.replace("{homepage}", HOMEPAGE)
        .replace("{version}", VERSION)
        .replace("{platforms}\n", platforms)
    )


def _flake(archives: list) -> str:
    lines = []
    for platform, content in archives:
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        lines.append(f'        {platform.nix} = {{\n          url = "{_url(platform)}";\n          hash = "sha256-{digest}";\n        }};')
    template = (PACKAGING / "nix/flake.nix").read_text()
    return (
        template.replace("@version@", VERSION).replace("@homepage@", HOMEPAGE).replace("@archives@", "\n".join(lines))
    )
