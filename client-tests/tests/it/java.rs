//! The AWS SDK for Java in `JUnit`: an extension that starts an emulator, and what tests do with it.

use std::process::Command;

use libtest_mimic::Trial;

use crate::tool::{self, copy, succeed};

pub(crate) fn trials() -> Vec<Trial> {
    vec![tool::trial("java::junit", &["mvn", "javac"], junit)]
}

fn junit() {
    let mut maven = Command::new("mvn");
    maven
        .current_dir(copy("java"))
        .args(["--batch-mode", "--no-transfer-progress", "test"])
        .env("KMS_EMULATOR", client_tests::binary());
    tool::aws_environment(&mut maven);
    let report = succeed(&mut maven);
    assert!(
        report.contains("Tests run: 19, Failures: 0, Errors: 0"),
        "{report}"
    );
}
