//! The recipes in `docker/`: valid by the schemas of their tools, and run where that is possible.

use std::process::Command;

use libtest_mimic::Trial;

use crate::emulator;
use crate::python;
use crate::tool::{self, run};

pub(crate) fn trials() -> Vec<Trial> {
    vec![tool::trial(
        "recipes::check",
        &["python3", "bash", "curl"],
        check,
    )]
}

fn check() {
    let folder = emulator::root().join("client-tests/recipes");
    let programs = python::environment(&folder.join("requirements.txt"));
    let path = std::env::var("PATH").unwrap();
    let aws = python::programs().display();
    let mut check = Command::new(programs.join("python"));
    check
        .arg("check.py")
        .current_dir(&folder)
        .env("PATH", format!("{}:{aws}:{path}", programs.display()))
        .env("KMS_EMULATOR_BINARY", emulator::binary())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    tool::aws_environment(&mut check);
    let output = run(&mut check);
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && report.ends_with("\nOK\n"),
        "{report}"
    );
}
