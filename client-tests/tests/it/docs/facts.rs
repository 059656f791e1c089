//! Facts on the pages, compared with the emulator.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::Value;

use super::{pages, stem};
use crate::tool::{self, succeed};
use crate::{emulator, python};

pub(super) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 3] = [
        ("lists_every_operation", lists_every_operation),
        ("is_in_the_crate_docs", is_in_the_crate_docs),
        ("links_to_existing_files", links_to_existing_files),
    ];
    let needs = &["python3", "bash", "curl", "base64"];
    let recording = tool::trial(
        "docs::shows_a_real_recording",
        needs,
        shows_a_real_recording,
    );
    let tests = tests.map(|(name, test)| {
        Trial::test(format!("docs::{name}"), move || {
            test();
            Ok(())
        })
    });
    tests.into_iter().chain([recording]).collect()
}

/// The README's picture equals a new recording. `UPDATE=1` writes the new one.
fn shows_a_real_recording() {
    let path = std::env::var("PATH").unwrap();
    let mut record = Command::new("python3");
    record
        .arg(emulator::root().join("client-tests/recording/record.py"))
        .env("PATH", format!("{}:{path}", python::programs().display()))
        .env("KMS_EMULATOR", emulator::binary());
    let (recorded, file) = (succeed(&mut record), "emulator/docs/recording.svg");
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        fs::write(emulator::root().join(file), recorded).unwrap();
    } else {
        assert!(
            recorded == read(file),
            "{file} is out of date; UPDATE=1 writes a new one"
        );
    }
}

fn read(file: &str) -> String {
    fs::read_to_string(emulator::root().join(file)).unwrap()
}

fn lists_every_operation() {
    let model: Value = serde_json::from_str(&read("emulator/model/kms.json")).unwrap();
    let model: BTreeSet<_> = model["operations"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let page = read("emulator/docs/fidelity.md");
    let (_, section) = page.split_once("\n## Operations\n").unwrap();
    let rows = section
        .lines()
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with('|'));
    let listed: Vec<_> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), model);
    assert_eq!(listed.len(), model.len(), "an operation is listed twice");
}

fn is_in_the_crate_docs() {
    let (library, readme) = (read("emulator/src/docs.rs"), read("README.md"));
    for page in pages().iter().filter(|page| stem(page) != "README") {
        let name = stem(page);
        assert!(
            library.contains(&format!("include_str!(\"../docs/{name}.md\")")),
            "{name}"
        );
        assert!(
            readme.contains(&format!("(emulator/docs/{name}.md)")),
            "{name}"
        );
    }
}

fn links_to_existing_files() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let inline = text
            .split("](")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap());
        let defined = text
            .lines()
            .filter(|line| line.starts_with('['))
            .filter_map(|line| line.split_once("]: ").map(|(_, target)| target));
        for target in inline.chain(defined) {
            if target.starts_with("http") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked = if file.is_empty() {
                page.clone()
            } else {
                page.with_file_name(file)
            };
            assert!(linked.exists(), "{}: {target}", page.display());
            let headings = fs::read_to_string(&linked).unwrap_or_default();
            let is_heading = |line: &str| line.starts_with('#') && anchor_of(line) == anchor;
            assert!(
                anchor.is_empty() || headings.lines().any(is_heading),
                "{}: {target}",
                page.display()
            );
        }
    }
}

/// The anchor that a heading gets.
fn anchor_of(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}
