//! Ansible's modules `amazon.aws.kms_key` and `kms_key_info`, by a playbook that checks its own results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;

use crate::emulator::{self, Emulator};
use crate::tool::{self, fingerprint, succeed, workshop};

pub(crate) fn trials() -> Vec<Trial> {
    vec![tool::trial("ansible::key", &["python3"], key)]
}

fn folder() -> PathBuf {
    emulator::root().join("client-tests/ansible")
}

/// A Python environment with Ansible and its AWS collection, created once for each list of versions.
fn environment() -> PathBuf {
    let lists = ["requirements.txt", "collections.txt"].map(|name| folder().join(name));
    let name = lists.each_ref().map(|list| fingerprint(list)).join("-");
    let environment = workshop("ansible").join(name);
    let finished = environment.join("finished");
    if finished.exists() {
        return environment;
    }
    tool::progress("installing Ansible");
    let [requirements, collections] = lists;
    succeed(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&environment),
    );
    let pip = environment.join("bin/pip");
    succeed(
        Command::new(&pip)
            .args(["install", "--quiet", "--requirement"])
            .arg(requirements),
    );
    let download = environment.join("download");
    succeed(
        Command::new(&pip)
            .args(["download", "--quiet", "--no-deps", "--only-binary=:all:"])
            .arg("--dest")
            .arg(&download)
            .arg("--requirement")
            .arg(collections),
    );
    for wheel in fs::read_dir(&download).unwrap() {
        let mut unpack = Command::new(environment.join("bin/python"));
        unpack.arg(folder().join("unpack.py"));
        succeed(unpack.arg(wheel.unwrap().path()).arg(&environment));
    }
    fs::remove_dir_all(download).unwrap();
    fs::write(finished, "").unwrap();
    environment
}

fn key() {
    let (emulator, environment) = (Emulator::start(), environment());
    let mut playbook = Command::new(environment.join("bin/ansible-playbook"));
    playbook
        .args(["--inventory", "localhost,", "key.yml"])
        .current_dir(folder());
    tool::aws_environment(&mut playbook);
    settings(&mut playbook, &environment);
    playbook.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    let report = succeed(&mut playbook);
    // 11 tasks, each followed by a check. One of the changes runs in check mode.
    assert!(report.contains(": ok=22 "), "{report}");
    assert!(report.contains(" changed=7 "), "{report}");
    assert!(report.contains(" failed=0 "), "{report}");
}

/// Removes the machine's own Ansible settings, and keeps Ansible's files in the environment's folder.
fn settings(command: &mut Command, environment: &Path) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ANSIBLE_")) {
        command.env_remove(name);
    }
    command
        .env("ANSIBLE_CONFIG", folder().join("ansible.cfg"))
        .env("ANSIBLE_COLLECTIONS_PATH", environment)
        .env("ANSIBLE_HOME", environment.join("home"))
        .env("ANSIBLE_REMOTE_TMP", environment.join("home/tmp"))
        // Ansible requires a UTF-8 locale.
        .env("LC_ALL", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1");
}
