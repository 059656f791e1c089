//! Simulated KMS: a local AWS Key Management Service, for development and tests.
//!
//! Real clients of `aws-sdk-kms` talk to it over HTTP (the `kms-emulator` binary, see the README);
//! this library is the same service without a socket.
//!
//! # The way of a request
//!
//! ```text
//! socket ─ server        reads a head and a body under limits of size and time
//!            │ protocol::Request
//!            ▼
//! kms.rs     1 protocol  "TrentService.Sign" -> an operation of the model, or UnknownOperation
//!            2 auth      the credential scope -> account, Region, identity
//!            3 fault     whether one is set that hits it, whatever its key
//!            4 protocol  bytes -> a JSON object, or SerializationException
//!            5 constraint  the object against AWS's model -> all violations, together
//!            6 operation input typed; key found; usage, state, algorithm checked; done
//!            7 fault     whether one is set that hits its key; then nothing is kept
//!            8 store     one batch
//!            9 journal   a record of it, as CloudTrail's
//!            ▼
//! protocol::Reply, sent when the batch is on the disk, with what a fault does to the connection
//! ```
//!
//! # Where things are
//!
//! | module | what |
//! | --- | --- |
//! | `kms`, `context` | the way above; what an operation is given |
//! | `operation` | one file an operation, and the table of them |
//! | `key`, `alias`, `tag`, `grant`, `import`, `page` | the things of KMS and their rules |
//! | `Emulator` | a KMS for one test, with or without a socket |
//! | `fault`, `journal` | requests that fail on purpose; events |
//! | `seed`, `state` | keys that are there from the start; all that there is, as a file |
//! | `scheduled` | what happens to keys by themselves, when the clock says so |
//! | `quota` | how much there may be, and how often one may ask |
//! | `custom_key_store` | stores outside KMS, and the client of external key store proxies |
//! | `attestation`, `recipient` | enclaves that show who they are, and get secrets sealed |
//! | `crypto` | the only user of cryptography libraries, TLS aside |
//! | `model`, `constraint` | AWS's own limits, and the walk that applies them |
//! | `error` | exceptions, and every sentence of KMS |
//! | `protocol`, `auth` | awsJson1.1 without HTTP; who asks |
//! | `seed` | what is there from the start, read from files |
//! | `store` | records in memory, written through sled; the only user of sled |
//! | `clock` | the only reader of the time |
//! | `server`, `cli` | HTTP, HTTPS and the command line (feature `server`) |
//!
//! # Decisions
//!
//! - **State is a function of a record and the time.** No timer changes anything; moving a
//!   [`Clock`](clock::Clock) takes effect at once. What has to be made when its time has
//!   come, as the material of a rotation, is scheduled, and each request first does what is due.
//! - **The core is synchronous.** Bodies are small and the work is computing; only waiting for the
//!   disk and the socket is asynchronous, and stays outside.
//! - **Limits are data.** They come from AWS's model; where KMS was seen to differ, a small list of
//!   observations wins.
//! - **A temporary store has no database.** Reads come from memory anyway, so sled's own temporary
//!   mode would only add files and time.

mod alias;
mod api;
pub mod attestation;
mod auth;
pub mod clock;
mod constraint;
mod context;
mod crypto;
mod custom_key_store;
mod error;
pub mod fault;
mod folder;
mod grant;
mod hex;
mod import;
mod instance_secret;
mod journal;
mod key;
mod kms;
mod model;
mod one_or_many;
mod operation;
mod page;
pub mod protocol;
mod quota;
mod recipient;
mod scheduled;
pub mod seed;
mod state;
mod store;
mod tag;

#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
mod emulator;
#[cfg(feature = "server")]
pub mod server;

#[cfg(feature = "server")]
pub use emulator::{Emulator, EmulatorBuilder, StartError};
pub use journal::{Event, Events};
pub use kms::{BuildError, Kms, KmsBuilder, PendingReply, Prepared, Snapshot, SnapshotError};
pub use operation::Cost;
pub use quota::Quotas;
pub use state::StateError;
pub use store::StoreError;
