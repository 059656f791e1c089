//! External programs: which tests need them, and how to run them.

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use sha2::{Digest as _, Sha256};

use crate::client::OPERATION_COUNT;
use crate::emulator;

/// The limit for one program. The slowest, a release build, takes minutes.
const PROGRAM_TIMEOUT: Duration = Duration::from_mins(30);

/// An engine that answers `docker info`; the program alone is not enough.
pub(crate) const DOCKER_ENGINE: &str = "a Docker engine";
/// The port of HTTPS, for clients that call AWS's own host names. Most systems reserve it for root.
pub(crate) const PORT_443: &str = "the right to listen on port 443";
/// Any of these browsers.
pub(crate) const CHROMIUM: &str = "chromium or chromium-browser or google-chrome";

/// A seed with identities, for the tests of every client. Tests in other languages read its name from the
/// environment variable `IDENTITIES`.
pub(crate) const IDENTITIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/identities.yaml");

/// The missing programs of all ignored tests.
static MISSING: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

/// A test that needs programs. If one is missing, the test fails in CI. Elsewhere it is ignored, and its
/// name says which program is missing.
pub(crate) fn trial(
    name: &str,
    programs: &[&'static str],
    test: impl FnOnce() + Send + 'static,
) -> Trial {
    let missing: Vec<_> = programs
        .iter()
        .copied()
        .filter(|need| !is_installed(need))
        .collect();
    if missing.is_empty() {
        return Trial::test(name, move || {
            test();
            Ok(())
        });
    }
    let reason = format!("needs {}", missing.join(" and "));
    if std::env::var("CI").is_ok_and(|ci| ci == "true") {
        let error = format!("{reason}; `client-tests/run` provides it");
        return Trial::test(name, move || Err(Failed::from(error)));
    }
    let mut all_missing = MISSING.lock().unwrap_or_else(PoisonError::into_inner);
    all_missing.extend(missing);
    drop(all_missing);
    Trial::test(format!("{name} ({reason})"), || Ok(())).with_ignored_flag(true)
}

/// One sentence about the ignored tests of a run.
pub(crate) fn ignored_summary(count: u64) -> String {
    let missing = MISSING.lock().unwrap_or_else(PoisonError::into_inner);
    let programs: Vec<_> = missing.iter().copied().collect();
    format!(
        "{count} ignored, which need {}; `bash client-tests/run` installs programs",
        programs.join(", ")
    )
}

fn is_installed(need: &str) -> bool {
    static ENGINE: LazyLock<bool> = LazyLock::new(|| {
        let info = Command::new("docker").arg("info").output();
        info.is_ok_and(|output| output.status.success())
    });
    if need == DOCKER_ENGINE {
        return *ENGINE;
    }
    if need == PORT_443 {
        return TcpListener::bind((own_address(), 443)).is_ok();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    need.split(" or ")
        .any(|program| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// A loopback address of this process, where no other program listens on port 443.
pub(crate) fn own_address() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, high | 0x80, middle, low)
}

/// The first number between two texts in a report.
pub(crate) fn number(report: &str, before: &str, after: &str) -> usize {
    let found = report.split(before).skip(1).find_map(|rest| {
        let (number, _) = rest.split_once(after)?;
        number.trim().parse().ok()
    });
    found.unwrap_or_else(|| panic!("no number between {before:?} and {after:?} in {report}"))
}

/// A folder for programs and packages that tests install. It is inside Cargo's target folder and is kept
/// between runs.
pub(crate) fn workshop(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A name for a folder that is built from a file. It changes with the file's content.
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

/// Copies a folder without the output of Maven and npm, which developers may have run in it.
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

/// Sets credentials and a Region, and removes the machine's own AWS settings.
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
    let empty = workshop("no-configuration");
    command.env("AWS_CONFIG_FILE", empty.join("config"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", empty.join("credentials"));
    command
        .env("OPERATION_COUNT", OPERATION_COUNT.to_string())
        .env("IDENTITIES", IDENTITIES);
}

/// Prints a line before work that takes minutes, so that the terminal does not look stuck.
pub(crate) fn progress(work: &str) {
    eprintln!("client-tests: {work}");
}

/// Runs a program to its end, within the time limit.
pub(crate) fn run(command: &mut Command) -> Output {
    let mut bounded = Command::new("timeout");
    bounded
        .arg(PROGRAM_TIMEOUT.as_secs().to_string())
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

/// Runs a program that must succeed, and returns its standard output.
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
