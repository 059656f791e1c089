//! Tests of the rules in the documents. They need only the source tree.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cases;
mod floors;
mod libraries;
mod package;
mod readme;
mod source;
mod words;

use std::path::Path;

/// The folder of the crate.
fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The root of the repository.
fn repository() -> &'static Path {
    crate_folder().parent().unwrap()
}
