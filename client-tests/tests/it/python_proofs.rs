//! What KMS computes, checked by other libraries of cryptography; every operation, called by boto3;
//! external key stores with a proxy; and the AWS Encryption SDK for Python: one test for each `python/test_*.py`, whose own tests name themselves when they fail.

use std::process::Command;

use client_tests::Emulator;
use libtest_mimic::Trial;

use crate::python;
use crate::tool::{self, run, succeed};

pub(crate) fn trials() -> Vec<Trial> {
    let python: &[_] = &["python3"];
    vec![
        tool::trial("python::rsa", python, || passes("test_rsa", 12)),
        tool::trial("python::ecdsa", python, || passes("test_ecdsa", 4)),
        tool::trial("python::ed25519", python, || passes("test_ed25519", 3)),
        tool::trial("python::ml_dsa", python, || passes("test_ml_dsa", 9)),
        tool::trial("python::ml_kem", python, || passes("test_ml_kem", 8)),
        tool::trial("python::ecdh", python, || passes("test_ecdh", 3)),
        tool::trial("python::mac", python, || passes("test_mac", 4)),
        tool::trial("python::sm2", &["python3", "openssl"], || {
            passes("test_sm2", 3);
        }),
        tool::trial("python::symmetric", python, || passes("test_symmetric", 5)),
        tool::trial("python::data_key_pairs", &["python3", "openssl"], || {
            passes("test_data_key_pairs", 24);
        }),
        tool::trial("python::recipient", &["python3", "openssl"], || {
            passes("test_recipient", 6);
        }),
        tool::trial("python::import", python, || passes("test_import", 7)),
        tool::trial("python::lifecycle", python, || passes("test_lifecycle", 8)),
        tool::trial("python::external_key_store", python, || {
            passes("test_external_key_store", 15);
        }),
        tool::trial("python::encryption_sdk", python, || {
            passes("test_encryption_sdk", 10);
        }),
        tool::trial("python::pytest", python, pytest),
    ]
}

/// The helper for tests of one's own, which starts an emulator itself.
fn pytest() {
    let mut pytest = Command::new(python::programs().join("python"));
    pytest
        .args(["-m", "pytest", "-p", "no:cacheprovider"])
        .current_dir(python::folder().join("pytest_double"))
        .env("KMS_EMULATOR", client_tests::binary())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    tool::aws_environment(&mut pytest);
    let report = succeed(&mut pytest);
    assert!(report.contains(" 39 passed in "), "{report}");
}

/// Runs a module of tests, which are to be so many: one that was not found would not fail.
fn passes(module: &str, tests: usize) {
    let emulator = Emulator::start();
    let mut python = Command::new(python::programs().join("python"));
    python
        .args(["-m", "unittest", module])
        .current_dir(python::folder());
    tool::aws_environment(&mut python);
    python
        .env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .env("KMS_EMULATOR_BINARY", client_tests::binary())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = run(&mut python);
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    assert!(
        report.contains(&format!("Ran {tests} tests in ")),
        "{report}"
    );
    // Otherwise it says how many were skipped.
    assert!(report.ends_with("\nOK\n"), "{report}");
}
