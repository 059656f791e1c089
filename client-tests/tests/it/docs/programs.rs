//! Runs the programs and tests of a page, except for those in shell.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::fences::Fence;
use crate::emulator::{self, Emulator};
use crate::tool;
use crate::{go, java, javascript, python};

/// The command that runs a fence, in a folder of its own.
pub(super) fn command(
    page: &str,
    fence: &Fence,
    text: &str,
    folder: &Path,
    emulator: &Emulator,
) -> Command {
    let name = format!("{page}_{}", fence.line);
    let is_compiled_only = fence
        .mark
        .as_deref()
        .is_some_and(|mark| mark.starts_with("compiled"));
    let mut command = match fence.language.as_str() {
        "python" => python_program(text, folder),
        "js" => javascript_program(&name, text),
        "java" if is_compiled_only => java::compile(&write(folder, &java_file(text), text)),
        "java" => java::run_source(&write(folder, &java_file(text), text)),
        "go" => go_program(&name, text),
        "rust" => {
            let mut program = Command::new(env!("CARGO_BIN_EXE_docs"));
            program.arg(name);
            program
        }
        other => panic!("{name}: no way to run {other}"),
    };
    tool::aws_environment(&mut command);
    command
        .env("AWS_ENDPOINT_URL_KMS", emulator.endpoint_url())
        .env("KMS_EMULATOR", emulator::binary());
    command
}

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
}

/// A program, or a test with the plugin for pytest.
fn python_program(text: &str, folder: &Path) -> Command {
    let mut python = python::pytest();
    if text.contains("\ndef test_") {
        write(folder, "test_docs.py", text);
        python.arg("-q");
    } else {
        let package = python::package().join("src");
        python = Command::new(python::programs().join("python"));
        python
            .arg(write(folder, "program.py", text))
            .env("PYTHONPATH", package)
            .env("PYTHONDONTWRITEBYTECODE", "1");
    }
    python.current_dir(folder);
    python
}

/// A program, or a test for Vitest. Node.js finds packages from the file's own folder.
fn javascript_program(name: &str, text: &str) -> Command {
    let folder = javascript::packages().join("docs").join(name);
    fs::create_dir_all(&folder).unwrap();
    if text.contains("from 'vitest'") {
        write(&folder, "docs.test.mjs", text);
        let mut vitest = Command::new("npx");
        vitest.current_dir(javascript::packages());
        vitest.args(["vitest", "run", "--root"]).arg(folder);
        vitest
    } else {
        let mut node = Command::new("node");
        node.arg(write(&folder, "program.mjs", text));
        node
    }
}

/// Java requires the name of the public class as the name of the file.
fn java_file(text: &str) -> String {
    let (_, rest) = text.split_once("class ").expect("a class");
    format!("{}.java", rest.split_whitespace().next().unwrap())
}

/// A program, or a test with the helper for `TestMain`.
fn go_program(name: &str, text: &str) -> Command {
    let package = format!("./docs/{name}");
    let folder = go::module().join(&package);
    fs::create_dir_all(&folder).unwrap();
    let mut go = Command::new("go");
    go.current_dir(go::module());
    if text.contains("\nfunc Test") {
        write(&folder, "docs_test.go", text);
        go.args(["test", "-count=1", &package]);
    } else {
        write(&folder, "main.go", text);
        go.args(["run", &package]);
    }
    go
}
