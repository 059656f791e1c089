//! `kms-emulator completions`: completion scripts for shells.

use clap::Args;
use clap_complete::Shell;

use super::{parse, print};

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<(), String> {
        let mut script = Vec::new();
        let mut command = parse::command();
        let name = command.get_name().to_owned();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        print(&script)
    }
}
