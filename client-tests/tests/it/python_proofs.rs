//! One test for each module `python/test_*.py`: boto3 and aioboto3, results checked by other cryptography
//! libraries, external key stores with a proxy, and libraries and programs that use KMS.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::client::Client;
use crate::emulator::{self, Emulator};
use crate::python;
use crate::tool::{self, number, run, succeed};

const PYTHON: &[&str] = &["python3"];
const AND_OPENSSL: &[&str] = &["python3", "openssl"];

pub(crate) fn trials() -> Vec<Trial> {
    let boto3 = [
        ("test_rsa", PYTHON),
        ("test_ecdsa", PYTHON),
        ("test_ed25519", PYTHON),
        ("test_ml_dsa", PYTHON),
        ("test_ml_kem", PYTHON),
        ("test_ecdh", PYTHON),
        ("test_mac", PYTHON),
        ("test_sm2", AND_OPENSSL),
        ("test_symmetric", PYTHON),
        ("test_data_key_pairs", AND_OPENSSL),
        ("test_recipient", AND_OPENSSL),
        ("test_import", PYTHON),
        ("test_lifecycle", PYTHON),
        ("test_errors", PYTHON),
        ("test_concurrent", PYTHON),
        ("test_external_key_store", PYTHON),
        ("test_encryption_sdk", PYTHON),
        ("test_securesystemslib", PYTHON),
        ("test_sops", PYTHON),
        ("test_sts", PYTHON),
    ];
    let boto3 = boto3.into_iter().map(|(module, needs)| {
        let name = module.replacen("test_", "python::", 1);
        tool::trial(&name, needs, move || {
            passes(Client::Boto3, module, &Emulator::start());
        })
    });
    let others = [
        tool::trial("python::https", PYTHON, || {
            secure(Client::Boto3, "test_https");
        }),
        // libmongocrypt requires HTTPS.
        tool::trial("python::mongocrypt", PYTHON, || {
            secure(Client::Boto3, "test_mongocrypt");
        }),
        tool::trial("python::aioboto3", PYTHON, || {
            passes(Client::Aioboto3, "test_aioboto3", &Emulator::start());
        }),
        tool::trial("python::aioboto3_https", PYTHON, || {
            secure(Client::Aioboto3, "test_https_async");
        }),
        tool::trial("python::policies", PYTHON, || {
            let emulator = Emulator::start_with(&["--auth=policy"]);
            passes(Client::Boto3, "test_policies", &emulator);
        }),
        tool::trial("python::pytest", PYTHON, pytest),
        tool::trial("python::types", PYTHON, types),
    ];
    let tools = ["test_kapitan", "test_kmsauth", "test_confluent"].map(|module| {
        let name = module.replacen("test_", "python::", 1);
        tool::trial(&name, PYTHON, move || program(module))
    });
    boto3.chain(others).chain(tools).collect()
}

/// A program with an environment of its own. Its tests are not those of a client.
fn program(module: &str) {
    let emulator = Emulator::start();
    passed(&mut unittest(python::tool_programs(), module, &emulator));
}

/// The plugin for pytest, which starts its own emulators; in parallel.
fn pytest() {
    let mut pytest = python::pytest();
    pytest
        .args(["-n", "2"])
        .current_dir(python::folder().join("pytest_plugin"));
    tool::aws_environment(&mut pytest);
    let report = succeed(&mut pytest);
    assert!(!report.contains("skipped"), "{report}");
    Client::Boto3.add_passed(number(&report.replace('=', ""), "\n ", " passed in "));
}

/// The types of the package.
fn types() {
    let mut mypy = Command::new(python::programs().join("mypy"));
    mypy.current_dir(python::package())
        .arg("--cache-dir")
        .arg(tool::workshop("mypy"));
    succeed(&mut mypy);
}

/// Runs a module of tests over HTTPS.
fn secure(client: Client, module: &str) {
    let emulator = Emulator::start_with(&["--tls"]);
    let authority = tempfile::NamedTempFile::new().unwrap();
    fs::write(&authority, emulator.get("/ca.pem")).unwrap();
    let mut python = client_test(client, module, &emulator);
    python.env("AWS_CA_BUNDLE", authority.path());
    client.add_passed(passed(&mut python));
}

/// Runs a module of tests over plain HTTP.
fn passes(client: Client, module: &str, emulator: &Emulator) {
    client.add_passed(passed(&mut client_test(client, module, emulator)));
    client.record_operations(emulator);
}

fn client_test(client: Client, module: &str, emulator: &Emulator) -> Command {
    if client == Client::Aioboto3 {
        let mut python = unittest(python::async_programs(), module, emulator);
        python::newest_model(&mut python);
        python
    } else {
        unittest(python::programs(), module, emulator)
    }
}

/// A module of tests, in an environment.
fn unittest(programs: &Path, module: &str, emulator: &Emulator) -> Command {
    let mut python = Command::new(programs.join("python"));
    python
        .args(["-m", "unittest", module])
        .current_dir(python::folder());
    tool::aws_environment(&mut python);
    python
        .env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .env("KMS_EMULATOR_BINARY", emulator::binary())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Runs tests that must all pass, and returns their number.
fn passed(python: &mut Command) -> usize {
    let output = run(python);
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    // With skipped tests, the line would be `OK (skipped=…)`.
    assert!(report.ends_with("\nOK\n"), "{report}");
    number(&report, "\nRan ", " test")
}
