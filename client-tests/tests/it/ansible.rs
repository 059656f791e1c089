//! Infrastructure as code: Ansible's `amazon.aws.kms_key` makes, changes and deletes a key, and
//! finds nothing to do when it comes again.

use std::process::Command;

use client_tests::Emulator;
use libtest_mimic::Trial;

use crate::python;
use crate::tool::{self, run, workshop};

pub(crate) fn trials() -> Vec<Trial> {
    vec![tool::trial("ansible::a_key", &["python3"], a_key)]
}

fn a_key() {
    let emulator = Emulator::start();
    let programs = python::programs();
    let mut playbook = Command::new(programs.join("ansible-playbook"));
    let python = programs.join("python");
    playbook
        .args(["--inventory", "localhost,", "--extra-vars"])
        .arg(format!("ansible_python_interpreter={}", python.display()))
        .arg("key.yaml")
        .current_dir(client_tests::root().join("client-tests/ansible"));
    tool::aws_environment(&mut playbook);
    playbook
        .env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .env("ANSIBLE_HOME", workshop("ansible"))
        .env("ANSIBLE_LOCAL_TEMP", workshop("ansible"))
        .env("ANSIBLE_NOCOLOR", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LC_ALL", "C.UTF-8");
    let output = run(&mut playbook);
    let report = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}{complaints}");
    // Made, changed, deleted; every other task looked, and found what it was to find.
    assert!(report.contains("ok=12 "), "{report}");
    assert!(report.contains("changed=3 "), "{report}");
    assert!(report.contains("skipped=0 "), "{report}");
}
