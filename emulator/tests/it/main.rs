//! Integration tests: the binary, its socket and its data folder.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod allocations;
mod arguments;
mod auth;
mod client;
mod command;
mod control;
mod cors;
#[cfg(target_os = "linux")]
mod cost;
mod crash;
mod drop_in;
#[cfg(target_os = "linux")]
mod durability;
mod enum_texts;
mod fairness;
mod folder;
mod help;
mod https;
mod in_process;
mod limits;
mod linearizable;
mod process;
mod reason;
mod replicas;
mod seed;
mod server;
mod shadow;
mod verify;
mod welcome;
mod wrong_service;
