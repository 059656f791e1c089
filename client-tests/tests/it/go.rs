//! The AWS SDK for Go: a package that starts an emulator, and what tests do with it.

use std::process::Command;

use libtest_mimic::Trial;

use crate::tool::{self, copy, succeed};

pub(crate) fn trials() -> Vec<Trial> {
    vec![tool::trial("go::test", &["go"], test)]
}

fn test() {
    let mut go = Command::new("go");
    // Counted, because Go would answer from its cache without a look at the emulator.
    go.current_dir(copy("go"))
        .args(["test", "-v", "-count=1", "./..."])
        .env("KMS_EMULATOR", client_tests::binary());
    tool::aws_environment(&mut go);
    let report = succeed(&mut go);
    let tests = |outcome: &str| report.matches(outcome).count();
    assert!(
        tests("\n--- PASS") == 9 && tests("\n--- FAIL") == 0,
        "{report}"
    );
}
