//! `@aws-sdk/client-kms` in Node.js: the article's two functions, its errors, what KMS computes checked
//! by Node.js's own `crypto`, the AWS Encryption SDK, and a helper for Vitest.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use client_tests::Emulator;
use libtest_mimic::Trial;

use crate::python::QueueServer;
use crate::tool::{self, copy_folder, fingerprint, succeed, workshop};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("javascript::article", &["node", "npm", "python3"], article),
        tool::trial("javascript::errors", &["node", "npm"], || {
            alone("errors.test.mjs", 5);
        }),
        tool::trial("javascript::crypto", &["node", "npm"], || {
            alone("crypto.test.mjs", 11);
        }),
        tool::trial("javascript::encryption_sdk", &["node", "npm"], || {
            alone("encryption_sdk.test.mjs", 5);
        }),
        tool::trial("javascript::vitest", &["node", "npm"], vitest),
    ]
}

/// Through a queue: an endpoint each for KMS and for SQS.
fn article() {
    let (emulator, queue) = (Emulator::start(), QueueServer::start());
    let mut node = node("article.test.mjs");
    node.env("AWS_ENDPOINT_URL_KMS", emulator.endpoint_url());
    node.env("AWS_ENDPOINT_URL_SQS", &queue.url);
    all_passed(&succeed(&mut node), 2);
}

/// KMS alone: `AWS_ENDPOINT_URL` is enough.
fn alone(test: &str, tests: usize) {
    let emulator = Emulator::start();
    let mut node = node(test);
    node.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    all_passed(&succeed(&mut node), tests);
}

/// The helper for tests of one's own, which starts an emulator itself.
fn vitest() {
    let mut vitest = Command::new("npx");
    vitest
        .current_dir(packages())
        .args(["vitest", "run", "--root", "vitest", "--reporter", "json"])
        .env("KMS_EMULATOR", client_tests::binary());
    tool::aws_environment(&mut vitest);
    let report = succeed(&mut vitest);
    let passed = r#""numPassedTests":33,"#;
    assert!(report.contains(passed), "{report}");
}

fn all_passed(report: &str, tests: usize) {
    assert!(report.contains(&format!("# pass {tests}\n")), "{report}");
}

fn node(test: &str) -> Command {
    let mut node = Command::new("node");
    node.current_dir(packages())
        .args(["--test", "--test-reporter=tap", test]);
    tool::aws_environment(&mut node);
    node
}

/// A copy of `javascript/` with its packages installed; the source tree stays clean.
pub(crate) fn packages() -> &'static PathBuf {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let source = client_tests::root().join("client-tests/javascript");
        let copy = workshop("javascript").join(fingerprint(&source.join("package-lock.json")));
        copy_folder(&source, &copy);
        let finished = copy.join("finished");
        if !finished.exists() {
            succeed(Command::new("npm").arg("ci").current_dir(&copy));
            fs::write(finished, "").unwrap();
        }
        copy
    })
}
