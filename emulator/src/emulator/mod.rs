//! A KMS for a test, with or without a port.

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
use crate::{AuthMode, BuildError, Events, Kms, KmsBuilder, Snapshot, StoreError};

/// A temporary KMS for a test, on a free port or [without a
/// port](EmulatorBuilder::without_listener).
///
/// It has its own thread and async runtime, so a test can use any runtime or none. Dropping it
/// releases its thread, its port and its memory. It writes no files.
///
/// ```
/// use kms_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let kms = Emulator::start().await?;
/// println!("AWS_ENDPOINT_URL={}", kms.endpoint_url());
/// // … the code under test …
/// assert_eq!(kms.events().of("Sign").count(), 0);
/// # Ok(())
/// # }
/// ```
///
/// With the feature `aws-sdk`, it also has the configuration for the AWS SDK for Rust, and an HTTP
/// client that needs no socket.
pub struct Emulator {
    kms: Arc<Kms>,
    #[cfg(feature = "server")]
    listener: Option<Listener>,
}

/// The builder of an [`Emulator`], from [`Emulator::builder`].
#[derive(Debug)]
pub struct EmulatorBuilder {
    kms: KmsBuilder,
    #[cfg(feature = "server")]
    listens: bool,
}

/// The reason why an [`Emulator`] cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The KMS cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The system has no free port, or cannot start a thread.
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
    /// Starts an emulator on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// The system has no free port, cannot start a thread, or its random number generator fails.
    #[cfg(feature = "server")]
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A builder for an emulator with other settings.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            kms: Kms::builder(),
            #[cfg(feature = "server")]
            listens: true,
        }
    }

    /// The value for `AWS_ENDPOINT_URL`: `http://127.0.0.1:PORT`. Without a listener, an address
    /// that does not resolve, for clients that require one.
    pub fn endpoint_url(&self) -> &str {
        #[cfg(feature = "server")]
        if let Some(listener) = &self.listener {
            return listener.endpoint_url();
        }
        "http://simulated-kms.invalid"
    }

    /// Whether it has a port.
    #[cfg(feature = "aws-sdk")]
    fn listens(&self) -> bool {
        #[cfg(feature = "server")]
        let listens = self.listener.is_some();
        #[cfg(not(feature = "server"))]
        let listens = false;
        listens
    }

    /// The clock. It follows the system clock until it is moved.
    pub fn clock(&self) -> &Clock {
        self.kms.clock()
    }

    /// The faults, to list, add and remove them.
    pub fn faults(&self) -> Faults<'_> {
        self.kms.faults()
    }

    /// The events of the latest requests.
    pub fn events(&self) -> Events {
        self.kms.events()
    }

    /// Creates the keys, aliases, grants and identities of a [`Seed`], in YAML or JSON.
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
    /// The seed is invalid; then nothing changes.
    pub fn seed(&self, text: &str) -> Result<Seeded, SeedError> {
        self.kms.seed(&Seed::parse("seed", text)?)
    }

    /// A snapshot of the current state, for [`Self::restore`].
    pub fn snapshot(&self) -> Snapshot {
        self.kms.snapshot()
    }

    /// Restores a snapshot.
    ///
    /// # Errors
    ///
    /// The store rejects writes. The emulator's store is in memory and accepts all writes.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.kms.restore(snapshot)
    }

    /// The KMS, for all other methods.
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

    /// The account, 12 digits, of requests whose access key id is not an account id.
    #[must_use]
    pub fn account(self, account: impl Into<String>) -> Self {
        self.configure(|kms| kms.account(account))
    }

    /// The Region of the SDK configuration, and of requests whose signature has no Region.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        self.configure(|kms| kms.region(region))
    }

    /// Adds initial keys, aliases, grants and identities.
    #[must_use]
    pub fn seed(self, seed: Seed) -> Self {
        self.configure(|kms| kms.seed(seed))
    }

    /// What is checked of callers. Default: [`AuthMode::None`].
    #[must_use]
    pub fn auth(self, auth: AuthMode) -> Self {
        self.configure(|kms| kms.auth(auth))
    }

    /// Uses a random number generator with this seed: [`KmsBuilder::deterministic`].
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

    /// Opens no port, for clients in this process. Without the feature `server`, no emulator opens
    /// a port.
    #[must_use]
    #[cfg_attr(
        not(feature = "server"),
        expect(unused_mut, reason = "only the feature has the field")
    )]
    pub fn without_listener(mut self) -> Self {
        #[cfg(feature = "server")]
        {
            self.listens = false;
        }
        self
    }

    /// Starts the emulator. When this returns, it accepts connections.
    ///
    /// # Errors
    ///
    /// As [`Emulator::start`].
    #[expect(
        clippy::unused_async,
        reason = "async, so that it can wait in a later version"
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
