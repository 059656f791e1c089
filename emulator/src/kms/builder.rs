//! How a KMS is made.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use super::Kms;
use super::snapshot::Snapshots;
use crate::api::{AccountId, Location, Region};
use crate::attestation::Trust;
use crate::clock::Clock;
use crate::context::consistency::Lag;
use crate::crypto::{Random, Spares};
use crate::custom_key_store::{self, Proxies};
use crate::fault::Plan;
use crate::instance_secret::InstanceSecret;
use crate::journal::{self, Journal};
use crate::key::last_use::LastUses;
use crate::key::material_cache::MaterialCache;
use crate::quota::{Quotas, Throttle};
use crate::seed::Seed;
use crate::store::{Store, StoreError};

/// How a [`Kms`] is made: [`Kms::builder`].
pub struct Builder {
    clock: Arc<Clock>,
    account: Option<AccountId>,
    region: Option<Region>,
    one_location: Option<bool>,
    seed: Seed,
    random: Random,
    trust: Trust,
    transition_time: Duration,
    quotas: Quotas,
    xks_connect_to: BTreeMap<String, String>,
    xks_ca: Option<Vec<u8>>,
    events: usize,
    event_log: Option<File>,
    consistency_delay: Duration,
}

impl Builder {
    /// What nobody has told yet.
    pub(super) fn new() -> Self {
        Self {
            clock: Arc::new(Clock::real()),
            account: None,
            region: None,
            one_location: None,
            seed: Seed::default(),
            random: Random::System,
            trust: Trust::OwnRoot,
            transition_time: Duration::ZERO,
            quotas: Quotas::None,
            xks_connect_to: BTreeMap::new(),
            xks_ca: None,
            events: journal::MOST,
            event_log: None,
            consistency_delay: Duration::ZERO,
        }
    }

