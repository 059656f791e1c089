//! A shadow, whose upstream is a second emulator.

mod differences;
mod families;
mod options;
mod upstream;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use kms_emulator::Emulator;
use serde_json::{Value, json};

use crate::client::{Answer, call, request, text};
use crate::in_process::local;
use crate::process::{Running, emulator, start};

/// Another account than the default, which the shadow has to learn.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=444455556666/20260101/eu-west-1/kms/aws4_request, \
     SignedHeaders=host, Signature=00";

/// An emulator, and a shadow of it.
struct Pair {
    upstream: Emulator,
    upstream_address: SocketAddr,
    shadow: Running,
}

impl Pair {
    fn start() -> Self {
        Self::start_with(|_| {})
    }

    fn start_with(set: impl FnOnce(&mut Command)) -> Self {
        let (upstream, address) = local();
        let shadow = shadow(&format!("http://{address}"), set);
        Self {
            upstream,
            upstream_address: address,
            shadow,
        }
    }

    /// The output of a call that succeeds.
    fn ok(&self, operation: &str, input: &Value) -> Value {
        ok(self.shadow.address, operation, input)
    }

    /// The exception of a call that fails.
    fn error(&self, operation: &str, input: &Value) -> String {
        let answer = call(self.shadow.address, operation, input);
        assert_eq!(answer.status, 400, "{operation}: {answer:?}");
        text(&answer.json()["__type"])
    }

    fn create(&self, input: &Value) -> String {
        text(&self.ok("CreateKey", input)["KeyMetadata"]["KeyId"])
    }

    fn report(&self) -> Value {
        report(self.shadow.address)
    }

    /// Asserts that all requests were compared, without a difference.
    fn assert_same(&self) {
        let report = self.report();
        assert_eq!(report["different"], 0, "{report:#}");
        assert_eq!(report["notCompared"], json!({}), "{report:#}");
        assert_eq!(report["unanswered"], 0, "{report:#}");
    }
}

/// A shadow. It finds no credentials of the user.
fn shadow(upstream: &str, set: impl FnOnce(&mut Command)) -> Running {
    let mut command = command(upstream);
    set(&mut command);
    start(command)
}

fn command(upstream: &str) -> Command {
    let mut command = emulator();
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials")
        .env("AWS_CONFIG_FILE", "/nowhere/config")
        .args(["--port=0", "--upstream", upstream]);
    command
}

fn ok(address: SocketAddr, operation: &str, input: &Value) -> Value {
    let answer = call(address, operation, input);
    assert_eq!(answer.status, 200, "{operation}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap_or_default()
}

fn control(address: SocketAddr, route: &str) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let head = format!("{method} /_emulator/{path} HTTP/1.1\r\nX-Emulator-Token: any");
    request(address, &head, "").unwrap()
}

fn report(address: SocketAddr) -> Value {
    control(address, "GET shadow").json()
}

/// All files below a folder, with their texts.
fn files(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let inner = files(&path).into_iter();
            found.extend(inner.map(|(file, text)| (format!("{name}/{file}"), text)));
        } else {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((name, serde_json::from_str(&text).unwrap()));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}
