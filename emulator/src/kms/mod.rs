//! The service: it takes requests and returns replies.
//!
//! [`Kms::prepare`] reads and checks a request, and determines its cost. [`Prepared::submit`] runs
//! it. Both are synchronous and independent of HTTP and of any async runtime. Only the disk writes
//! are asynchronous.

mod authorize;
mod builder;
mod callers;
mod cost;
mod error;
#[cfg(feature = "server")]
mod inspect;
mod pending_reply;
mod prepared;
mod run;
mod signatures;
mod snapshot;
#[cfg(test)]
pub(crate) mod testing;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::auth::AuthMode;
use crate::clock::{Clock, Mode};
#[cfg(any(feature = "server", test))]
use crate::context::Due;
use crate::context::Services;
use crate::crypto::RngPosition;
use crate::error::Error;
use crate::fault::{Faults, Registry};
use crate::journal::{EventQuery, Events};
use crate::protocol::{Format, Reply, Request, Trace};
use crate::quota::Throttle;
use crate::scheduled::{self, Background};
use crate::seed::{self, Seed, SeedError, Seeded};
use crate::sigv4::SigningKeys;
use crate::store::StoreError;

pub use authorize::Permission;
pub use builder::KmsBuilder;
use callers::Callers;
pub use error::BuildError;
pub use pending_reply::PendingReply;
pub use prepared::Prepared;
use snapshot::Snapshots;
pub use snapshot::{Snapshot, SnapshotError};

/// A Key Management Service.
///
/// ```
/// use kms_emulator::{Kms, protocol::Request};
///
/// let kms = Kms::builder().build_temporary()?;
/// let reply = kms.handle(&Request::new("TrentService.CreateKey", br#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#));
/// assert_eq!(reply.status, 200);
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
pub struct Kms {
    pub(crate) services: Arc<Services>,
    pub(crate) throttle: Throttle,
    pub(crate) faults: Registry,
    snapshots: Snapshots,
    /// The thread that applies due changes.
    pub(crate) due_work: Background,
    seed: Seed,
    /// The state that a reset restores. If the store was not new, the first reset creates it.
    initial: OnceLock<Snapshot>,
    initial_clock: Mode,
    initial_transition_time: Duration,
    initial_random: Option<RngPosition>,
    signing_keys: SigningKeys,
    callers: Callers,
    /// Whether all requests go to one account and Region.
    one_location: bool,
}

impl Kms {
    /// A builder for a KMS with the system clock, for account `000000000000` in `us-east-1`.
    pub fn builder() -> KmsBuilder {
        KmsBuilder::new()
    }

    /// Answers a request. Waits for the disk if the request changed something, or has read a change
    /// that is not on disk yet.
    pub fn handle(&self, request: &Request<'_>) -> Reply {
        self.submit(request).wait()
    }

    /// Runs a request. Its changes are visible when this returns, and on disk when the reply is
    /// [durable](PendingReply::durable).
    pub fn submit(&self, request: &Request<'_>) -> PendingReply {
        self.prepare(request).submit(self)
    }

    /// Creates the keys, aliases, grants and identities of a seed. Existing keys, aliases and
    /// grants do not change. Identities are replaced.
    ///
    /// # Errors
    ///
    /// The seed is invalid; then nothing changes.
    pub fn seed(&self, seed: &Seed) -> Result<Seeded, SeedError> {
        let seeded = seed::apply(&self.services, seed)?;
        signatures::warn_about_signers(&self.services);
        Ok(seeded)
    }

    /// The Region of requests whose signature has no Region.
    pub fn region(&self) -> &str {
        self.services.location.region.as_str()
    }

    /// What is checked of callers.
    pub fn auth(&self) -> AuthMode {
        self.services.auth
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.services.clock
    }

    /// The faults, to list, add and remove them.
    pub fn faults(&self) -> Faults<'_> {
        Faults::new(&self.faults)
    }

    /// The events of the latest requests, and of all changes of keys that are due.
    pub fn events(&self) -> Events {
        self.finish_due_work();
        Events::new(self.services.journal.find(&EventQuery::default()))
    }

    /// Whether a change of a key is due.
    #[cfg(any(feature = "server", test))]
    pub(crate) fn has_due_work(&self) -> bool {
        Due::first(&self.services.store, self.services.clock.now()).is_some()
    }

    /// Applies all due changes of keys now, so that their events exist.
    pub(crate) fn finish_due_work(&self) {
        if let Err(error) = scheduled::run_due(&self.services, self.services.clock.now()) {
            tracing::error!("cannot apply scheduled changes: {error:?}");
        }
    }

    /// Fails if a write to the data folder failed. Then the records are those on disk, and further
    /// writes are rejected.
    ///
    /// # Errors
    ///
    /// The failure.
    pub fn check(&self) -> Result<(), StoreError> {
        self.services.store.check()
    }

    /// The number of keys in all accounts and Regions.
    pub fn key_count(&self) -> usize {
        self.services.store.count("key")
    }
}

impl fmt::Debug for Kms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Kms")
            .field("location", &self.services.location)
            .finish_non_exhaustive()
    }
}

impl Drop for Kms {
    fn drop(&mut self) {
        // Its thread must not hold the data folder any more.
        let _paused = self.due_work.pause();
        let Services {
            last_uses, store, ..
        } = &*self.services;
        if let Err(error) = last_uses.save_all(store) {
            tracing::warn!("cannot save the last uses of keys: {error}");
        }
    }
}

/// A reply with an error. Logs an internal error.
fn failure(request_id: String, error: &Error, trace: Trace, format: Format) -> Reply {
    if let Error::Internal(internal) = error {
        tracing::error!(request_id, "{}", internal.chain());
    }
    Reply::failure(request_id, error, trace, format)
}

#[cfg(test)]
mod tests;
