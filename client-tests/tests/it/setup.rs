//! `client-tests/run`, the script that installs the programs and runs the tests.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::emulator;
use crate::tool::{self, run};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("setup::bare_machine", &["bash"], bare_machine),
        tool::trial("setup::unknown_option", &["bash"], unknown_option),
    ]
}

/// The programs of a bare machine that the script itself uses.
const BASIC_PROGRAMS: [&str; 12] = [
    "bash", "cut", "dirname", "find", "grep", "id", "realpath", "sed", "sort", "tr", "uname", "env",
];

/// A folder with links to a few of the machine's programs.
fn link_programs(folder: &Path) {
    let path = std::env::var_os("PATH").unwrap();
    for program in BASIC_PROGRAMS {
        let found = std::env::split_paths(&path)
            .map(|folder| folder.join(program))
            .find(|file| file.is_file());
        symlink(found.expect(program), folder.join(program)).unwrap();
    }
}

/// Without any program and without apt, the check names everything and says what to do.
fn bare_machine() {
    let (programs, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    link_programs(programs.path());
    let mut check = Command::new("bash");
    check
        .arg(emulator::root().join("client-tests/run"))
        .arg("--check")
        .env("PATH", programs.path())
        .env("CARGO_TARGET_DIR", home.path())
        .env("CARGO_HOME", home.path())
        .env("CI", "true");
    let output = check.output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{report}");
    for program in [
        "rust",
        "cc",
        "curl",
        "openssl",
        "mvn",
        "java",
        "node",
        "go",
        "chromium",
        "busybox",
        "docker",
        "buildx",
        "compose",
        "mmdebstrap",
        "valgrind",
    ] {
        let missing = report.lines().next().unwrap();
        assert!(missing.split(' ').any(|name| name == program), "{report}");
    }
    assert!(report.contains("https://rustup.rs"), "{report}");
    assert!(
        report.contains("a C compiler: apt has no package"),
        "{report}"
    );
}

/// The script refuses an unknown option.
fn unknown_option() {
    let mut script = Command::new("bash");
    script
        .arg(emulator::root().join("client-tests/run"))
        .arg("--unknown");
    let output = run(&mut script);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("usage: "));
}
