//! The AWS SDK for Go, the package `simulatedkms` that starts an emulator for tests, and libraries that use
//! KMS.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;

use crate::article::Program;
use crate::client::Client;
use crate::credentials;
use crate::emulator::{self, Emulator};
use crate::python;
use crate::tool::{self, copy, run, succeed};

const GO: &[&str] = &["go"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("go::sdk", GO, sdk),
        tool::trial("go::double", GO, double),
        tool::trial("go::libraries", GO, libraries),
        tool::trial("go::authorities", GO, authorities),
    ]
}

pub(crate) fn article() -> Program {
    Program {
        client: Client::Go,
        needs: GO,
        command: || Command::new(built("article")),
        trust: python::trust,
        // After an error, Go can return a connection to its pool too late for the next call.
        connections: 2,
    }
}

pub(crate) fn credentials() -> credentials::Program {
    credentials::Program {
        client: Client::Go,
        needs: GO,
        command: || Command::new(built("credentials")),
        no_credentials: "failed to refresh cached credentials",
        assumes_in_code: true,
        // They are made before the configuration has that endpoint.
        providers_read_endpoint_url: false,
    }
}

/// The published module, which the tests use.
const PACKAGE: &str = "github.com/simulated-kms/simulated-kms/emulator/packaging/go";

/// A copy of the module `client-tests/go`.
pub(crate) fn module() -> &'static PathBuf {
    static MODULE: OnceLock<PathBuf> = OnceLock::new();
    MODULE.get_or_init(|| copy_with("go", PACKAGE, "emulator/packaging/go"))
}

/// A copy of a module that uses another one from its source folder, which it names by a relative path.
fn copy_with(name: &str, package: &str, source: &str) -> PathBuf {
    let (module, source) = (copy(name), emulator::root().join(source));
    let mut edit = Command::new("go");
    edit.current_dir(&module).args(["mod", "edit"]);
    succeed(edit.arg(format!("-replace={package}={}", source.display())));
    module
}

/// A program of the module. Both are built once.
fn built(program: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = module().join("programs/");
        let mut build = Command::new("go");
        build.current_dir(module()).args(["build", "-o"]);
        succeed(build.arg(&folder).args(["./article", "./credentials"]));
        folder
    });
    folder.join(program)
}

fn sdk() {
    let emulator = Emulator::start();
    let mut tests = tests(module(), "./sdk");
    tests.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    Client::Go.add_passed(pass(&mut tests));
    Client::Go.record_operations(&emulator);
}

/// The package `simulatedkms`, which starts its own emulators.
fn double() {
    Client::Go.add_passed(pass(&mut tests(module(), ".")));
}

fn libraries() {
    let emulator = Emulator::start();
    let mut tests = tests(&copy("go-libraries"), "./...");
    pass(tests.env("AWS_ENDPOINT_URL", emulator.endpoint_url()));
}

/// The SDK reads `AWS_CA_BUNDLE`, and Go's own HTTP client `SSL_CERT_FILE`. The first wins.
fn authorities() {
    let [emulator, another] = [(); 2].map(|()| Emulator::start_with(&["--tls"]));
    let folder = tempfile::tempdir().unwrap();
    let authority = |emulator: &Emulator, name| {
        let file = folder.path().join(name);
        fs::write(&file, emulator.get("/ca.pem")).unwrap();
        file
    };
    let (right, wrong) = (authority(&emulator, "right"), authority(&another, "wrong"));
    let succeeds = |variables: &[(&str, &PathBuf)]| {
        let mut article = Command::new(built("article"));
        tool::aws_environment(&mut article);
        article
            .env_remove("SSL_CERT_DIR")
            .env("AWS_ENDPOINT_URL", emulator.endpoint_url())
            .envs(variables.iter().copied());
        run(&mut article).status.success()
    };
    assert!(succeeds(&[("SSL_CERT_FILE", &right)]));
    assert!(!succeeds(&[("SSL_CERT_FILE", &wrong)]));
    assert!(succeeds(&[
        ("SSL_CERT_FILE", &wrong),
        ("AWS_CA_BUNDLE", &right)
    ]));
    assert!(!succeeds(&[
        ("SSL_CERT_FILE", &right),
        ("AWS_CA_BUNDLE", &wrong)
    ]));
}

/// The tests of the Testcontainers module.
pub(crate) fn in_containers() -> Command {
    let (package, source) = (
        format!("{PACKAGE}/testcontainers"),
        "emulator/packaging/go/testcontainers",
    );
    tests(&copy_with("go-testcontainers", &package, source), "./...")
}

fn tests(module: &PathBuf, package: &str) -> Command {
    let mut go = Command::new("go");
    // `-count=1` keeps Go from reporting cached results.
    go.current_dir(module)
        .args(["test", "-v", "-count=1", package])
        .env("KMS_EMULATOR", emulator::binary());
    tool::aws_environment(&mut go);
    go
}

/// Runs tests that must all pass, and returns their number.
pub(crate) fn pass(go: &mut Command) -> usize {
    let report = succeed(go);
    let tests = |outcome: &str| report.matches(outcome).count();
    let passed = tests("\n--- PASS");
    assert!(passed > 0 && tests("\n--- SKIP") == 0, "{report}");
    passed
}
