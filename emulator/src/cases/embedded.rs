//! The cases in the program, which `build.rs` packed.

use std::collections::BTreeMap;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde_json::value::RawValue;

use super::Named;

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cases.zlib"));

/// More than all cases have.
const MAX_LENGTH: usize = 64 << 20;

/// All golden cases, sorted by name.
///
/// # Errors
///
/// The text says which case cannot be read.
pub fn embedded() -> Result<Vec<Named>, String> {
    let json = decompress_to_vec_zlib_with_limit(PACKED, MAX_LENGTH).map_err(|e| e.to_string())?;
    let files: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&json).map_err(|e| e.to_string())?;
    files
        .into_iter()
        .map(|(name, file)| Named::parse(&name, file.get()))
        .collect()
}
