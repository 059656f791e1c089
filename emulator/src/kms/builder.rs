//! The builder of a [`Kms`].

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::Kms;
use super::callers::Callers;
use super::error::BuildError;
use super::signatures;
use super::snapshot::Snapshots;
use crate::api::{AccountId, Location, Region};
use crate::attestation::Trust;
use crate::auth::AuthMode;
use crate::clock::Clock;
use crate::context::{Services, ServicesConfig};
use crate::crypto::Random;
use crate::custom_key_store::{Proxies, proxy_address};
use crate::fault::Registry;
use crate::journal::{DEFAULT_MAX_EVENTS, Journal};
use crate::quota::{Quotas, Throttle};
use crate::scheduled::Background;
use crate::seed::{self, Seed};
use crate::sigv4::SigningKeys;
use crate::store::Store;

/// The builder of a [`Kms`], from [`Kms::builder`]. Setters accept any value; [`open`](Self::open)
/// and [`build_temporary`](Self::build_temporary) report invalid ones.
///
/// ```
/// use kms_emulator::Kms;
///
/// let kms = Kms::builder()
///     .account("111122223333")
///     .region("eu-west-1")
///     .build_temporary()?;
/// assert_eq!(kms.region(), "eu-west-1");
///
/// let error = Kms::builder().region("Europe").build_temporary().unwrap_err();
/// assert_eq!(error.to_string(), "invalid Region \"Europe\": expected a name such as eu-west-1");
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[must_use]
pub struct KmsBuilder {
    clock: Arc<Clock>,
    account: Option<String>,
    region: Option<String>,
    one_location: Option<bool>,
    seed: Seed,
    random: Random,
    trust: Trust,
    transition_time: Duration,
    quotas: Quotas,
    auth: AuthMode,
    xks_connect_to: BTreeMap<String, String>,
    xks_ca: Option<Vec<u8>>,
    events: usize,
    event_log: Option<File>,
    consistency_delay: Duration,
    drop_in: bool,
}

impl KmsBuilder {
    pub(super) fn new() -> Self {
        Self {
            clock: Arc::new(Clock::system()),
            account: None,
            region: None,
            one_location: None,
            seed: Seed::default(),
            random: Random::System,
            trust: Trust::OwnRoot,
            transition_time: Duration::ZERO,
            quotas: Quotas::None,
            auth: AuthMode::None,
            xks_connect_to: BTreeMap::new(),
            xks_ca: None,
            events: DEFAULT_MAX_EVENTS,
            event_log: None,
            consistency_delay: Duration::ZERO,
            drop_in: true,
        }
    }

    /// The clock. Default: the system clock.
    pub fn clock(self, clock: impl Into<Arc<Clock>>) -> Self {
        Self {
            clock: clock.into(),
            ..self
        }
    }

    /// The account, 12 digits, of requests whose access key id is not an account id. Default:
    /// `000000000000`.
    pub fn account(self, account: impl Into<String>) -> Self {
        Self {
            account: Some(account.into()),
            ..self
        }
    }

    /// The Region of requests whose signature has no Region. Default: `us-east-1`.
    pub fn region(self, region: impl Into<String>) -> Self {
        Self {
            region: Some(region.into()),
            ..self
        }
    }

    pub(super) fn in_location(self, location: &Location) -> Self {
        self.account(location.account.as_str())
            .region(location.region.as_str())
    }

    /// Whether all requests use the account and Region of this builder, and ignore those of the
    /// signature. Default: only with a seed in the format of local-kms, which does the same.
    pub fn one_location(self, one_location: bool) -> Self {
        Self {
            one_location: Some(one_location),
            ..self
        }
    }

    /// Adds initial keys, aliases, grants and identities. With a seed in the format of local-kms,
    /// the default account and Region are those of local-kms, `111122223333` and `eu-west-2`.
    pub fn seed(self, seed: Seed) -> Self {
        Self {
            seed: self.seed.and(seed),
            ..self
        }
    }

    /// Uses a random number generator with this seed. The same requests at the same times of the
    /// clock return the same ids, keys, ciphertexts and signatures, byte for byte. Anyone who knows
    /// the text can compute the keys. RSA keys take longer to generate.
    pub fn deterministic(self, text: &str) -> Self {
        Self {
            random: Random::seeded(text),
            ..self
        }
    }

