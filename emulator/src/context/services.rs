//! The services that all requests share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::consistency::ConsistencyDelay;
use super::last_use::LastUses;
use super::permissions::Permissions;
use super::records::{self, IndexedKey};
use crate::api::Location;
use crate::attestation::Trust;
use crate::auth::{Account, AuthMode, Identity, ManagedPolicyRecord, Principal};
use crate::clock::Clock;
use crate::crypto::{Random, RsaKeyPool};
use crate::custom_key_store::{KeyStoreKind, Proxies, StoreRecord};
use crate::grant::Grant;
use crate::iam::Policies;
use crate::instance_secret::InstanceSecret;
use crate::journal::Journal;
use crate::key::KeyRecord;
use crate::key::material_cache::MaterialCache;
use crate::quota::Quotas;
use crate::store::{Bytes, Decoded, Receipt, Snapshot, Store, StoreError, record};

/// The store, the clock, the random number generator, and all other shared services.
pub(crate) struct Services {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Clock>,
    pub(crate) random: Random,
    pub(crate) rsa_keys: RsaKeyPool,
    pub(crate) materials: MaterialCache,
    pub(crate) decoded: DecodedRecords,
    pub(crate) policies: Policies,
    pub(super) permissions: Permissions,
    pub(crate) last_uses: LastUses,
    pub(crate) journal: Journal,
    pub(crate) consistency_delay: ConsistencyDelay,
    transition_time: Mutex<Duration>,
    pub(crate) quotas: Quotas,
    pub(crate) auth: AuthMode,
    pub(crate) trust: Trust,
    pub(crate) proxies: Proxies,
    /// Whether tags and routes of other emulators have their meaning.
    pub(crate) drop_in: bool,
    /// The default account and Region of requests.
    pub(crate) location: Location,
    instance_secret: RwLock<Arc<InstanceSecret>>,
    external_key_stores: AtomicBool,
}

/// The decoded records of recent requests.
#[derive(Default)]
pub(crate) struct DecodedRecords {
    pub(crate) keys: Decoded<KeyRecord>,
    /// The keys of materials.
    pub(crate) owners: Decoded<IndexedKey>,
    pub(crate) grants: Decoded<Grant>,
    pub(crate) identities: Decoded<Identity>,
    pub(crate) principals: Decoded<Principal>,
    pub(crate) managed_policies: Decoded<ManagedPolicyRecord>,
    pub(crate) accounts: Decoded<Account>,
}

/// The parts and settings of [`Services`].
pub(crate) struct ServicesConfig {
    pub(crate) store: Store,
    pub(crate) clock: Arc<Clock>,
    pub(crate) random: Random,
    pub(crate) journal: Journal,
    pub(crate) consistency_delay: Duration,
    pub(crate) transition_time: Duration,
    pub(crate) quotas: Quotas,
    pub(crate) auth: AuthMode,
    pub(crate) trust: Trust,
    pub(crate) proxies: Proxies,
    pub(crate) drop_in: bool,
    pub(crate) location: Location,
}

impl Services {
    /// # Errors
    ///
    /// The system's random number generator fails, or the record of the instance secret is damaged.
    pub(crate) fn new(config: ServicesConfig) -> Result<Self, StoreError> {
        let ServicesConfig {
            store,
            clock,
            random,
            journal,
            consistency_delay,
            transition_time,
            quotas,
            auth,
            trust,
            proxies,
            drop_in,
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
            decoded: DecodedRecords::default(),
            policies: Policies::default(),
            permissions: Permissions::default(),
            last_uses: LastUses::default(),
            journal,
            consistency_delay: ConsistencyDelay::new(consistency_delay),
            transition_time: Mutex::new(transition_time),
            quotas,
            auth,
            trust,
            proxies,
            drop_in,
            location,
            instance_secret: RwLock::new(Arc::new(instance_secret)),
            external_key_stores: AtomicBool::new(external_key_stores),
        })
    }

    /// The identity of an access key.
    ///
    /// # Errors
    ///
    /// Internal: its record is damaged.
    pub(crate) fn identity(
        &self,
        access_key_id: &str,
    ) -> Result<Option<Arc<Identity>>, StoreError> {
        Identity::find(&self.store, &self.decoded.identities, access_key_id)
    }

    /// The record of the identity of an access key, and its name.
    pub(crate) fn identity_record(&self, access_key_id: &str) -> (String, Option<Bytes>) {
        let name = Identity::record_name(access_key_id);
        let record = self.store.get(&name);
        (name, record)
    }

    /// The secret that seals markers and tokens.
    pub(crate) fn instance_secret(&self) -> Arc<InstanceSecret> {
        let secret = self.instance_secret.read();
        Arc::clone(&secret.unwrap_or_else(PoisonError::into_inner))
    }

    /// How long the changes take that AWS makes in the background.
    pub(crate) fn transition_time(&self) -> Duration {
        let time = self.transition_time.lock();
        *time.unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets how long background changes take that start from now on.
    pub(crate) fn set_transition_time(&self, new: Duration) {
        let time = self.transition_time.lock();
        *time.unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// Whether an external key store exists or existed.
    pub(crate) fn has_external_key_stores(&self) -> bool {
        self.external_key_stores.load(Ordering::Relaxed)
    }

    /// Records that an external key store exists.
    pub(super) fn set_external_key_store(&self) {
        self.external_key_stores.store(true, Ordering::Relaxed);
    }

    /// Replaces all records, and clears all state that is derived from records.
    ///
    /// # Errors
    ///
    /// The store rejects writes; then nothing changes. If the receipt fails, the records are the old
    /// ones, and [`reload`](Self::reload) follows.
    pub(crate) fn replace_records(&self, records: &Snapshot) -> Result<Receipt, StoreError> {
        let receipt = self.store.replace(records)?;
        self.reload()?;
        Ok(receipt)
    }

    /// Clears all state that is derived from records, after all of them were replaced.
    ///
    /// # Errors
    ///
    /// The store rejects writes, or the record of the instance secret is damaged.
    pub(crate) fn reload(&self) -> Result<(), StoreError> {
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

/// Whether an external key store exists, in any account and Region.
fn has_external(store: &Store) -> bool {
    let mut found = false;
    store.scan(records::CUSTOM_KEY_STORES, None, |name, bytes| {
        // An unreadable record may be an external key store.
        found = record::decode::<StoreRecord>(name, bytes).map_or(true, |record| {
            matches!(record.kind, KeyStoreKind::External(_))
        });
        !found
    });
    found
}
