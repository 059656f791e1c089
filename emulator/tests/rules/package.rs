//! The published crate contains the licences and every file that its code and tests read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use crate::crate_folder;

/// The files that `cargo package` packs, relative to the crate.
fn packed() -> BTreeSet<String> {
    let mut list = Command::new(std::env::var("CARGO").unwrap());
    list.current_dir(crate_folder());
    list.args(["package", "--list", "--allow-dirty", "--offline"]);
    let output = list.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let files = String::from_utf8(output.stdout).unwrap();
    files.lines().map(|file| file.replace('\\', "/")).collect()
}

#[test]
fn licences_and_documents_are_packed() {
    let packed = packed();
    for file in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        assert!(packed.contains(file), "{file}");
    }
    for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let [inside, outside] = [
            crate_folder().join(file),
            crate_folder().join("..").join(file),
        ];
        assert_eq!(
            fs::read_to_string(inside).unwrap(),
            fs::read_to_string(outside).unwrap(),
            "{file}"
        );
    }
}

#[test]
fn included_files_are_packed() {
    let packed = packed();
    let mut missing = BTreeSet::new();
    for file in packed.iter().filter(|file| is_rust(file)) {
        let text = fs::read_to_string(crate_folder().join(file)).unwrap();
        for included in included_files(&text) {
            let path = normal(&Path::new(file).parent().unwrap().join(included));
            if path.is_none_or(|path| !packed.contains(&path)) {
                missing.insert(format!("{file} includes {included}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn is_rust(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// The paths in `include_str!` and `include_bytes!`.
fn included_files(text: &str) -> impl Iterator<Item = &str> {
    ["include_str!(\"", "include_bytes!(\""]
        .into_iter()
        .flat_map(|start| text.split(start).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

/// Files that are read at run time.
#[test]
fn packed_code_reads_nothing_outside_the_crate() {
    let outside = concat!("\"..", "/");
    for file in packed().iter().filter(|file| is_rust(file)) {
        let text = fs::read_to_string(crate_folder().join(file)).unwrap();
        let found = text
            .lines()
            .find(|line| line.contains(outside) && !line.contains("include_"));
        assert_eq!(found, None, "{file}");
    }
}

/// A path without `..`; `None` if it is outside of the crate.
fn normal(path: &Path) -> Option<String> {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                if !parts.pop() {
                    return None;
                }
            }
            other => parts.push(other),
        }
    }
    Some(parts.to_str()?.replace('\\', "/"))
}
