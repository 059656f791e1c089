//! Writes what the library contains: the golden cases, and the questions about permissions that AWS answered or documents,
//! in compressed files; and the console, without the comments in its scripts. A static program for Linux gets a part in C.

use std::error::Error;
#[cfg(feature = "server")]
use std::path::{Path, PathBuf};
#[cfg(feature = "server")]
use std::{env, fs};

/// The highest level that `miniz_oxide` has.
#[cfg(feature = "server")]
const LEVEL: u8 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    // Without the server, nothing reads them.
    #[cfg(feature = "server")]
    {
        pack("cases.zlib", &cases(&folder("cases"))?)?;
        pack("questions.zlib", &questions(&folder("questions"))?)?;
        write("console.rs", console(Path::new("console"))?.as_bytes())?;
    }
    #[cfg(feature = "cli")]
    if is_static_with_glibc() {
        link("src/static_glibc.c");
    }
    Ok(())
}

#[cfg(feature = "cli")]
fn is_static_with_glibc() -> bool {
    let target_has = |name: &str, value: &str| {
        env::var(name).is_ok_and(|values| values.split(',').any(|it| it == value))
    };
    target_has("CARGO_CFG_TARGET_OS", "linux")
        && target_has("CARGO_CFG_TARGET_ENV", "gnu")
        && target_has("CARGO_CFG_TARGET_FEATURE", "crt-static")
}

/// Adds an object file to the program. The linker drops a part of a library that nothing calls.
#[cfg(feature = "cli")]
fn link(source: &str) {
    println!("cargo::rerun-if-changed={source}");
    for object in cc::Build::new().file(source).compile_intermediates() {
        println!("cargo::rustc-link-arg-bins={}", object.display());
    }
}

/// The folder is a link in the repository, and a folder in a package. Git on Windows may write a link as a file.
#[cfg(feature = "server")]
fn folder(name: &str) -> PathBuf {
    let inside = PathBuf::from(name);
    let folder = if inside.is_dir() {
        inside
    } else {
        let target = if name == "questions" {
            "authorization"
        } else {
            name
        };
        Path::new("..").join("fixtures").join(target)
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    folder
}

#[cfg(feature = "server")]
fn pack(name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), LEVEL);
    write(name, &packed)
}

#[cfg(feature = "server")]
fn write(name: &str, content: &[u8]) -> Result<(), Box<dyn Error>> {
    fs::write(Path::new(&env::var("OUT_DIR")?).join(name), content)?;
    Ok(())
}

/// A JSON object: `Operation/name` -> the content of the file.
#[cfg(feature = "server")]
fn cases(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut members = Vec::new();
    for operation in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let operation = operation?.path();
        for file in fs::read_dir(&operation)? {
            let file = file?.path();
            let stem = |path: &Path| Some(path.file_stem()?.to_str()?.to_owned());
            let name = stem(&operation)
                .zip(stem(&file))
                .ok_or_else(|| format!("not UTF-8: {}", file.display()))?;
            let text = fs::read_to_string(&file)?;
            members.push(format!("\"{}/{}\":{}", name.0, name.1, text.trim()));
        }
    }
    // The same cases give the same bytes.
    members.sort();
    Ok(format!("{{{}}}", members.join(",")))
}

/// The lines about KMS.
#[cfg(feature = "server")]
fn questions(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut lines = String::new();
    for name in ["kms.jsonl", "kms-recorded.jsonl"] {
        let file = folder.join(name);
        lines += &fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    Ok(lines)
}

/// A Rust expression: the names of the files that a browser gets, and their contents.
#[cfg(feature = "server")]
fn console(folder: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for prefix in ["", "vendor/", "views/"] {
        for entry in fs::read_dir(folder.join(prefix))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| is_served(name)) else {
                continue;
            };
            let text = fs::read_to_string(&path)?;
            let is_script = path.extension().is_some_and(|it| it == "mjs");
            let is_own_script = is_script && prefix != "vendor/";
            let content = if is_own_script {
                without_comments(&text)
            } else {
                text
            };
            files.push(format!("({:?}, {content:?})", format!("{prefix}{name}")));
        }
    }
    files.sort();
    Ok(format!("&[{}]", files.join(",\n")))
}

/// The folder also has type declarations and licences, which no page loads.
#[cfg(feature = "server")]
fn is_served(name: &str) -> bool {
    [".css", ".mjs", ".txt"]
        .iter()
        .any(|extension| name.ends_with(extension))
}

/// Drops the lines that are only a comment. A seventh of the console are types and docs, which a browser does not need.
#[cfg(feature = "server")]
fn without_comments(script: &str) -> String {
    let mut code = String::new();
    let mut in_comment = false;
    for line in script.lines() {
        let text = line.trim();
        if in_comment
            || (text.starts_with("/**") && text.find("*/").is_none_or(|end| end + 2 == text.len()))
        {
            in_comment = !text.ends_with("*/");
        } else if !text.starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}
