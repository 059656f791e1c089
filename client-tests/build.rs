//! Compiles the Rust code of the README and of `emulator/docs`: a program becomes a part of the binary
//! `docs`, a test a part of `tests/docs.rs`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a build script that fails stops the build"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "tests/it/docs/fences.rs"]
mod fences;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = root.join("emulator/docs");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(root.join("README.md"));
    pages.sort();

    let (mut programs, mut tests, mut names) = (String::new(), String::new(), String::new());
    for page in pages {
        println!("cargo::rerun-if-changed={}", page.display());
        let text = fs::read_to_string(&page).unwrap();
        let stem = page.file_stem().unwrap().to_str().unwrap();
        for fence in fences::fences(&text) {
            if fence.language != "rust" || fence.mark.is_some() {
                continue;
            }
            let name = format!("{stem}_{}", fence.line);
            let module = name.to_lowercase().replace('-', "_");
            let code = fence.text.replace(
                "\"http://127.0.0.1:4599\"",
                "std::env::var(\"AWS_ENDPOINT_URL_KMS\").unwrap_or_default()",
            );
            if code.contains("fn main()") {
                let run = "pub(crate) fn run() -> ExitCode { main().report() }";
                let uses = "use std::process::{ExitCode, Termination as _};";
                writeln!(programs, "mod {module} {{ {uses}\n{code}\n{run} }}").unwrap();
                writeln!(names, "{name:?} => Some({module}::run()),").unwrap();
            } else if code.contains("test]") {
                writeln!(tests, "mod {module} {{\n{code}\n}}").unwrap();
            } else {
                panic!(
                    "{}:{}: neither a program nor a test",
                    page.display(),
                    fence.line
                );
            }
        }
    }
    let run = "pub(crate) fn run(name: &str) -> Option<std::process::ExitCode>";
    writeln!(programs, "{run} {{ match name {{ {names} _ => None }} }}").unwrap();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    fs::write(out.join("programs.rs"), programs).unwrap();
    fs::write(out.join("tests.rs"), tests).unwrap();
}
