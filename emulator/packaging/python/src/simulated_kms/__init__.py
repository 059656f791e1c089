"""Simulated KMS: a local AWS Key Management Service for tests.

    import simulated_kms

    with simulated_kms.start() as kms:
        key = kms.client().create_key()

`start` starts an emulator on a free port, with its data in memory. The plugin for pytest has the fixture `kms`.
"""

from .control import Clock, ControlError, Events, Faults, SimulatedKMS, Snapshots
from .process import find_program, start

__all__ = ["Clock", "ControlError", "Events", "Faults", "SimulatedKMS", "Snapshots", "find_program", "start"]