    /// The root of trust for the attestation documents of `Recipient`. Default: the emulator's own
    /// root.
    pub fn trust(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The duration of changes that real KMS makes in the background: a replica is `Creating`, keys
    /// are `Updating` while their primary Region changes, an on-demand rotation is in progress.
    /// Default: 0.
    pub fn transition_time(self, transition_time: Duration) -> Self {
        Self {
            transition_time,
            ..self
        }
    }

    /// The quotas that apply. Default: [`Quotas::None`].
    pub fn quotas(self, quotas: Quotas) -> Self {
        Self { quotas, ..self }
    }

    /// What is checked of callers. Default: [`AuthMode::None`].
    pub fn auth(self, auth: AuthMode) -> Self {
        Self { auth, ..self }
    }

    /// The address, such as `http://127.0.0.1:8443`, of the external key store proxy with the
    /// endpoint `https://` and `host`. Requests are still signed for `host`.
    pub fn xks_connect_to(mut self, host: impl Into<String>, url: impl Into<String>) -> Self {
        self.xks_connect_to.insert(host.into(), url.into());
        self
    }

    /// The CA certificates, in PEM, of external key store proxies. Default: the root certificates
    /// of Mozilla.
    pub fn xks_ca(self, pem: impl Into<Vec<u8>>) -> Self {
        Self {
            xks_ca: Some(pem.into()),
            ..self
        }
    }

    /// The delay until read requests see changes of keys, aliases, grants, tags and policies.
    /// Default: 0.
    pub fn consistency_delay(self, consistency_delay: Duration) -> Self {
        Self {
            consistency_delay,
            ..self
        }
    }

    /// Whether the emulator understands what scripts for LocalStack, Floci and moto send: tags that choose
    /// the id and the material of a new key (`_custom_id_`, `_custom_key_material_`, `floci:override-id`),
    /// and routes such as `/_localstack/health` and `/moto-api/reset`. Default: yes.
    pub fn drop_in(self, drop_in: bool) -> Self {
        Self { drop_in, ..self }
    }

    /// The maximum number of events to keep. Default: 10,000. With 0, no events are kept.
    pub fn events(self, max_events: usize) -> Self {
        Self {
            events: max_events,
            ..self
        }
    }

    /// A file to append each event to, as one line of JSON.
    pub fn event_log(self, file: File) -> Self {
        Self {
            event_log: Some(file),
            ..self
        }
    }

    /// Builds a KMS that keeps its keys in memory only.
    ///
    /// # Errors
    ///
    /// A value of the builder or the seed is invalid, or the system's random number generator
    /// fails.
    pub fn build_temporary(self) -> Result<Kms, BuildError> {
        self.build(Store::temporary())
    }

    /// Builds a KMS that keeps its keys in a folder.
    ///
    /// # Errors
    ///
    /// A value of the builder or the seed is invalid, or the folder cannot be used. The folder is
    /// not changed then.
    pub fn open(self, folder: &Path) -> Result<Kms, BuildError> {
        let store = Store::open(folder)?;
        self.build(store)
    }

    fn build(self, store: Store) -> Result<Kms, BuildError> {
        let location = self.location()?;
        let proxies = self.proxies()?;
        let Self {
            clock,
            one_location,
            seed,
            random,
            trust,
            transition_time,
            quotas,
            auth,
            events,
            event_log,
            consistency_delay,
            drop_in,
            ..
        } = self;
        let is_new = store.is_empty();
        let initial_clock = clock.mode();
        let initial_random = random.position();
        let services = Arc::new(Services::new(ServicesConfig {
            store,
            clock,
            random,
            journal: Journal::new(events, event_log),
            consistency_delay,
            transition_time,
            quotas,
            auth,
            trust,
            proxies,
            drop_in,
            location,
        })?);
        seed::apply(&services, &seed)?;
        signatures::warn_about_signers(&services);
        let kms = Kms {
            services,
            throttle: Throttle::default(),
            faults: Registry::default(),
            snapshots: Snapshots::default(),
            due_work: Background::default(),
            signing_keys: SigningKeys::default(),
            callers: Callers::default(),
            one_location: one_location.unwrap_or(seed.is_local_kms()),
            seed,
            initial: OnceLock::new(),
            initial_clock,
            initial_transition_time: transition_time,
            initial_random,
        };
        if is_new {
            kms.mark_initial();
        }
        Ok(kms)
    }

    fn location(&self) -> Result<Location, BuildError> {
        let mut location = self.seed.default_location();
        if let Some(account) = &self.account {
            let invalid = || BuildError::Account {
                account: account.clone(),
            };
            location.account = AccountId::parse(account).ok_or_else(invalid)?;
        }
        if let Some(region) = &self.region {
            let invalid = || BuildError::Region {
                region: region.clone(),
            };
            location.region = Region::parse(region).ok_or_else(invalid)?;
        }
        Ok(location)
    }

    fn proxies(&self) -> Result<Proxies, BuildError> {
        let mut connect_to = BTreeMap::new();
        for (host, url) in &self.xks_connect_to {
            let invalid = || BuildError::XksConnectTo {
                host: host.clone(),
                url: url.clone(),
            };
            let address = proxy_address(host, url).ok_or_else(invalid)?;
            connect_to.insert(host.clone(), address.to_owned());
        }
        Proxies::new(self.xks_ca.as_deref(), connect_to).ok_or(BuildError::XksCa)
    }
}

impl fmt::Debug for KmsBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KmsBuilder")
            .field("account", &self.account)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
