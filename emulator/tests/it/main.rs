//! The emulator from outside: its binary, its socket, its data folder.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect fails"
)]

mod arguments;
mod client;
mod command;
mod control;
mod cors;
mod crash;
mod folder;
mod help;
mod https;
mod process;
mod seed;
mod server;
