//! The project's texts use the terms of AWS, Rust, HTTP and cryptography. Some words come up only
//! where a sentence avoids the term.

use std::fs;
use std::path::Path;

use crate::repository;

/// As halves, so that this file passes its own test.
const FORBIDDEN: &[(&str, &str)] = &[
    ("age", "nda"),
    ("any", "body"),
    ("fore", "told"),
    ("no", "body"),
    ("some", "body"),
    ("spa", "res"),
    ("to", "ld"),
    ("wan", "ted"),
    ("who", "ever"),
];

const EXTENSIONS: &[&str] = &["go", "java", "md", "mjs", "py", "rs", "sh", "yaml"];

/// Folders without texts of the project. The cases quote AWS.
const SKIPPED: &[&str] = &[
    ".git",
    ".venv",
    "__pycache__",
    "fixtures/cases",
    "node_modules",
    "target",
];

/// Lines that may have such a word: the file, and a part of the line.
const EXCEPTIONS: &[(&str, &str)] = &[
    // The prefix of record names on disk.
    ("emulator/src/context/records.rs", concat!("age", "nda/")),
    ("emulator/src/state/mod.rs", concat!("\"age", "nda\"")),
    ("emulator/src/state/tests.rs", concat!("age", "nda/1")),
];

#[test]
fn texts_use_plain_terms() {
    let forbidden: Vec<_> = FORBIDDEN
        .iter()
        .map(|(head, tail)| format!("{head}{tail}"))
        .collect();
    let mut found = Vec::new();
    each_text(repository(), &mut |file, text| {
        let file = file.strip_prefix(repository()).unwrap().to_str().unwrap();
        let file = file.replace('\\', "/");
        for (index, line) in text.lines().enumerate() {
            let is_exception = EXCEPTIONS
                .iter()
                .any(|(name, part)| *name == file && line.contains(part));
            let words = line.split(|letter: char| !letter.is_alphabetic());
            for word in words.map(str::to_lowercase) {
                if forbidden.contains(&word) && !is_exception {
                    found.push(format!("{file}:{}: {word}", index + 1));
                }
            }
        }
    });
    assert!(found.is_empty(), "{} words: {found:#?}", found.len());
}

fn each_text(folder: &Path, take: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if SKIPPED.iter().any(|skipped| path.ends_with(skipped)) {
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            each_text(&path, take);
        } else if extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
            take(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
