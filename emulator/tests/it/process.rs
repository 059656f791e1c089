//! The binary as a child process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// So that a test fails instead of hanging.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A running emulator, killed on drop.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The ready line.
    pub(crate) ready: String,
    log: Receiver<String>,
}

/// The binary, without the `KMS_` variables of this process.
pub(crate) fn emulator() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kms-emulator"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KMS_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Starts an emulator with a data folder.
pub(crate) fn start_in(folder: &Path) -> Running {
    let mut command = emulator();
    command.arg("--port=0").arg("--data-dir").arg(folder);
    start(command)
}

/// Starts an emulator and waits until it is ready.
pub(crate) fn start(mut command: Command) -> Running {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut err = child.stderr.take().unwrap();
    // Reads the log, because its pipe could fill up.
    let (log_sender, log) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = err.read_to_string(&mut text);
        let _ = log_sender.send(text);
    });
    let (line_sender, line) = channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = out.read_line(&mut line);
        let _ = line_sender.send(line);
    });
    let ready = line
        .recv_timeout(TIMEOUT)
        .expect("a line on standard output in time");
    let Some(address) = ready
        .strip_prefix("Simulated KMS ready at ")
        .and_then(|rest| rest.split(' ').next()?.split_once("://"))
        .and_then(|(scheme, address)| scheme.starts_with("http").then_some(address))
        .and_then(|address| address.parse().ok())
    else {
        let _ = child.kill();
        panic!(
            "not the ready line: {ready:?}; log: {}",
            log.recv_timeout(TIMEOUT).unwrap()
        );
    };
    Running {
        child,
        address,
        ready: ready.trim_end().to_owned(),
        log,
    }
}

/// Whether a program is there. A missing program is reported, and fails the test on CI.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a test says which program is missing")]
pub(crate) fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "this test needs {program}"
        );
        eprintln!("not tested: this test needs {program}");
    }
    found
}

/// Runs the binary until it exits. Returns its exit code, output and log.
pub(crate) fn run(mut command: Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

impl Running {
    /// Kills the emulator as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn killer(&self) -> impl FnOnce() + Send + 'static {
        let pid = self.child.id().to_string();
        move || {
            let status = Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            assert!(status.success(), "kill -KILL {pid}");
        }
    }

    /// Stops the emulator as `docker stop` does. Returns its exit status and log.
    pub(crate) fn stop(self) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(status.success(), "kill -TERM {pid}");
        self.ended()
    }

    /// Waits until the emulator exits. Returns its exit status and log.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log.recv_timeout(TIMEOUT).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
