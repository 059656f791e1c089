"""The command `simulated-kms`: the emulator's own command line."""

import os
import subprocess
import sys

from .process import find_program


def main() -> None:
    """Runs the emulator with the arguments of this process."""
    command = [find_program(), *sys.argv[1:]]
    if sys.platform == "win32":
        # There, a program cannot replace another one: the shell would not wait for it.
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
