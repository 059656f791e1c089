"""Writes the page of the scoreboard, from the reports of `kms-emulator verify --json`."""

import collections
import json
import pathlib
import sys

HEAD = """# Scoreboard

How do other emulators answer the golden cases? This page is made by `client-tests/scoreboard/run`, which installs each emulator
from its registry (those of PyPI on Python PYTHON), starts it (local-kms in us-east-1, the others with their defaults) and runs
[`kms-emulator verify`][verify] on it.

A case says what AWS answers, and how that is known. Cases that only inferred evidence supports may be wrong, so their differences
are counted apart. *Not reached* is no difference: most of these cases move the clock, which no other emulator can, or
need two accounts, or an answer was not one of KMS, such as a page about an internal error. An emulator that does not implement an
operation differs in each of its cases, and also in those that use the operation to prepare. The cases are those of this project, which
it passes by construction: they say how close an emulator is to AWS where this project looked, and not whether it is the right
tool for you.
"""


def read(folder):
    """Each report with the version of its emulator, by name."""
    for path in sorted(folder.glob("*.json")):
        version = folder / f"{path.stem}.version"
        version = version.read_text().strip() if version.exists() else "unknown"
        yield path.stem, version, json.loads(path.read_text())


def summary(reports):
    yield "| Emulator | Version | Date | Same | Different: recorded or documented | Different: inferred only | Not reached |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, version, report in reports:
        evidence = report["evidence"]
        known = evidence["recorded"]["different"] + evidence["documented"]["different"]
        yield (
            f"| {name} | {version} | {report['started'][:10]} | {report['totals']['same']} | {known} "
            f"| {evidence['inferred']['different']} | {report['totals']['not_reached']} |"
        )


def kind(case):
    """What differs, in a few words."""
    first = case["differences"][0]
    place = first["place"]
    if place.startswith("setup step"):
        return f"the setup is refused at {place.split(', ')[1]}"
    if place == "status":
        return f"HTTP {first['actual'][:3]} instead of {first['expected']}"
    return place.replace("body.", "")


def differences(name, report):
    groups = collections.defaultdict(list)
    for case in report["cases"]:
        if case["result"] == "different":
            groups[case["operation"], kind(case)].append(case)
    yield f"\n## {name}\n"
    ended = report["ended_early"]
    if ended:
        yield f"The run ended early: {ended}.\n"
    for reason, count in sorted(report["not_reached"].items()):
        yield f"- not reached, {count}: {reason}"
    yield "\n<details><summary>Every difference</summary>\n"
    for (operation, what), cases in sorted(groups.items()):
        names = ", ".join(
            case["name"].split("/")[1] + ("*" if case["evidence"] == "inferred" else "") for case in cases
        )
        yield f"- **{operation}**, {escape(what)}: {escape(names)}"
    yield "\n`*`: only inferred evidence.\n\n</details>"


def escape(text):
    return text.replace("_", "\\_").replace("<", "&lt;").replace("$", "\\$")


def main():
    reports = list(read(pathlib.Path(sys.argv[1])))
    python = ".".join(str(part) for part in sys.version_info[:2])
    lines = [HEAD.replace("PYTHON", python), *summary(reports)]
    for name, _, report in reports:
        lines.extend(differences(name, report))
    lines.append("\n[verify]: verify.md")
    print("\n".join(lines))


main()