    /// The clock to go by.
    #[must_use]
    pub fn clock(self, clock: Arc<Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The account of requests whose access key id is not one itself. `None` if `account` is not
    /// 12 digits.
    pub fn account(mut self, account: &str) -> Option<Self> {
        self.account = Some(AccountId::parse(account)?);
        Some(self)
    }

    /// The Region of requests that are not signed for one. `None` if `region` has not the form
    /// of a Region.
    pub fn region(mut self, region: &str) -> Option<Self> {
        self.region = Some(Region::parse(region)?);
        Some(self)
    }

    pub(super) fn in_location(self, location: &Location) -> Self {
        Self {
            account: Some(location.account.clone()),
            region: Some(location.region.clone()),
            ..self
        }
    }

    /// Whether every request goes to the one account and Region that are told here, whatever it is
    /// signed for. Without this, only where a seed of local-kms is given, which works so.
    #[must_use]
    pub fn one_location(self, one_location: bool) -> Self {
        Self {
            one_location: Some(one_location),
            ..self
        }
    }

    /// Keys, aliases and identities that are to be there from the start; with those of earlier
    /// calls. With a seed of local-kms among them, the account and the Region are local-kms's own,
    /// `111122223333` and `eu-west-2`, unless told otherwise.
    #[must_use]
    pub fn with_seed(mut self, seed: Seed) -> Self {
        self.seed = self.seed.and(seed);
        self
    }

    /// Draws all randomness from a generator that a text starts: a test that makes the same calls
    /// again gets the same ids, keys, ciphertexts and signatures, byte by byte, as long as the clock
    /// shows the same. Whoever knows the text can compute them. RSA keys take longer than usual.
    #[must_use]
    pub fn deterministic(self, text: &str) -> Self {
        Self {
            random: Random::seeded(text),
            ..self
        }
    }

    /// Whose attestation documents are believed, in the member `Recipient`; without this, those of
    /// the emulator's own root.
    #[must_use]
    pub fn trust(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// How long a change takes that real KMS does in the background: a replica is `Creating`, two
    /// keys are `Updating` while they change places, a rotation on demand is under way. Without
    /// this, no time at all.
    #[must_use]
    pub fn transition_time(self, transition_time: Duration) -> Self {
        Self {
            transition_time,
            ..self
        }
    }

    /// Which quotas to keep; without this, none.
    #[must_use]
    pub fn quotas(self, quotas: Quotas) -> Self {
        Self { quotas, ..self }
    }

    /// Where the proxy of an external key store is really found whose endpoint is
    /// `https://` and `host`: `http://127.0.0.1:8443`, or the like with `https`. Requests are signed
    /// for `host` all the same. `None` if `url` is not of that form.
    pub fn xks_connect_to(mut self, host: &str, url: &str) -> Option<Self> {
        let url = url.strip_suffix('/').unwrap_or(url);
        let place = url
            .strip_prefix("http://")
            .or_else(|| url.strip_prefix("https://"))?;
        if host.is_empty() || place.is_empty() || place.contains(['/', '?', '#', '@']) {
            return None;
        }
        self.xks_connect_to.insert(host.to_owned(), url.to_owned());
        Some(self)
    }

    /// The certificates, in PEM, that vouch for proxies of external key stores; without this,
    /// Mozilla's. `None` if there is none in it.
    pub fn xks_ca(mut self, pem: &[u8]) -> Option<Self> {
        if !Proxies::is_ca(pem) {
            return None;
        }
        self.xks_ca = Some(pem.to_vec());
        Some(self)
    }

    /// How long new keys, changes of a key, aliases, grants, tags and policies take to be seen by
    /// requests that only read. Without this, no time at all.
    #[must_use]
    pub fn consistency_delay(self, consistency_delay: Duration) -> Self {
        Self {
            consistency_delay,
            ..self
        }
    }

    /// The most events to remember; without this, 10,000. With 0, none.
    #[must_use]
    pub fn events(self, most: usize) -> Self {
        Self {
            events: most,
            ..self
        }
    }

    /// A file to which each event is appended, as one line of JSON.
    #[must_use]
    pub fn event_log(self, file: File) -> Self {
        Self {
            event_log: Some(file),
            ..self
        }
    }

    /// A KMS that keeps its keys in memory and nowhere else.
    ///
    /// # Errors
    ///
    /// If the system has no randomness, or the seed is wrong.
    pub fn build_temporary(self) -> Result<Kms, StoreError> {
        self.build(Store::temporary())
    }

    /// A KMS that keeps its keys in a folder.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used, or the seed is wrong; nothing in it is changed then.
    pub fn open(self, folder: &Path) -> Result<Kms, StoreError> {
        self.build(Store::open(folder)?)
    }

    fn build(self, store: Store) -> Result<Kms, StoreError> {
        let Self {
            clock,
            account,
            region,
            one_location,
            seed,
            random,
            trust,
            transition_time,
            quotas,
            xks_connect_to,
            xks_ca,
            events,
            event_log,
            consistency_delay,
        } = self;
        let default = seed.default_location();
        let location = Location {
            account: account.unwrap_or(default.account),
            region: region.unwrap_or(default.region),
        };
        let proxies = Proxies::new(xks_ca.as_deref(), xks_connect_to);
        let proxies = proxies.ok_or_else(|| StoreError::record("xks-ca", "no certificate"))?;
        let is_new = store.is_empty();
        let random_at_start = random.save();
        let external_stores = AtomicBool::new(custom_key_store::has_external(&store));
        let instance_secret = RwLock::new(Arc::new(InstanceSecret::of(&store, &random)?));
        let mut kms = Kms {
            store,
            beginning: OnceLock::new(),
            seed: Seed::default(),
            clock_at_start: clock.setting(),
            random_at_start,
            clock,
            materials: MaterialCache::new(),
            instance_secret,
            random,
            trust,
            spares: Spares::default(),
            last_uses: LastUses::default(),
            transition_time,
            lag: Lag::new(consistency_delay),
            quotas,
            throttle: Throttle::default(),
            proxies,
            external_stores,
            faults: Plan::default(),
            journal: Journal::new(events, event_log),
            snapshots: Snapshots::default(),
            location,
            one_location: one_location.unwrap_or(seed.is_of_local_kms()),
        };
        kms.sow(seed).map_err(StoreError::seed)?;
        if is_new {
            kms.begin_here();
        }
        Ok(kms)
    }
}
