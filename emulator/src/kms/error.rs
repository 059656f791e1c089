//! Errors of the builder.

use crate::seed::SeedError;
use crate::store::StoreError;

/// The reason why a [`Kms`](crate::Kms) cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// [`KmsBuilder::account`](crate::KmsBuilder::account) is not an account id.
    #[error("invalid account {account:?}: expected 12 digits")]
    Account {
        /// The invalid value.
        account: String,
    },
    /// [`KmsBuilder::region`](crate::KmsBuilder::region) is not a name of a Region.
    #[error("invalid Region {region:?}: expected a name such as eu-west-1")]
    Region {
        /// The invalid value.
        region: String,
    },
    /// [`KmsBuilder::xks_connect_to`](crate::KmsBuilder::xks_connect_to) has an invalid host or URL.
    #[error(
        "invalid address {url:?} of the key store proxy {host:?}: expected http:// or https://, a host and a port"
    )]
    XksConnectTo {
        /// The host name of the proxy.
        host: String,
        /// The invalid value.
        url: String,
    },
    /// [`KmsBuilder::xks_ca`](crate::KmsBuilder::xks_ca) has no certificate.
    #[error("no PEM certificate in the CA file of external key store proxies (--xks-ca)")]
    XksCa,
    /// The seed is invalid.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}
