//! The README and the pages of `emulator/docs`. The tests run every command and every program in them, and
//! compare the output with the page.
//!
//! A block of `sh` that only starts `kms-emulator` starts an emulator with those options; the blocks
//! after it use that one. `…` in an output stands for any text. A block that is not run has a comment
//! `<!-- not run: WHY -->` above it, one that fails `<!-- fails -->`.

mod facts;
pub(crate) mod fences;
mod programs;
mod session;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;

use self::fences::{Fence, fences};
use self::session::Session;
use crate::emulator::{self, Emulator};
use crate::tool::{self, run};
use crate::{javascript, python};

/// Languages whose blocks are run, with the programs that they need.
const LANGUAGES: [(&str, &[&str]); 6] = [
    ("sh", &["bash", "curl", "openssl", "python3", "node", "npm"]),
    ("python", &["python3"]),
    ("js", &["node", "npm"]),
    ("java", &["mvn", "java", "javac"]),
    ("go", &["go"]),
    ("rust", &[]),
];

/// The address that the pages name.
const ADDRESS: &str = "127.0.0.1:4599";

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = facts::trials();
    trials.push(Trial::test(
        "docs::every_block_is_run_or_says_why_not",
        || {
            every_block_is_run_or_says_why_not();
            Ok(())
        },
    ));
    for page in pages() {
        for (language, needs) in LANGUAGES {
            let blocks = fences(&fs::read_to_string(&page).unwrap());
            if !blocks
                .iter()
                .any(|fence| fence.language == language && runs(fence))
            {
                continue;
            }
            let (page, name) = (page.clone(), format!("docs::{}::{language}", stem(&page)));
            trials.push(tool::trial(&name, needs, move || {
                run_page(&page, language);
            }));
        }
    }
    trials
}

fn pages() -> Vec<PathBuf> {
    let folder = emulator::root().join("emulator/docs");
    let mut pages: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(emulator::root().join("README.md"));
    pages
}

fn stem(page: &Path) -> &str {
    page.file_stem().unwrap().to_str().unwrap()
}

/// Tests in Rust run as `tests/docs.rs`.
fn runs(fence: &Fence) -> bool {
    let is_marked = fence
        .mark
        .as_deref()
        .is_some_and(|mark| mark.starts_with("not run"));
    let is_rust_test = fence.language == "rust" && !fence.text.contains("fn main()");
    !is_marked && !is_rust_test
}

/// Prints the blocks that are not run.
fn every_block_is_run_or_says_why_not() {
    for page in pages() {
        for fence in fences(&fs::read_to_string(&page).unwrap()) {
            let location = format!("{}:{}", stem(&page), fence.line);
            match fence.mark.as_deref() {
                None | Some("fails") => {
                    let is_run = LANGUAGES.iter().any(|(name, _)| *name == fence.language);
                    assert!(is_run, "{location}: not run, and nothing says why");
                }
                Some(mark) => {
                    let why = ["not run: ", "compiled, not run: "]
                        .iter()
                        .find_map(|start| mark.strip_prefix(start));
                    assert!(why.is_some_and(|why| why.len() > 10), "{location}: {mark}");
                    println!("{location}: {mark}");
                }
            }
        }
    }
}

/// Runs the blocks of one language.
fn run_page(page: &Path, language: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut emulator = Emulator::start();
    let mut session = None;
    let mut is_announced = false;
    for fence in fences(&fs::read_to_string(page).unwrap()) {
        if !runs(&fence) {
            continue;
        }
        let location = format!("{}:{}", page.display(), fence.line);
        let output = if fence.language != language {
            continue;
        } else if let Some(options) = start_options(&fence) {
            emulator = Emulator::start_in(folder.path(), &options);
            is_announced = false;
            emulator.ready_line().to_owned()
        } else if language == "sh" {
            let session = session.get_or_insert_with(|| {
                Session::start(|bash| shell_environment(bash, folder.path()))
            });
            if !is_announced {
                session.export("AWS_ENDPOINT_URL_KMS", emulator.endpoint_url());
                is_announced = true;
            }
            session.run(&fence, &addressed(&fence.text, &emulator))
        } else {
            let text = addressed(&fence.text, &emulator);
            let mut program =
                programs::command(stem(page), &fence, &text, folder.path(), &emulator);
            let done = run(&mut program);
            let printed = String::from_utf8_lossy(&done.stdout).into_owned();
            let errors = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{location}: {printed}\n{errors}");
            printed
        };
        if let Some(expected) = &fence.output {
            let printed = output.replace(emulator.address(), ADDRESS);
            assert!(
                matches(expected.trim(), printed.trim()),
                "{location} prints\n{printed}\nand not\n{expected}"
            );
        }
    }
}

/// The options, if the block only starts an emulator.
fn start_options(fence: &Fence) -> Option<Vec<&str>> {
    let command = fence.text.trim();
    if fence.language != "sh" || command.contains('\n') {
        return None;
    }
    let options = command
        .strip_prefix("cargo run --release --")
        .or_else(|| command.strip_prefix("kms-emulator"));
    if command == "cargo run --release" {
        return Some(Vec::new());
    }
    // Every emulator of the tests is temporary.
    let options = options?
        .split_whitespace()
        .filter(|option| *option != "--temporary");
    let options: Vec<_> = options.collect();
    let serves = options.first().is_none_or(|first| first.starts_with("--"));
    (serves && !options.contains(&"--help")).then_some(options)
}

fn addressed(text: &str, emulator: &Emulator) -> String {
    text.replace(ADDRESS, emulator.address()).replace(
        "path/to/simulated-kms",
        &emulator::root().display().to_string(),
    )
}

/// A folder with the emulator, the AWS CLI and Python's packages on the PATH, and Node.js's packages.
fn shell_environment(bash: &mut Command, folder: &Path) {
    let programs = folder.join(".programs");
    fs::create_dir(&programs).unwrap();
    symlink(emulator::binary(), programs.join("kms-emulator")).unwrap();
    symlink(
        javascript::packages().join("node_modules"),
        folder.join("node_modules"),
    )
    .unwrap();
    let path = std::env::var("PATH").unwrap();
    let python = python::programs().display();
    bash.current_dir(folder)
        .env("PATH", format!("{}:{python}:{path}", programs.display()))
        .env("HOME", folder)
        .env("AWS_PAGER", "");
    tool::aws_environment(bash);
}

/// Whether a text matches the expected one, in which `…` stands for any text.
pub(crate) fn matches(expected: &str, text: &str) -> bool {
    let mut pieces = expected.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let pieces: Vec<_> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in middle {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
