//! The packages of `emulator/packaging/build`, built once from the image's binary: each is installed in a
//! clean place and used.

mod languages;
mod linux;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::tool::{self, DOCKER_ENGINE, succeed, workshop};
use crate::{emulator, image, python};

pub(crate) fn trials() -> Vec<Trial> {
    let (build, node) = (["python3", "npm", "go"], ["python3", "npm", "go", "node"]);
    let container = ["python3", "npm", "go", "mmdebstrap", DOCKER_ENGINE];
    vec![
        tool::trial("packages::archive", &build, archive),
        tool::trial("packages::same_bytes", &build, same_bytes),
        tool::trial("packages::wheel", &build, languages::wheel),
        tool::trial("packages::npm", &node, languages::npm),
        tool::trial("packages::linux", &container, linux::in_a_bare_root),
        tool::trial(
            "packages::action",
            &["python3", "npm", "go", "bash", "curl"],
            linux::action,
        ),
    ]
}

/// The folder with all packages.
fn packages() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        tool::progress("building the packages");
        let folder = workshop("packages");
        // Without those of another version.
        fs::remove_dir_all(&folder).unwrap();
        build(&folder);
        folder
    })
}

/// Builds all packages. Python's environment has hatchling.
fn build(out: &Path) {
    let mut build = Command::new(python::programs().join("python"));
    build
        .arg(emulator::root().join("emulator/packaging/build"))
        .arg("--binary")
        .arg(image::binary())
        .arg("--out")
        .arg(out);
    succeed(&mut build);
}

/// The one file with this end.
fn package(end: &str) -> PathBuf {
    let files = fs::read_dir(packages()).unwrap();
    let mut found = files
        .map(|file| file.unwrap().path())
        .filter(|file| file.to_string_lossy().ends_with(end));
    let file = found.next().expect(end);
    assert_eq!(found.next(), None, "{end}");
    file
}

/// The checksums, the files of the archive, and the SBOM.
fn archive() {
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--strict", "SHA256SUMS"]);
    succeed(check.current_dir(packages()));
    let folder = tempfile::tempdir().unwrap();
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(package(".tar.gz"));
    unpack.args(["--strip-components", "1"]);
    succeed(unpack.current_dir(folder.path()));
    for file in [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "completions/_kms-emulator",
        "completions/kms-emulator",
        "completions/kms-emulator.fish",
        "man/kms-emulator.1",
    ] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    // Linked into the program, and so under their own licences.
    let licences = fs::read_to_string(folder.path().join("THIRD-PARTY-LICENSES")).unwrap();
    for name in ["aws-lc-sys 0.", "GNU C Library", "tokio 1."] {
        assert!(licences.contains(name), "{name}");
    }
    let version = succeed(Command::new(folder.path().join("kms-emulator")).arg("--version"));
    assert!(version.starts_with("kms-emulator "), "{version}");

    let bill: Value =
        serde_json::from_str(&fs::read_to_string(package(".cdx.json")).unwrap()).unwrap();
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["metadata"]["component"]["name"], "kms-emulator");
    let names: Vec<_> = bill["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| component["name"].as_str().unwrap())
        .collect();
    for linked in ["aws-lc-sys", "clap", "hyper", "sled"] {
        assert!(names.contains(&linked), "{linked}");
    }
    // A test's dependency, a feature's and a macro.
    for other in ["criterion", "aws-types", "serde_derive"] {
        assert!(!names.contains(&other), "{other}");
    }
}

/// A second build of all packages gives the same bytes.
fn same_bytes() {
    let sums = |folder: &Path| fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let first = sums(packages());
    let again = tempfile::tempdir().unwrap();
    build(again.path());
    assert_eq!(sums(again.path()), first);
}
