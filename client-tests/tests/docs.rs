//! The Rust tests of the README and of `emulator/docs`.

include!(concat!(env!("OUT_DIR"), "/tests.rs"));
