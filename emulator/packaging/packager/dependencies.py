"""The crates that are linked into the program: their SBOM and their licence texts."""

import functools
import hashlib
import json
import uuid
from pathlib import Path

from .project import DESCRIPTION, HOMEPAGE, PACKAGE, PROGRAM, ROOT, VERSION, Platform, run

# Linked statically on Linux, and no crate.
GLIBC = """\
The programs for Linux contain parts of the GNU C Library, which is under the GNU Lesser General Public License 2.1
(https://www.gnu.org/licenses/old-licenses/lgpl-2.1.html). Its source is at https://www.gnu.org/software/libc/. The source of
Simulated KMS, from which you can link it with another version of that library, is at
"""


@functools.lru_cache
def crates(target: str) -> tuple:
    """The crates of the program as `cargo metadata` describes them, without those of tests, sorted."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    metadata = json.loads(run(command, cwd=ROOT))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    [root] = [identity for identity, package in packages.items() if package["name"] == PROGRAM]
    optional = {dependency["name"] for dependency in packages[root]["dependencies"] if dependency["optional"]}
    default = _default_dependencies(packages[root])
    found, waiting = set(), [root]
    while waiting:
        identity = waiting.pop()
        if identity in found:
            continue
        found.add(identity)
        for dependency in nodes[identity]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            name = packages[dependency["pkg"]]["name"]
            unused = identity == root and name in optional - default
            # A crate's build script and macros are not in the program.
            if None in kinds and not unused and not _is_macro(packages[dependency["pkg"]]):
                waiting.append(dependency["pkg"])
    chosen = sorted((packages[identity] for identity in found), key=lambda package: (package["name"], package["version"]))
    edges = {
        identity: sorted(dependency["pkg"] for dependency in nodes[identity]["deps"] if dependency["pkg"] in found)
        for identity in found
    }
    return tuple(chosen), edges


def _is_macro(package: dict) -> bool:
    return any("proc-macro" in target["kind"] for target in package["targets"])


def _default_dependencies(package: dict) -> set:
    """The optional dependencies that the default features turn on."""
    names, waiting = set(), ["default"]
    while waiting:
        for feature in package["features"].get(waiting.pop(), []):
            if feature.startswith("dep:"):
                names.add(feature[4:])
            elif "/" not in feature:
                waiting.append(feature)
    return names


def _url(package: dict) -> str:
    return f"pkg:cargo/{package['name']}@{package['version']}"


def _component(package: dict) -> dict:
    component = {
        "type": "library",
        "bom-ref": _url(package),
        "name": package["name"],
        "version": package["version"],
        "purl": _url(package),
    }
    if package["license"]:
        # An old form of `A OR B`.
        component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if package["repository"]:
        component["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return component


def sbom(platform: Platform) -> str:
    """A software bill of materials, CycloneDX 1.6."""
    packages, edges = crates(platform.target)
    by_id = {package["id"]: package for package in packages}
    [root] = [package for package in packages if package["name"] == PROGRAM]
    main = {**_component(root), "type": "application", "description": DESCRIPTION}
    main["externalReferences"] = [{"type": "website", "url": HOMEPAGE}]
    dependencies = [
        {"ref": _url(by_id[identity]), "dependsOn": [_url(by_id[other]) for other in others]}
        for identity, others in edges.items()
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": main},
        "components": [_component(package) for package in packages if package is not root],
        "dependencies": sorted(dependencies, key=lambda dependency: dependency["ref"]),
    }
    # The same content has the same number.
    digest = hashlib.sha256(json.dumps(bill, sort_keys=True).encode()).digest()
    bill["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}"
    return json.dumps(bill, indent=1) + "\n"


def licence_texts(platform: Platform) -> str:
    """The licences of all crates, each different text once."""
    packages, _ = crates(platform.target)
    texts: dict = {}
    for package in packages:
        if package["source"] is None:
            continue
        folder = Path(package["manifest_path"]).parent
        for file in sorted(folder.iterdir()):
            if file.is_file() and file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE")):
                text = file.read_text(errors="replace").replace("\r\n", "\n").strip()
                texts.setdefault(text, []).append(f"{package['name']} {package['version']} ({package['license']})")
    parts = [f"{PACKAGE} {VERSION} contains this software of others.\n"]
    if platform.system == "linux":
        parts.append(f"{GLIBC}{HOMEPAGE}.\n")
    for text, names in texts.items():
        listed = "\n".join(sorted(set(names)))
        parts.append(f"{'=' * 80}\n{listed}\n{'-' * 80}\n{text}\n")
    return "\n".join(parts)
