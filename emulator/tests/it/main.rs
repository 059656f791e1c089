//! The emulator from outside: its binary, its socket, its data folder.

mod client;
mod command;
mod crash;
mod folder;
mod process;
mod server;
