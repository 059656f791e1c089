//! The service: it takes requests and returns replies.
//!
//! [`Kms::prepare`] reads and checks a request, and determines its cost. [`Prepared::submit`] runs
//! it. Both are synchronous and independent of HTTP and of any async runtime. Only the disk writes
//! are asynchronous.

mod builder;
mod error;
mod prepared;
mod snapshot;
#[cfg(test)]
pub(crate) mod testing;

use std::fmt;
use std::sync::OnceLock;

use crate::clock::{Clock, Mode};
use crate::context::Services;
use crate::crypto::RngPosition;
use crate::error::Error;
use crate::fault::{Faults, Registry};
use crate::journal::{EventQuery, Events};
use crate::protocol::{Reply, Request, Trace};
use crate::quota::Throttle;
use crate::seed::{self, Seed, SeedError, Seeded};

pub use builder::KmsBuilder;
pub use error::BuildError;
pub use prepared::{PendingReply, Prepared};
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
    pub(crate) services: Services,
    pub(crate) throttle: Throttle,
    pub(crate) faults: Registry,
    snapshots: Snapshots,
    seed: Seed,
    /// The state that a reset restores. If the store was not new, the first reset creates it.
    initial: OnceLock<Snapshot>,
    initial_clock: Mode,
    initial_random: Option<RngPosition>,
    /// Whether all requests go to one account and Region.
    one_location: bool,
}

impl Kms {
    /// A builder for a KMS with the system clock, for account `000000000000` in `us-east-1`.
    pub fn builder() -> KmsBuilder {
        KmsBuilder::new()
    }

    /// Answers a request. Waits for the disk if the request changed something.
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
        seed::apply(&self.services, seed)
    }

    /// The Region of requests whose signature has no Region.
    pub fn region(&self) -> &str {
        self.services.location.region.as_str()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.services.clock
    }

    /// The faults, to list, add and remove them.
    pub fn faults(&self) -> Faults<'_> {
        Faults::new(&self.faults)
    }

    /// The events of the latest requests.
    pub fn events(&self) -> Events {
        Events::new(self.services.journal.find(&EventQuery::default()))
    }

    /// Why the data folder takes no more writes.
    #[cfg(feature = "server")]
    pub(crate) fn write_failure(&self) -> Option<crate::store::StoreError> {
        self.services.store.check().err()
    }

    /// The number of keys in all accounts and Regions.
    pub fn key_count(&self) -> usize {
        let mut keys = 0;
        self.services.store.scan("key/", None, |_, _| {
            keys += 1;
            true
        });
        keys
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
        let Services {
            last_uses, store, ..
        } = &self.services;
        if let Err(error) = last_uses.save_all(store) {
            tracing::warn!("cannot save the last uses of keys: {error}");
        }
    }
}

/// A reply with an error. Logs an internal error.
fn failure(request_id: String, error: &Error, trace: Trace) -> Reply {
    if let Error::Internal(internal) = error {
        tracing::error!(request_id, "{}", internal.chain());
    }
    Reply::failure(request_id, error, trace)
}

#[cfg(test)]
mod tests;
