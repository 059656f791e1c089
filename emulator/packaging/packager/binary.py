"""The program: static on Linux, without paths of the machine that builds it."""

import os
import shutil
import subprocess
from pathlib import Path

from .project import PROGRAM, ROOT, BuildError, Platform, host, run, source_date

# A cross compiler of Debian, by its package gcc-aarch64-linux-gnu.
CROSS_COMPILERS = {"aarch64-unknown-linux-gnu": "aarch64-linux-gnu-gcc"}
# The code of aws-lc for AVX-512 is 0.7 MB. It makes messages of many kilobytes and RSA quicker, on some processors; a plaintext
# has 4 KB at most.
WITHOUT_AVX_512 = "-DMY_ASSEMBLER_IS_TOO_OLD_FOR_512AVX"
# User-mode emulators, by the package qemu-user-static.
EMULATORS = {"aarch64-unknown-linux-gnu": "qemu-aarch64-static", "x86_64-unknown-linux-gnu": "qemu-x86_64-static"}


def provide(platform: Platform, out: Path, given: "Path | None", *, auditable: bool) -> Path:
    """Puts the program into the folder of the platform: the given one, else a new build."""
    given = given or (Path(value) if (value := os.environ.get("KMS_EMULATOR_BINARY")) else None)
    source = given or build(platform, auditable=auditable)
    if not source.is_file():
        raise BuildError(f"there is no program {source}")
    if platform.system == "linux" and (name := interpreter(source)):
        raise BuildError(f"{source} is not static: it needs {name}")
    program = out / platform.target / platform.program
    program.parent.mkdir(parents=True, exist_ok=True)
    if not (program.exists() and program.samefile(source)):
        shutil.copyfile(source, program)
    program.chmod(0o755)
    return program


def build(platform: Platform, *, auditable: bool, name: str = "static") -> Path:
    """Builds the program. Its own target folder keeps these flags from recompiling other builds."""
    target = platform.target
    folder = target_folder() / name
    cargo_home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    # The same names for the sources on every machine.
    names = {ROOT: "/source", cargo_home: "/cargo", folder: "/target"}
    flags = [f"--remap-path-prefix={path}={name}" for path, name in names.items()]
    if platform.system == "linux":
        flags += ["-Ctarget-feature=+crt-static", "-Crelocation-model=static"]
    elif platform.system == "windows":
        flags += ["-Ctarget-feature=+crt-static"]
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(folder),
        # Separated so that paths can have spaces.
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        "SOURCE_DATE_EPOCH": str(source_date()),
    }
    if platform.system != "windows":
        prefixes = " ".join(f"-ffile-prefix-map={path}={name}" for path, name in names.items())
        environment[f"CFLAGS_{target.replace('-', '_')}"] = f"{prefixes} {WITHOUT_AVX_512}"
    if target != host() and target in CROSS_COMPILERS:
        compiler, variable = CROSS_COMPILERS[target], target.replace("-", "_")
        environment[f"CC_{variable}"] = compiler
        environment[f"CARGO_TARGET_{variable.upper()}_LINKER"] = compiler
    command = ["cargo", *(["auditable"] if auditable else []), "build", "--release", "--locked"]
    command += ["--package", PROGRAM, "--bin", PROGRAM, "--target", target]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        raise BuildError("cargo build fails")
    return folder / target / "release" / platform.program


def check_reproducible(platform: Platform, program: Path, *, auditable: bool) -> None:
    """Builds the program again from nothing, in a folder of another name, and compares the bytes."""
    name = "static-built-again"
    shutil.rmtree(target_folder() / name, ignore_errors=True)
    again = build(platform, auditable=auditable, name=name)
    if again.read_bytes() != program.read_bytes():
        raise BuildError(f"{program} and {again} differ")
    shutil.rmtree(target_folder() / name)


def target_folder() -> Path:
    """Cargo's folder for what it builds."""
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def interpreter(program: Path) -> str:
    """The dynamic loader that an ELF file asks for, or nothing."""
    content = program.read_bytes()
    if content[:5] != b"\x7fELF\x02":
        raise BuildError(f"{program} is not a 64-bit ELF file")
    start, size, count = (int.from_bytes(content[at : at + width], "little") for at, width in ((32, 8), (54, 2), (56, 2)))
    for at in range(start, start + size * count, size):
        if content[at : at + 4] == b"\x03\x00\x00\x00":
            begin, length = (int.from_bytes(content[at + where : at + where + 8], "little") for where in (8, 32))
            return content[begin : begin + length].rstrip(b"\x00").decode()
    return ""


def output(platform: Platform, program: Path, *arguments: object) -> str:
    """What the program prints. A program for another architecture runs in a user-mode emulator."""
    emulator = [EMULATORS[platform.target]] if platform.target != host() else []
    return run([*emulator, program, *arguments])
