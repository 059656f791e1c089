//! The Rust programs of the README and of `emulator/docs`. The first argument names one: `PAGE_LINE`.

use std::process::ExitCode;

#[expect(clippy::print_stdout, reason = "programs of the docs print")]
mod programs {
    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    programs::run(&name).unwrap_or(ExitCode::FAILURE)
}
