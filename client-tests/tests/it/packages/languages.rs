//! The wheel in an empty environment, and the npm packages in an empty folder.

use std::fs;
use std::process::Command;

use super::{package, packages};
use crate::python;
use crate::tool::{self, number, succeed};

/// Runs `simulated-kms`, and a program that starts an emulator and creates a key.
pub(super) fn wheel() {
    let wheel = package(".whl");
    let folder = tempfile::tempdir().unwrap();
    let environment = folder.path().join("environment");
    let mut create = Command::new("python3");
    succeed(create.args(["-m", "venv"]).arg(&environment));
    let program = |name: &str| {
        let mut program = Command::new(environment.join("bin").join(name));
        tool::aws_environment(&mut program);
        // Its own program, and no other.
        program
            .current_dir(folder.path())
            .env_remove("KMS_EMULATOR");
        program
    };
    let mut install = program("pip");
    install.args(["install", "--quiet", "--no-index"]);
    succeed(install.arg(&wheel));
    for name in ["simulated-kms", "kms-emulator"] {
        let version = succeed(program(name).arg("--version"));
        assert!(version.starts_with("kms-emulator "), "{name}: {version}");
    }
    // pytest finds the plugin by the wheel's entry point. boto3 and pytest come from another environment.
    let script = "import site; print(*site.getsitepackages(), end='')";
    let others = succeed(Command::new(python::programs().join("python")).args(["-c", script]));
    let mut pytest = program("python");
    pytest
        .args([
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-k",
            "snapshots or seed",
        ])
        .arg(python::folder().join("pytest_plugin"))
        .env("PYTHONPATH", others)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let report = succeed(&mut pytest);
    assert_eq!(
        number(&report.replace('=', ""), "\n ", " passed"),
        3,
        "{report}"
    );
}

/// `npx simulated-kms`, and a program that starts an emulator, as both kinds of module.
pub(super) fn npm() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), r#"{"private": true}"#).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command
            .current_dir(folder.path())
            .env_remove("KMS_EMULATOR");
        succeed(command.args(arguments))
    };
    let [main, platform] = tarballs();
    let offline = ["install", "--offline", "--no-audit", "--no-fund"];
    run(
        "npm",
        &[&offline[..], &[main.as_str(), platform.as_str()]].concat(),
    );
    let printed = run("npx", &["--offline", "simulated-kms", "--version"]);
    assert!(printed.starts_with("kms-emulator "), "{printed}");
    let body = "
        .then(async (kms) => {
            await kms.seed({ keys: [{ alias: 'alias/orders' }] });
            console.log('fault', await kms.faults.add({ status: 503 }));
            await kms.stop();
        });";
    for start in [
        "require('simulated-kms').start()",
        "import('simulated-kms').then((m) => m.start())",
    ] {
        assert_eq!(run("node", &["-e", &format!("{start}{body}")]), "fault 1\n");
    }
}

/// The package, and the one with the program for this platform.
fn tarballs() -> [String; 2] {
    let platform = package_path("simulated-kms-linux-");
    let version = platform.rsplit('-').next().unwrap();
    [package_path(&format!("simulated-kms-{version}")), platform]
}

/// The npm package whose name begins so.
fn package_path(start: &str) -> String {
    let files = fs::read_dir(packages()).unwrap();
    let file = files
        .map(|file| file.unwrap().path())
        .find(|file| {
            let name = file.file_name().unwrap().to_string_lossy();
            name.starts_with(start) && name.ends_with(".tgz")
        })
        .expect(start);
    file.display().to_string()
}
