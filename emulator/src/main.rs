//! The `kms-emulator` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    kms_emulator::cli::main()
}
