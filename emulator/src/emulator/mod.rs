//! A KMS for one test: started in a moment, gone when it is dropped.

#[cfg(feature = "server")]
mod listener;
#[cfg(feature = "aws-sdk")]
mod sdk;

use std::fmt;
use std::io;
use std::sync::Arc;

#[cfg(feature = "server")]
use listener::Listener;

use crate::clock::Clock;
use crate::fault::Faults;
use crate::seed::{Seed, SeedError, Seeded};
use crate::{BuildError, Events, Kms, KmsBuilder, Snapshot, StoreError};

/// A KMS of one's own, that keeps nothing: on a port that the system chooses, or without any.
///
/// It has a thread and a runtime of its own, so it serves whatever runtime a test is in, and none
/// at all. Dropped, it leaves nothing behind: no thread, no file, no port.
///
/// ```
/// use kms_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let kms = Emulator::start().await?;
/// println!("AWS_ENDPOINT_URL={}", kms.endpoint_url());
/// // … what is to be tested …
/// assert_eq!(kms.events().of("Sign").count(), 0);
/// # Ok(())
/// # }
/// ```
///
/// With the feature `aws-sdk`, it also gives the AWS SDK for Rust its configuration, and an HTTP
/// client that needs no socket.
pub struct Emulator {
    kms: Arc<Kms>,
    #[cfg(feature = "server")]
    listener: Option<Listener>,
}

/// Builds an [`Emulator`]: [`Emulator::builder`].
#[derive(Debug)]
pub struct EmulatorBuilder {
    kms: KmsBuilder,
    #[cfg(feature = "server")]
    listens: bool,
}

/// Why an [`Emulator`] does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The KMS cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The system has no free port, or starts no thread.
    #[error("cannot start the emulator")]
    Io(#[from] io::Error),
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("endpoint_url", &self.endpoint_url())
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// Starts one on a port of 127.0.0.1 that the system chooses.
    ///
    /// # Errors
    ///
    /// If the system gives no port, no thread or no randomness.
    #[cfg(feature = "server")]
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// For one that differs from the usual.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            kms: Kms::builder(),
            #[cfg(feature = "server")]
            listens: true,
        }
    }

    /// What `AWS_ENDPOINT_URL` is to be: `http://127.0.0.1:PORT`. Without a listener, an address
    /// that leads nowhere, for clients that want one.
    pub fn endpoint_url(&self) -> &str {
        #[cfg(feature = "server")]
        if let Some(listener) = &self.listener {
            return listener.endpoint_url();
        }
        "http://simulated-kms.invalid"
    }

    /// Whether clients can connect to it.
    #[cfg(feature = "aws-sdk")]
    fn listens(&self) -> bool {
        #[cfg(feature = "server")]
        let listens = self.listener.is_some();
        #[cfg(not(feature = "server"))]
        let listens = false;
        listens
    }

    /// Its clock: the real time, until it is moved.
    pub fn clock(&self) -> &Clock {
        self.kms.clock()
    }

    /// Its faults, and how to set one.
    pub fn faults(&self) -> Faults<'_> {
        self.kms.faults()
    }

    /// The events of its requests.
    pub fn events(&self) -> Events {
        self.kms.events()
    }

    /// Adds the keys, aliases, grants and identities of a seed, in YAML or JSON: [`Seed`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let kms = kms_emulator::Emulator::builder().without_listener().start().await?;
    /// kms.seed("keys: [{alias: alias/orders, material: {seed: for a test}}]")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where; then nothing changes.
    pub fn seed(&self, text: &str) -> Result<Seeded, SeedError> {
        self.kms.seed(&Seed::parse("seed", text)?)
    }

    /// A snapshot of the state, for [`Self::restore`].
    pub fn snapshot(&self) -> Snapshot {
        self.kms.snapshot()
    }

    /// Goes back to a snapshot.
    ///
    /// # Errors
    ///
    /// None for an emulator that keeps nothing, as this one.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.kms.restore(snapshot)
    }

    /// The KMS itself, for everything else.
    pub fn kms(&self) -> &Arc<Kms> {
        &self.kms
    }
}

impl EmulatorBuilder {
    /// The clock of the emulator. Default: the system clock.
    #[must_use]
    pub fn clock(self, clock: impl Into<Arc<Clock>>) -> Self {
        self.configure(|kms| kms.clock(clock))
    }

    /// The account of requests whose access key id is not an account id: 12 digits.
    #[must_use]
    pub fn account(self, account: impl Into<String>) -> Self {
        self.configure(|kms| kms.account(account))
    }

    /// The Region of requests that are not signed for one, and of the SDK configuration.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        self.configure(|kms| kms.region(region))
    }

    /// Adds keys, aliases, grants and identities that exist from the start.
    #[must_use]
    pub fn seed(self, seed: Seed) -> Self {
        self.configure(|kms| kms.seed(seed))
    }

    /// Takes all randomness from a generator with this seed: [`KmsBuilder::deterministic`].
    #[must_use]
    pub fn deterministic(self, text: &str) -> Self {
        self.configure(|kms| kms.deterministic(text))
    }

    /// Any other option of [`KmsBuilder`], such as quotas.
    ///
    /// ```
    /// # use kms_emulator::{Emulator, Quotas};
    /// let builder = Emulator::builder().configure(|kms| kms.quotas(Quotas::Aws));
    /// ```
    #[must_use]
    pub fn configure(mut self, change: impl FnOnce(KmsBuilder) -> KmsBuilder) -> Self {
        self.kms = change(self.kms);
        self
    }

    /// Opens no port: for clients in this process. Without the feature `server`, this is the only
    /// way.
    #[must_use]
    #[cfg_attr(
        not(feature = "server"),
        expect(unused_mut, reason = "the field needs the feature")
    )]
    pub fn without_listener(mut self) -> Self {
        #[cfg(feature = "server")]
        {
            self.listens = false;
        }
        self
    }

    /// Starts it. When this is ready, it accepts connections.
    ///
    /// # Errors
    ///
    /// As [`Emulator::start`].
    #[expect(
        clippy::unused_async,
        reason = "so that it may wait one day, and reads like the SDK's own"
    )]
    pub async fn start(self) -> Result<Emulator, StartError> {
        let kms = Arc::new(self.kms.build_temporary()?);
        Ok(Emulator {
            #[cfg(feature = "server")]
            listener: if self.listens {
                Some(Listener::start(Arc::clone(&kms))?)
            } else {
                None
            },
            kms,
        })
    }
}
