//! Simulated KMS: a local AWS Key Management Service for development and tests.
//!
//! This library runs KMS inside a test. The program `kms-emulator` serves it over HTTP, for clients in every language.
//! It is not for production: keys are stored unencrypted. By default, requests are not authenticated.
//!
//! # Install
//!
//! The crate is not on crates.io yet:
//!
//! ```toml
//! [dev-dependencies]
//! kms-emulator = { git = "https://github.com/simulated-kms/simulated-kms", features = ["aws-sdk"] }
//! ```
//!
//! A test that needs no socket compiles fewer crates with `default-features = false, features = ["aws-sdk"]`, and
//! starts its emulator with [`EmulatorBuilder::without_listener`].
//!
//! # A first test
//!
//! Start an emulator, give the AWS SDK its configuration, and call KMS:
//!
#![cfg_attr(all(feature = "aws-sdk", feature = "server"), doc = "```")]
#![cfg_attr(not(all(feature = "aws-sdk", feature = "server")), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let kms = kms_emulator::Emulator::start().await?;
//! let client = aws_sdk_kms::Client::new(&kms.sdk_config());
//! let key = client.create_key().send().await?;
//! # assert!(key.key_metadata.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! Each test can start its own emulator, and tests can run in parallel. Dropping an [`Emulator`] releases its thread,
//! its port and its memory.
//!
//! # Move the clock
//!
//! Deletion, rotation and expiry follow the clock immediately:
//!
#![cfg_attr(all(feature = "aws-sdk", feature = "server"), doc = "```")]
#![cfg_attr(not(all(feature = "aws-sdk", feature = "server")), doc = "```ignore")]
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let kms = kms_emulator::Emulator::start().await?;
//! # let client = aws_sdk_kms::Client::new(&kms.sdk_config());
//! # let created = client.create_key().send().await?;
//! # let key = created.key_metadata.ok_or("no metadata")?.key_id;
//! client.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await?;
//! kms.clock().advance(Duration::from_secs(8 * 24 * 60 * 60));
//! assert!(client.describe_key().key_id(&key).send().await.is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # Inject faults and inspect calls
//!
#![cfg_attr(all(feature = "aws-sdk", feature = "server"), doc = "```")]
#![cfg_attr(not(all(feature = "aws-sdk", feature = "server")), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let kms = kms_emulator::Emulator::start().await?;
//! # let client = aws_sdk_kms::Client::new(&kms.sdk_config());
//! kms.faults().on("ListKeys").times(1).throttle();
//! client.list_keys().send().await?;
//! assert_eq!(kms.events().of("ListKeys").count(), 2); // The SDK retried.
//! # Ok(())
//! # }
//! ```
//!
//! # Start with keys
//!
//! A [seed](seed::Seed) in YAML or JSON creates keys, aliases, grants and identities. Key material that is derived
//! from a text is the same on every machine:
//!
#![cfg_attr(all(feature = "aws-sdk", feature = "server"), doc = "```")]
#![cfg_attr(not(all(feature = "aws-sdk", feature = "server")), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let kms = kms_emulator::Emulator::start().await?;
//! # let client = aws_sdk_kms::Client::new(&kms.sdk_config());
//! kms.seed("keys: [{alias: alias/orders, material: {seed: orders}}]")?;
//! client.describe_key().key_id("alias/orders").send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | Feature | Adds |
//! | --- | --- |
//! | `aws-sdk` | `Emulator::sdk_config` for the AWS SDK for Rust; it needs no socket |
//! | `server` | HTTP, HTTPS and the control plane |
//! | `cli` (default) | the program `kms-emulator`; includes `server` |
//!
//! Without features, [`Kms`] takes the bytes of a request and returns the bytes of the reply.
//!
//! # More
//!
#![cfg_attr(
    doc,
    doc = "The [pages of the documentation](docs) answer one question each: [options](docs::options), \
           [clients](docs::clients), [control plane](docs::control_plane), [fidelity](docs::fidelity), \
           [troubleshooting](docs::troubleshooting) and others."
)]
//! `ARCHITECTURE.md` in the crate describes the modules and the reasons for the design.

mod alias;
mod api;
pub mod attestation;
mod auth;
mod authorization;
#[cfg(feature = "server")]
pub mod cases;
pub mod clock;
mod constraint;
mod context;
#[cfg(feature = "server")]
mod coverage;
mod crypto;
mod custom_key_store;
#[cfg(all(doc, not(doctest)))]
pub mod docs;
mod error;
pub mod fault;
mod folder;
#[cfg(any(test, fuzzing))]
#[doc(hidden)] // for the fuzzers only
pub mod fuzzing;
mod grant;
mod hex;
mod iam;
mod import;
mod instance_secret;
mod journal;
mod key;
mod kms;
mod model;
mod one_or_many;
mod operation;
mod outgoing;
mod page;
pub mod protocol;
mod question;
mod quota;
mod recipient;
#[cfg(feature = "server")]
#[cfg_attr(
    not(feature = "cli"),
    expect(
        dead_code,
        unused_imports,
        reason = "only the command line names a remote endpoint"
    )
)]
mod remote;
mod scheduled;
pub mod seed;
#[cfg(feature = "server")]
#[cfg_attr(
    not(feature = "cli"),
    expect(dead_code, reason = "only the command line names an upstream")
)]
mod shadow;
mod sigv4;
mod state;
mod store;
mod sts;
mod tag;
#[cfg(feature = "cli")]
mod verify;

#[cfg(feature = "cli")]
#[doc(hidden)] // for the binary only
pub mod cli;
mod emulator;
#[cfg(feature = "server")]
pub mod server;

pub use auth::AuthMode;
pub use emulator::{Emulator, EmulatorBuilder, StartError};
pub use journal::{Event, Events};
pub use kms::{
    BuildError, Kms, KmsBuilder, PendingReply, Permission, Prepared, Snapshot, SnapshotError,
};
pub use operation::Cost;
pub use question::{QuestionError, authorize};
pub use quota::Quotas;
pub use state::StateError;
pub use store::StoreError;
