//! The container image, built from the static binary of the release build. `docker/smoke.sh` checks it with a real
//! Docker engine, and Testcontainers starts it in each language.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;

use crate::tool::{self, DOCKER_ENGINE, number, succeed, workshop};
use crate::{emulator, go, java, javascript, python};

pub(crate) fn trials() -> Vec<Trial> {
    let smoke_needs = [DOCKER_ENGINE, "bash", "curl", "busybox"];
    vec![
        tool::trial("image::smoke", &smoke_needs, smoke),
        tool::trial(
            "testcontainers::node",
            &[DOCKER_ENGINE, "node", "npm"],
            || {
                let report = succeed(with_image(&mut javascript::in_containers()));
                assert!(report.contains("\n# skipped 0\n"), "{report}");
                assert!(number(&report, "\n# pass ", "\n") > 0);
            },
        ),
        tool::trial(
            "testcontainers::python",
            &[DOCKER_ENGINE, "python3"],
            || {
                succeed(with_image(&mut python::in_containers()));
            },
        ),
        tool::trial(
            "testcontainers::java",
            &[DOCKER_ENGINE, "mvn", "javac"],
            || {
                let report = succeed(with_image(&mut java::in_containers()));
                assert_eq!(number(&report, "Tests run: ", ","), 2, "{report}");
            },
        ),
        tool::trial("testcontainers::rust", &[DOCKER_ENGINE], || {
            let report = succeed(with_image(&mut crate_in_containers()));
            assert!(report.contains("test result: ok. 1 passed"), "{report}");
        }),
        tool::trial("testcontainers::go", &[DOCKER_ENGINE, "go"], || {
            go::pass(with_image(&mut go::in_containers()));
        }),
    ]
}

/// The static binary of the release build, built once. The packages contain the same file.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        tool::progress("building the static binary");
        let build = emulator::root().join("emulator/packaging/build");
        let report = succeed(Command::new(build).arg("binary"));
        PathBuf::from(report.split(": ").next().unwrap())
    })
}

/// Builds the image `simulated-kms` with `docker/build.sh`, once. Returns the binary.
fn built() -> &'static Path {
    static IMAGE: OnceLock<()> = OnceLock::new();
    IMAGE.get_or_init(|| {
        tool::progress("building the container image");
        let mut build = Command::new("bash");
        build.arg(emulator::root().join("docker/build.sh"));
        succeed(build.env("KMS_EMULATOR_BINARY", binary()));
    });
    binary()
}

fn smoke() {
    let mut smoke = Command::new("bash");
    smoke.arg(emulator::root().join("docker/smoke.sh"));
    succeed(smoke.env("KMS_EMULATOR_BINARY", built()));
}

/// The tests of the Testcontainers module for Rust, a crate outside the workspace.
fn crate_in_containers() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(emulator::root().join("client-tests/rust-testcontainers"))
        .args(["test", "--locked"])
        .env("CARGO_TARGET_DIR", workshop("rust-testcontainers"));
    cargo
}

/// Builds the image and prepares a command whose tests start containers of it.
fn with_image(test: &mut Command) -> &mut Command {
    built();
    // Ryuk, which removes leftover containers, is an image that the engine would have to pull.
    test.env("TESTCONTAINERS_RYUK_DISABLED", "true")
        // In a container, Testcontainers would find the host with another image.
        .env("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
}
