"""The parts of `emulator/packaging/build`. They use Python's standard library, and the tools that each part names."""
