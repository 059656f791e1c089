//! What an earlier version wrote stays readable: state files, data folders and seeds, and the ciphertexts,
//! signatures and tokens that were made with them.
//!
//! A fixture is never changed. A new format gets a new fixture, and the tests of the earlier ones stay.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod data_folder;
mod seed;
mod state;

use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

fn fixture(name: &str) -> String {
    fs::read_to_string(fixtures().join(name)).unwrap()
}
