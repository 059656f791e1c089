//! The AWS SDK for Go: every operation, a package that starts an emulator, and what tests do with it;
//! libraries built on KMS.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;

use crate::article::Program;
use crate::client::Client;
use crate::emulator::{self, Emulator};
use crate::python;
use crate::tool::{self, copy, succeed};

const GO: &[&str] = &["go"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("go::sdk", GO, sdk),
        tool::trial("go::double", GO, double),
        tool::trial("go::libraries", GO, libraries),
    ]
}

pub(crate) fn article() -> Program {
    Program {
        client: Client::Go,
        needs: GO,
        command: || Command::new(built()),
        trust: python::trust,
        // Go gives one back a moment after an error was read, which can be too late for the next call.
        connections: 2,
    }
}

/// A copy of the module `client-tests/go`.
pub(crate) fn module() -> &'static PathBuf {
    static MODULE: OnceLock<PathBuf> = OnceLock::new();
    MODULE.get_or_init(|| copy("go"))
}

/// The article's program, built once.
fn built() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let program = module().join("article/article");
        let mut build = Command::new("go");
        build.current_dir(module()).args(["build", "-o"]);
        succeed(build.arg(&program).arg("./article"));
        program
    })
}

fn sdk() {
    let emulator = Emulator::start();
    let mut tests = tests(module(), "./sdk");
    tests.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    Client::Go.passed(pass(&mut tests));
    Client::Go.asked(&emulator);
}

/// The helper for tests of one's own, which starts an emulator itself.
fn double() {
    Client::Go.passed(pass(&mut tests(module(), ".")));
}

fn libraries() {
    let emulator = Emulator::start();
    let mut tests = tests(&copy("go-libraries"), "./...");
    pass(tests.env("AWS_ENDPOINT_URL", emulator.endpoint_url()));
}

/// The tests of the recipe for Testcontainers.
pub(crate) fn in_containers() -> Command {
    tests(&copy("go-testcontainers"), "./...")
}

fn tests(module: &PathBuf, package: &str) -> Command {
    let mut go = Command::new("go");
    // Counted, because Go would answer from its cache without a look at the emulator.
    go.current_dir(module)
        .args(["test", "-v", "-count=1", package])
        .env("KMS_EMULATOR", emulator::binary());
    tool::aws_environment(&mut go);
    go
}

/// How many tests there were, all of which passed.
pub(crate) fn pass(go: &mut Command) -> usize {
    let report = succeed(go);
    let tests = |outcome: &str| report.matches(outcome).count();
    let passed = tests("\n--- PASS");
    assert!(passed > 0 && tests("\n--- SKIP") == 0, "{report}");
    passed
}
