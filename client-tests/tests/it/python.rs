//! Python environments, and helpers that other tests use.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

use crate::article::Program;
use crate::client::Client;
use crate::credentials;
use crate::emulator;
use crate::tool::{self, fingerprint, succeed, workshop};

pub(crate) fn folder() -> PathBuf {
    emulator::root().join("client-tests/python")
}

/// The folder of programs of the environment with boto3 and the AWS CLI.
pub(crate) fn programs() -> &'static PathBuf {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| environment(&folder().join("requirements.txt")))
}

/// The folder of programs of the environment with aioboto3, which needs another version of botocore.
pub(crate) fn async_programs() -> &'static PathBuf {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| environment(&folder().join("requirements-async.txt")))
}

/// The folder of programs of the environment with kapitan and others that encrypt with KMS.
pub(crate) fn tool_programs() -> &'static PathBuf {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| environment(&folder().join("requirements-tools.txt")))
}

/// Gives a client with an older botocore the model of the newest one, so that it knows all operations.
pub(crate) fn newest_model(command: &mut Command) {
    static DATA: OnceLock<String> = OnceLock::new();
    let data = DATA.get_or_init(|| {
        let script = "import botocore; print(*botocore.__path__, end='/data')";
        succeed(Command::new(programs().join("python")).args(["-c", script]))
    });
    command.env("AWS_DATA_PATH", data);
}

/// Creates an environment, once for each list of packages. Returns its folder of programs.
pub(crate) fn environment(requirements: &Path) -> PathBuf {
    let environment = workshop("python").join(fingerprint(requirements));
    let programs = environment.join("bin");
    let finished = environment.join("finished");
    if !finished.exists() {
        tool::progress("installing Python packages");
        succeed(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&environment),
        );
        let mut install = Command::new(programs.join("pip"));
        install
            .args(["install", "--quiet", "--requirement"])
            .arg(requirements);
        succeed(&mut install);
        fs::write(finished, "").unwrap();
    }
    programs
}

pub(crate) fn article() -> Program {
    Program {
        client: Client::Boto3,
        needs: &["python3"],
        command: || script(programs(), "article.py"),
        trust,
        connections: 1,
    }
}

pub(crate) fn article_async() -> Program {
    Program {
        client: Client::Aioboto3,
        command: || script(async_programs(), "article_async.py"),
        ..article()
    }
}

/// The source of the Python package `simulated-kms`.
pub(crate) fn package() -> PathBuf {
    emulator::root().join("emulator/packaging/python")
}

/// pytest with the plugin of the package, from its source.
pub(crate) fn pytest() -> Command {
    let mut pytest = Command::new(programs().join("python"));
    pytest
        .args(["-m", "pytest", "-p", "no:cacheprovider"])
        .args(["-p", "simulated_kms.pytest_plugin"])
        .env("PYTHONPATH", package().join("src"))
        .env("KMS_EMULATOR", emulator::binary())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    pytest
}

pub(crate) fn credentials() -> credentials::Program {
    credentials::Program {
        client: Client::Boto3,
        needs: &["python3"],
        command: || script(programs(), "credentials.py"),
        no_credentials: "Unable to locate credentials",
        assumes_in_code: false,
        providers_read_endpoint_url: true,
    }
}

pub(crate) fn credentials_async() -> credentials::Program {
    credentials::Program {
        client: Client::Aioboto3,
        command: || script(async_programs(), "credentials_async.py"),
        ..credentials()
    }
}

/// The tests of the Testcontainers module.
pub(crate) fn in_containers() -> Command {
    let mut python = script(programs(), "testcontainers/test_container.py");
    python.env("PYTHONPATH", package().join("src"));
    tool::aws_environment(&mut python);
    python
}

fn script(programs: &Path, name: &str) -> Command {
    let mut python = Command::new(programs.join("python"));
    python.arg(folder().join(name));
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Sets the variable of botocore, the AWS CLI and the SDK for Go.
pub(crate) fn trust(command: &mut Command, authority: &Path) {
    command.env("AWS_CA_BUNDLE", authority);
}

/// moto's server, with SQS and KMS. It ends when its standard input is closed.
pub(crate) struct MotoServer {
    child: Child,
    input: Option<ChildStdin>,
    pub(crate) url: String,
}

impl MotoServer {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(programs().join("python"))
            .arg(folder().join("moto_server.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        // The pipe closes when the process ends, so this cannot wait forever.
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        assert!(
            url.starts_with("http://127.0.0.1:"),
            "not moto's URL: {url:?}"
        );
        Self {
            input: child.stdin.take(),
            child,
            url: url.trim().to_owned(),
        }
    }
}

impl Drop for MotoServer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
