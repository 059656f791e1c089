//! `kms-emulator verify`.

mod aws;
mod between;
mod failures;
mod itself;
mod plan;
mod recording;

use std::net::SocketAddr;

use tempfile::TempDir;

use crate::process::{Running, emulator, run, start};

/// A run of the command.
struct Verify {
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
    home: TempDir,
}

/// What a run printed.
struct Output {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Verify {
    fn new(url: &str, more: &[&str]) -> Self {
        let mut arguments = vec!["verify".to_owned(), format!("--endpoint={url}")];
        arguments.extend(more.iter().map(|it| (*it).to_owned()));
        Self {
            arguments,
            variables: Vec::new(),
            home: TempDir::new().unwrap(),
        }
    }

    fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn with(mut self, more: &[&str]) -> Self {
        self.arguments
            .extend(more.iter().map(|it| (*it).to_owned()));
        self
    }

    /// The command, with a home folder of its own and without the variables of AWS of this process.
    fn command(&self) -> std::process::Command {
        let mut command = emulator();
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command.env("HOME", self.home.path());
        command.env("USERPROFILE", self.home.path());
        command.args(&self.arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(self) -> Output {
        let (code, out, err) = run(self.command());
        Output { code, out, err }
    }
}

impl Output {
    #[track_caller]
    fn has_code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(self, expected: &str) -> Self {
        let all = format!("{}\n{}", self.out, self.err);
        assert!(all.contains(expected), "{expected}: {all}");
        self
    }
}

/// A temporary emulator.
fn serve(arguments: &[&str]) -> Running {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]).args(arguments);
    start(command)
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}
