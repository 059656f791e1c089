//! The console: its source, its views in a real browser, and the calls that it shows as code.

use std::process::Command;

use libtest_mimic::Trial;

use crate::javascript::{BROWSER, NODE, node};
use crate::tool::{self, succeed, workshop};
use crate::{emulator, go, java, python};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("console::source", NODE, || run(&mut test("source"))),
        tool::trial("console::import", BROWSER, || run(&mut test("import"))),
        tool::trial("console::story", BROWSER, || run(&mut test("story"))),
        tool::trial("console::refusals", BROWSER, || run(&mut test("refusals"))),
        tool::trial("console::access", BROWSER, || run(&mut test("access"))),
        tool::trial("console::views", BROWSER, || run(&mut test("views"))),
        tool::trial("console::many", BROWSER, || run(&mut test("many"))),
        tool::trial("console::code", NODE, || run(&mut code("JavaScript,HTTP"))),
        tool::trial(
            "console::code_python_cli",
            &["node", "npm", "python3", "bash"],
            || run(code("Python,AWS CLI").env("CODE_PYTHON", python::programs())),
        ),
        tool::trial(
            "console::code_java",
            &["node", "npm", "mvn", "javac"],
            || run(code("Java").env("CODE_JAVA", java::class_path())),
        ),
        tool::trial("console::code_go", &["node", "npm", "go"], || {
            run(code("Go").env("CODE_GO", go::module()));
        }),
        tool::trial("console::code_rust", NODE, code_in_rust),
    ]
}

/// A file of tests. Pictures of all views are in the target folder. With `UPDATE=1`, those of the documentation
/// are made, too.
fn test(name: &str) -> Command {
    let mut node = node(&format!("console/{name}.test.mjs"));
    let root = emulator::root().join("emulator");
    node.env("KMS_EMULATOR", emulator::binary())
        .env("CONSOLE_SOURCE", root.join("console"))
        .env("CONSOLE_PICTURES", workshop("console"));
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        node.env("CONSOLE_DOCS", root.join("docs"));
    }
    node
}

/// Runs calls that the console shows, in these languages.
fn code(languages: &str) -> Command {
    let mut node = test("code");
    node.env("CODE", languages);
    node
}

/// The calls are a program of this package, so that Cargo compiles them.
fn code_in_rust() {
    let mut node = code("Rust");
    let file = emulator::root().join("client-tests/src/bin/calls/shown.rs");
    node.env("CODE_RUST", file)
        .env("CODE_RUST_PROGRAM", env!("CARGO_BIN_EXE_calls"));
    run(&mut node);
}

fn run(node: &mut Command) {
    let report = succeed(node);
    assert!(report.contains("\n# skipped 0\n"), "{report}");
}
