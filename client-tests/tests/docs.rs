//! The Rust tests of the README and of `emulator/docs`.

#![expect(clippy::unwrap_used, reason = "a test of the docs fails so")]

include!(concat!(env!("OUT_DIR"), "/tests.rs"));
