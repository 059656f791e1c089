//! What the command line tells of itself to shells and to `man`.

use std::io::{self, Write as _};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Cli;

/// For which shell.
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<(), String> {
        let mut script = Vec::new();
        let mut cli = Cli::command();
        let name = cli.get_name().to_owned();
        clap_complete::generate(self.shell, &mut cli, name, &mut script);
        print(&script)
    }
}

/// The manual page: the program, then each of its commands.
pub(super) fn manual() -> Result<(), String> {
    let mut page = Vec::new();
    let written = Man::new(Cli::command()).render(&mut page);
    written.map_err(|error| error.to_string())?;
    print(&page)
}

fn print(text: &[u8]) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text).and_then(|()| out.flush());
    written.map_err(|error| format!("cannot write: {error}"))
}
