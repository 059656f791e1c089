//! Programs that tests need, and what happens without them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use crate::emulator;
use sha2::{Digest as _, Sha256};

/// How long a program may take; the slowest, a release build, takes minutes.
const PATIENCE: Duration = Duration::from_mins(30);

/// A need that is no program: an engine that answers the program `docker`.
pub(crate) const DOCKER_ENGINE: &str = "a Docker engine";
/// Any of these browsers.
pub(crate) const CHROMIUM: &str = "chromium or chromium-browser or google-chrome";

/// A test that needs programs. Without them it fails in CI; elsewhere it is ignored, and its name
/// says why.
pub(crate) fn trial(
    name: &str,
    programs: &[&'static str],
    test: impl FnOnce() + Send + 'static,
) -> Trial {
    let missing: Vec<_> = programs
        .iter()
        .copied()
        .filter(|need| !is_there(need))
        .collect();
    if missing.is_empty() {
        return Trial::test(name, move || {
            test();
            Ok(())
        });
    }
    let why = format!("needs {}, which is not here", missing.join(" and "));
    if std::env::var("CI").is_ok_and(|ci| ci == "true") {
        return Trial::test(name, move || Err(Failed::from(why)));
    }
    Trial::test(format!("{name} ({why})"), || Ok(())).with_ignored_flag(true)
}

fn is_there(need: &str) -> bool {
    static ENGINE: LazyLock<bool> = LazyLock::new(|| {
        let asked = Command::new("docker").arg("info").output();
        asked.is_ok_and(|answer| answer.status.success())
    });
    if need == DOCKER_ENGINE {
        return *ENGINE;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    need.split(" or ")
        .any(|program| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// The number that stands between two texts in a report, the first time that they are there.
pub(crate) fn number(report: &str, before: &str, after: &str) -> usize {
    let found = report.split(before).skip(1).find_map(|rest| {
        let (number, _) = rest.split_once(after)?;
        number.trim().parse().ok()
    });
    found.unwrap_or_else(|| panic!("no {before}…{after} in {report}"))
}

/// A folder for what tests install, kept from run to run: below Cargo's own target folder.
pub(crate) fn workshop(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A name for what is made from a file: another content, another name.
pub(crate) fn fingerprint(file: &Path) -> String {
    let digest = Sha256::digest(fs::read(file).unwrap());
    digest
        .iter()
        .take(8)
        .fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
}

/// A fresh copy of the project `client-tests/NAME`, so that the source tree stays clean.
pub(crate) fn copy(name: &str) -> PathBuf {
    let copy = workshop(name);
    fs::remove_dir_all(&copy).unwrap();
    copy_folder(&emulator::root().join("client-tests").join(name), &copy);
    copy
}

/// Without what Maven or npm leaves in a source tree where it was called by hand.
pub(crate) fn copy_folder(source: &Path, target: &Path) {
    fs::create_dir_all(target).unwrap();
    for file in fs::read_dir(source).unwrap() {
        let file = file.unwrap();
        let copy = target.join(file.file_name());
        if !file.file_type().unwrap().is_dir() {
            fs::copy(file.path(), copy).unwrap();
        } else if file.file_name() != "target" && file.file_name() != "node_modules" {
            copy_folder(&file.path(), &copy);
        }
    }
}

/// Any credentials, a Region, and nothing of the machine's own settings for AWS.
pub(crate) fn aws_environment(command: &mut Command) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    command
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1");
    let nowhere = workshop("nowhere");
    command.env("AWS_CONFIG_FILE", nowhere.join("config"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", nowhere.join("credentials"));
}

/// Runs a program to its end, in bounded time.
pub(crate) fn run(command: &mut Command) -> Output {
    let mut bounded = Command::new("timeout");
    bounded
        .arg(PATIENCE.as_secs().to_string())
        .arg(command.get_program());
    bounded.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bounded.env(name, value),
            None => bounded.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        bounded.current_dir(folder);
    }
    bounded
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Runs a program that is to succeed; what it printed.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{command:?}: {}\n{out}\n{err}",
        output.status
    );
    out.into_owned()
}
