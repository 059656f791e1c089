//! Starts the real `kms-emulator` and builds the real client for it; nothing else.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;

/// A start takes milliseconds; a machine under load gets more.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running emulator on a port of its own, which keeps nothing. Dropped, it ends.
pub struct Emulator {
    child: Child,
    endpoint_url: String,
    log: Option<JoinHandle<String>>,
}

impl Emulator {
    /// Starts an emulator and waits until it accepts connections.
    ///
    /// # Panics
    ///
    /// If it cannot be built, or does not start.
    #[expect(
        clippy::expect_used,
        clippy::panic,
        reason = "a test that cannot start fails"
    )]
    pub fn start() -> Self {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KMS_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(["serve", "--port=0", "--temporary"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut err = child.stderr.take().expect("a pipe");
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            let _ = err.read_to_string(&mut log);
            log
        });
        let (sender, line) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = out.read_line(&mut line);
            let _ = sender.send(line);
        });
        let line = line.recv_timeout(PATIENCE).unwrap_or_default();
        let mut emulator = Self {
            child,
            endpoint_url: String::new(),
            log: Some(log),
        };
        match line
            .strip_prefix("Simulated KMS ready at ")
            .and_then(|rest| rest.split_once(' '))
        {
            Some((url, _)) => url.clone_into(&mut emulator.endpoint_url),
            None => panic!("not the ready line: {line:?}"),
        }
        emulator
    }

    /// What `AWS_ENDPOINT_URL` is to be: `http://127.0.0.1:PORT`.
    pub fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }

    /// The SDK's client for this emulator, configured as an application would.
    pub fn client(&self) -> Client {
        let config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint_url)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::from_keys("test", "test", None))
            .http_client(Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = self.log.take().and_then(|log| log.join().ok());
        if std::thread::panicking() {
            // The one way for a test to learn what the emulator had to say.
            #[expect(clippy::print_stderr, reason = "shown with the test that failed")]
            {
                eprintln!("the emulator's log:\n{}", log.unwrap_or_default());
            }
        }
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The emulator's binary, built once: Cargo tells a test only of binaries of its own package.
///
/// # Panics
///
/// If it cannot be built.
#[expect(clippy::panic, reason = "a test that cannot start fails")]
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build
            .current_dir(root())
            .args(["build", "--package=kms-emulator", "--bin=kms-emulator"]);
        build.args(["--message-format=json-render-diagnostics"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let output = match build.stderr(Stdio::inherit()).output() {
            Ok(output) if output.status.success() => output,
            other => panic!("cannot build the emulator: {other:?}"),
        };
        let messages = String::from_utf8_lossy(&output.stdout);
        let binary = messages.lines().find_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(PathBuf::from(message.get("executable")?.as_str()?))
        });
        binary.unwrap_or_else(|| panic!("Cargo names no binary: {messages}"))
    })
}
