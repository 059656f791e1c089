//! The Rust tests of the README and of `emulator/docs`.

#![expect(
    clippy::duration_suboptimal_units,
    reason = "the examples also compile with the oldest Rust that the emulator supports"
)]

include!(concat!(env!("OUT_DIR"), "/tests.rs"));
