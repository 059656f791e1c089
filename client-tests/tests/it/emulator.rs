//! Starts the real `kms-emulator` and builds the SDK's client for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;

/// A start takes milliseconds, but longer on a busy machine.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// A running emulator on a free port, with its data in memory. It ends when this is dropped.
pub(crate) struct Emulator {
    child: Child,
    endpoint_url: String,
    ready_line: String,
    log: Option<JoinHandle<String>>,
}

impl Emulator {
    /// Starts an emulator and waits until it accepts connections.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts an emulator with options, such as `--tls`.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        Self::start_in(Path::new("."), options)
    }

    /// The same in a folder, where its options name files. An option can name another port.
    pub(crate) fn start_in(folder: &Path, options: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.current_dir(folder);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KMS_") {
                command.env_remove(name);
            }
        }
        command.args(["serve", "--temporary"]);
        if !options.iter().any(|option| option.starts_with("--port")) {
            command.arg("--port=0");
        }
        let mut child = command
            .args(options)
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
        let line = line.recv_timeout(START_TIMEOUT).unwrap_or_default();
        let mut emulator = Self {
            child,
            endpoint_url: String::new(),
            ready_line: line.clone(),
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

    /// The value for `AWS_ENDPOINT_URL`: `http://127.0.0.1:PORT`.
    pub(crate) fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }

    /// The line that it prints when it is ready.
    pub(crate) fn ready_line(&self) -> &str {
        &self.ready_line
    }

    /// The address that it listens on: `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        let url = &self.endpoint_url;
        url.split_once("://").map_or(url, |(_, address)| address)
    }

    /// Sends a `GET` over plain HTTP and returns the body.
    pub(crate) fn get(&self, path: &str) -> String {
        self.send("GET", path, "")
    }

    /// Sends a request to the control plane over plain HTTP and returns the body of the answer.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> String {
        let send = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(self.address())?;
            stream.set_read_timeout(Some(START_TIMEOUT))?;
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\nX-Emulator-Token: local\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                self.address(),
                body.len()
            );
            stream.write_all(head.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        match send().map(|answer| {
            answer
                .split_once("\r\n\r\n")
                .map(|(head, body)| (head.to_owned(), body.to_owned()))
        }) {
            Ok(Some((head, body))) if head.starts_with("HTTP/1.1 200 ") => body,
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    /// The SDK's client for this emulator, configured as an application would.
    pub(crate) fn client(&self) -> Client {
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
            eprintln!("the emulator's log:\n{}", log.unwrap_or_default());
        }
    }
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The emulator's binary. It is built from the emulator's `main.rs` as a program of this package, because
/// Cargo sets `CARGO_BIN_EXE_…` only for programs of the same package.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_emulator"))
}
