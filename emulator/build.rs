//! Packs the golden cases into one compressed file, which the library contains.

use std::error::Error;
#[cfg(feature = "server")]
use std::path::Path;
#[cfg(feature = "server")]
use std::{env, fs};

/// The highest level that `miniz_oxide` has.
#[cfg(feature = "server")]
const LEVEL: u8 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    // Without the server, nothing reads the cases.
    #[cfg(feature = "server")]
    pack_cases()?;
    Ok(())
}

#[cfg(feature = "server")]
fn pack_cases() -> Result<(), Box<dyn Error>> {
    // `cases` is a link in the repository, and a folder in a package. Git on Windows may write a link as a file.
    let inside = Path::new("cases").to_owned();
    let folder = if inside.is_dir() {
        inside
    } else {
        Path::new("..").join("fixtures").join("cases")
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(joined(&folder)?.as_bytes(), LEVEL);
    fs::write(Path::new(&env::var("OUT_DIR")?).join("cases.zlib"), packed)?;
    Ok(())
}

/// A JSON object: `Operation/name` -> the content of the file.
#[cfg(feature = "server")]
fn joined(folder: &Path) -> Result<String, Box<dyn Error>> {
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
