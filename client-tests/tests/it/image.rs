//! The image: made of a binary that `cargo install` builds, looked at and run by `docker/smoke.sh` with a
//! real Docker engine, and started by Testcontainers in each language.

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
                let report = succeed(started(&mut javascript::in_containers()));
                assert!(report.contains("\n# skipped 0\n"), "{report}");
                assert!(number(&report, "\n# pass ", "\n") > 0);
            },
        ),
        tool::trial(
            "testcontainers::python",
            &[DOCKER_ENGINE, "python3"],
            || {
                succeed(started(&mut python::in_containers()));
            },
        ),
        tool::trial(
            "testcontainers::java",
            &[DOCKER_ENGINE, "mvn", "javac"],
            || {
                let report = succeed(started(&mut java::in_containers()));
                assert_eq!(number(&report, "Tests run: ", ","), 2, "{report}");
            },
        ),
        tool::trial("testcontainers::rust", &[DOCKER_ENGINE], || {
            let report = succeed(started(&mut crate_in_containers()));
            assert!(report.contains("test result: ok. 1 passed"), "{report}");
        }),
        tool::trial("testcontainers::go", &[DOCKER_ENGINE, "go"], || {
            go::pass(started(&mut go::in_containers()));
        }),
    ]
}

/// What `docker/build.sh` leaves: the static binary, and an image that the engine knows as
/// `simulated-kms`, the name in every recipe.
fn built() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        succeed(Command::new("bash").arg(emulator::root().join("docker/build.sh")));
        emulator::root().join("target/docker/installed/bin/kms-emulator")
    })
}

fn smoke() {
    let mut smoke = Command::new("bash");
    smoke.arg(emulator::root().join("docker/smoke.sh"));
    succeed(smoke.env("KMS_EMULATOR_BINARY", built()));
}

/// The crate with the recipe for Rust, which is apart from the workspace.
fn crate_in_containers() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(emulator::root().join("client-tests/rust-testcontainers"))
        .args(["test", "--locked"])
        .env("CARGO_TARGET_DIR", workshop("rust-testcontainers"));
    cargo
}

/// A test that starts containers, ready to run.
fn started(test: &mut Command) -> &mut Command {
    built();
    // What removes containers that tests leave is an image of its own, which would have to be pulled.
    test.env("TESTCONTAINERS_RYUK_DISABLED", "true")
        // Where the tests themselves run in a container, this would be found out with yet another.
        .env("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
}
