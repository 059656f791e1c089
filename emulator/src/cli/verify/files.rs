//! Cases in a folder: `<Operation>/<name>.json`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cases::Named;

/// The cases of a folder, sorted by name.
pub(super) fn read(folder: &Path) -> Result<Vec<Named>, String> {
    let mut cases = Vec::new();
    for operation in list(folder)? {
        if !operation.is_dir() {
            continue;
        }
        for file in list(&operation)? {
            if file.extension().is_none_or(|it| it != "json") {
                continue;
            }
            let text = fs::read_to_string(&file);
            let text = text.map_err(|why| format!("{}: {why}", file.display()))?;
            let parts = [operation.file_name(), file.file_stem()];
            let parts = parts.map(|part| part.unwrap_or_default().to_string_lossy());
            cases.push(Named::parse(&parts.join("/"), &text)?);
        }
    }
    Ok(cases)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).and_then(|entries| {
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect::<Result<Vec<_>, std::io::Error>>()
    });
    let mut paths = entries.map_err(|why| format!("{}: {why}", folder.display()))?;
    paths.sort();
    Ok(paths)
}
