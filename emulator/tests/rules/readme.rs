//! Facts in the documents match their sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::{crate_folder, repository};

/// The README and the pages beside the crate, by path.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = fs::read_dir(crate_folder().join("docs"));
    let docs = docs
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    [repository().join("README.md")]
        .into_iter()
        .chain(docs)
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

/// The texts between backticks in the rows of all tables whose header begins with `title`.
#[cfg(feature = "server")]
fn table(title: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in pages() {
        let mut inside = false;
        for line in text.lines() {
            inside = line.starts_with('|') && (inside || line.starts_with(&format!("| {title} |")));
            if inside {
                found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
            }
        }
    }
    found
}

/// The first word of each text that begins with a prefix.
#[cfg(feature = "server")]
fn beginning_with(prefix: &str, texts: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let words = texts.into_iter().filter_map(|text| {
        let word = text.split([' ', ',', '=', ']', '[']).next()?;
        word.starts_with(prefix).then(|| word.to_owned())
    });
    words.collect()
}

#[cfg(feature = "server")]
#[test]
fn options_and_variables_are_documented() {
    use std::process::Command;

    let mut help = Command::new(env!("CARGO_BIN_EXE_kms-emulator"));
    let out = help.args(["serve", "--help"]).output().unwrap().stdout;
    let out = String::from_utf8(out).unwrap();
    let tokens: Vec<_> = out.split_whitespace().map(str::to_owned).collect();

    let mut options = beginning_with("--", tokens.clone());
    options.retain(|option| option != "--help" && option != "--version");
    let rows = table("Option");
    assert_eq!(beginning_with("--", rows.clone()), options);
    assert_eq!(beginning_with("KMS_", rows), beginning_with("KMS_", tokens));
}

#[test]
fn golden_cases_are_counted() {
    let mut counts = [0; 4];
    for folder in fs::read_dir(repository().join("fixtures/cases")).unwrap() {
        for case in fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = fs::read_to_string(case.unwrap().path()).unwrap();
            let case: Value = serde_json::from_str(&text).unwrap();
            let evidence = case["source"]["evidence"].as_str().unwrap();
            let kinds = ["recorded", "documented", "inferred"];
            counts[0] += 1;
            counts[1 + kinds.iter().position(|kind| *kind == evidence).unwrap()] += 1;
        }
    }
    let [all, recorded, documented, inferred] = counts;
    let expected = format!(
        "| Golden cases | recorded | documented | inferred |\n| --- | --- | --- | --- |\n\
         | {all} | {recorded} | {documented} | {inferred} |\n"
    );
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let sentence = format!("{all} golden cases, {recorded} recorded from AWS");
    assert!(readme.contains(&sentence), "{sentence}");
    let tables: Vec<_> = pages()
        .into_iter()
        .filter(|(_, text)| text.contains("| Golden cases |"))
        .collect();
    assert!(!tables.is_empty(), "no page counts the cases");
    for (page, text) in tables {
        assert!(text.contains(&expected), "{}: {expected}", page.display());
    }
}

#[test]
fn readme_and_ci_have_the_rust_version() {
    let manifest = fs::read_to_string(crate_folder().join("Cargo.toml")).unwrap();
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
        .expect("rust-version");
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    assert!(readme.contains(&format!("Rust {version}")), "{version}");
    let ci = fs::read_to_string(repository().join(".github/workflows/ci.yml")).unwrap();
    assert!(ci.contains(&format!("cargo +{version} check --package kms-emulator")));
}
