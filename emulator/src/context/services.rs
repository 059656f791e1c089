//! What all requests share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::consistency::ConsistencyDelay;
use super::custom_key_stores::has_external;
use super::last_use::LastUses;
use crate::api::Location;
use crate::attestation::Trust;
use crate::clock::Clock;
use crate::crypto::{Random, RsaKeyPool};
use crate::custom_key_store::Proxies;
use crate::instance_secret::InstanceSecret;
use crate::journal::Journal;
use crate::key::material_cache::MaterialCache;
use crate::quota::Quotas;
use crate::store::{Snapshot, Store, StoreError};

/// The store, the clock, the source of randomness, and what else requests share.
pub(crate) struct Services {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Clock>,
    pub(crate) random: Random,
    pub(crate) rsa_keys: RsaKeyPool,
    pub(crate) materials: MaterialCache,
    pub(crate) last_uses: LastUses,
    pub(crate) journal: Journal,
    pub(crate) consistency_delay: ConsistencyDelay,
    pub(crate) transition_time: Duration,
    pub(crate) quotas: Quotas,
    pub(crate) trust: Trust,
    pub(crate) proxies: Proxies,
    /// The account and Region of requests that name none.
    pub(crate) location: Location,
    instance_secret: RwLock<Arc<InstanceSecret>>,
    external_key_stores: AtomicBool,
}

/// What [`Services`] are built from.
pub(crate) struct ServicesConfig {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Clock>,
    pub(crate) random: Random,
    pub(crate) journal: Journal,
    pub(crate) consistency_delay: Duration,
    pub(crate) transition_time: Duration,
    pub(crate) quotas: Quotas,
    pub(crate) trust: Trust,
    pub(crate) proxies: Proxies,
    pub(crate) location: Location,
}

impl Services {
    /// # Errors
    ///
    /// The system has no randomness for the store's secret, or the record of the secret is damaged.
    pub(crate) fn new(config: ServicesConfig) -> Result<Self, StoreError> {
        let ServicesConfig {
            store,
            clock,
            random,
            journal,
            consistency_delay,
            transition_time,
            quotas,
            trust,
            proxies,
            location,
        } = config;
        let instance_secret = InstanceSecret::load(&store, &random)?;
        let external_key_stores = has_external(&store);
        Ok(Self {
            store,
            clock,
            random,
            rsa_keys: RsaKeyPool::default(),
            materials: MaterialCache::new(),
            last_uses: LastUses::default(),
            journal,
            consistency_delay: ConsistencyDelay::new(consistency_delay),
            transition_time,
            quotas,
            trust,
            proxies,
            location,
            instance_secret: RwLock::new(Arc::new(instance_secret)),
            external_key_stores: AtomicBool::new(external_key_stores),
        })
    }

    /// The secret that seals markers and tokens.
    pub(crate) fn instance_secret(&self) -> Arc<InstanceSecret> {
        let secret = self.instance_secret.read();
        Arc::clone(&secret.unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is, or was, an external key store.
    pub(crate) fn has_external_key_stores(&self) -> bool {
        self.external_key_stores.load(Ordering::Relaxed)
    }

    /// Notes that there is an external key store.
    pub(super) fn note_external_key_store(&self) {
        self.external_key_stores.store(true, Ordering::Relaxed);
    }

    /// Replaces all records, and drops everything that was derived from the old ones.
    ///
    /// # Errors
    ///
    /// The store takes no more writes; then nothing changes.
    pub(crate) fn replace_records(&self, records: &Snapshot) -> Result<(), StoreError> {
        self.store.replace(records)?;
        self.last_uses.clear();
        self.consistency_delay.clear();
        self.journal.clear();
        let external = has_external(&self.store);
        self.external_key_stores.store(external, Ordering::Relaxed);
        let secret = Arc::new(InstanceSecret::load(&self.store, &self.random)?);
        let current = self.instance_secret.write();
        *current.unwrap_or_else(PoisonError::into_inner) = secret;
        Ok(())
    }
}
