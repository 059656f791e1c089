//! One bash that runs the shell commands of a page, so that a later block sees the variables and the
//! functions of an earlier one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::fences::Fence;

/// Ends the output of a block.
const END: &str = "-- the end of a block --";

pub(super) struct Session {
    bash: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Session {
    /// `environment` prepares the command: its folder and its variables.
    pub(super) fn start(environment: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new("timeout");
        command.args(["600", "bash"]);
        environment(&mut command);
        let mut bash = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = bash.stdin.take().unwrap();
        writeln!(input, "set -euo pipefail").unwrap();
        Self {
            output: BufReader::new(bash.stdout.take().unwrap()),
            input,
            bash,
        }
    }

    /// Sets a variable for the blocks to come.
    pub(super) fn export(&mut self, name: &str, value: &str) {
        writeln!(self.input, "export {name}={value}").unwrap();
    }

    /// Runs a block. Returns its standard output, and the errors of one that fails.
    pub(super) fn run(&mut self, fence: &Fence, script: &str) -> String {
        // In braces, so that no command reads the next one as its input.
        let block = if fence.mark.as_deref() == Some("fails") {
            format!("if (\n{script}\n) </dev/null 2>&1; then echo 'it does not fail'; exit 1; fi")
        } else {
            format!("{{\n{script}\n}} </dev/null")
        };
        writeln!(self.input, "{block}\nprintf '\\n%s\\n' '{END}'").unwrap();
        let mut output = String::new();
        loop {
            let read = self.output.read_line(&mut output).unwrap();
            if let Some(all) = output.strip_suffix(&format!("\n{END}\n")) {
                return all.to_owned();
            }
            assert!(read > 0, "line {}: {script}\n{output}", fence.line);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.bash.kill();
        let _ = self.bash.wait();
    }
}
