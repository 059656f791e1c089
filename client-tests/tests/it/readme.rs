//! The README's examples, run as they stand there, but for the address.

use std::fs;
use std::process::Command;

use libtest_mimic::Trial;

use crate::emulator::{self, Emulator};
use crate::tool::{self, succeed};
use crate::{javascript, python};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("readme::test_double", &["bash", "curl"], test_double),
        tool::trial("readme::cli", &["bash", "openssl", "python3"], cli),
        tool::trial("readme::python", &["python3"], python),
        tool::trial("readme::javascript", &["node", "npm"], javascript),
    ]
}

/// The blocks of a language that follow a heading, up to the next one.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    let readme = fs::read_to_string(emulator::root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("\n{heading}\n")).expect(heading);
    let level = if heading.starts_with('#') {
        "\n## "
    } else {
        "\n**"
    };
    let section = rest.split(level).next().unwrap();
    let fence = format!("```{language}\n");
    let blocks = section.split(&fence).skip(1);
    let blocks: Vec<_> = blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect();
    assert!(!blocks.is_empty(), "{heading} has no {language}");
    blocks
}

fn shell(script: &str, emulator: &Emulator, path: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let script = script.replace("http://127.0.0.1:4599", emulator.endpoint_url());
    let mut bash = Command::new("bash");
    bash.current_dir(&folder)
        .args(["-euo", "pipefail", "-c", &script]);
    tool::aws_environment(&mut bash);
    bash.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    if let Some(path) = path {
        bash.env("PATH", path);
    }
    succeed(&mut bash);
}

fn test_double() {
    shell(
        &blocks("## As a test double", "sh").concat(),
        &Emulator::start(),
        None,
    );
}

fn cli() {
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", python::programs().display());
    shell(
        &blocks("**AWS CLI**", "sh").concat(),
        &Emulator::start(),
        Some(&path),
    );
}

fn python() {
    let emulator = Emulator::start();
    let mut python = Command::new(python::programs().join("python"));
    python.args(["-c", &blocks("**Python**", "python").concat()]);
    tool::aws_environment(&mut python);
    python.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    succeed(&mut python);
}

fn javascript() {
    let emulator = Emulator::start();
    let file = javascript::packages().join("readme.mjs");
    fs::write(&file, blocks("**JavaScript**", "js").concat()).unwrap();
    let mut node = Command::new("node");
    node.arg(&file);
    tool::aws_environment(&mut node);
    node.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    succeed(&mut node);
}
