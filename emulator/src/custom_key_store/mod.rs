//! Custom key stores, which hold key material outside KMS.
//!
//! An AWS CloudHSM key store is simulated: every cluster id and password is accepted, and the emulator
//! stores the material. An external key store is real: the emulator calls its proxy over HTTP,
//! according to AWS's "External Keystore Proxy API specification".
//!
//! Connecting and disconnecting take as long as
//! [`transition_time`](crate::KmsBuilder::transition_time). The state is computed from the record and the
//! time. `ConnectCustomKeyStore` checks the health of the proxy, and the result becomes visible after
//! that time.

mod ciphertext;
mod configuration;
mod proxy;
mod wire;
mod xks_error;

use serde::{Deserialize, Serialize};

use crate::api::{XksConnectionError, wire_enum};
use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};

pub(crate) use ciphertext::{SymmetricCiphertext, open, seal};
pub(crate) use configuration::{
    ConfigChange, Creation, XksProxyAuthenticationCredential, XksProxyConnectivity,
};
pub(crate) use proxy::{Proxies, XksCall, proxy_address};

/// The maximum number of stores per account and Region: AWS's quota.
pub(crate) const MAX_STORES: usize = 10;

wire_enum! {
    /// `CustomKeyStoreType` of `CreateCustomKeyStore`.
    CustomKeyStoreType {
        AwsCloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

wire_enum! {
    /// `ConnectionState` of `DescribeCustomKeyStores`.
    ConnectionState {
        Connected = "CONNECTED",
        Connecting = "CONNECTING",
        Failed = "FAILED",
        Disconnected = "DISCONNECTED",
        Disconnecting = "DISCONNECTING",
    }
}

/// A custom key store: its id and its record.
#[derive(Clone, Debug)]
pub(crate) struct CustomKeyStore {
    pub(crate) id: String,
    pub(crate) record: StoreRecord,
}

/// The record of a store. The record's name contains the account, the Region and the id.
///
/// New members need a default, because old records do not have them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoreRecord {
    pub(crate) name: String,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) kind: KeyStoreKind,
    #[serde(default)]
    pub(crate) connection: Connection,
}

/// The kind of a store, with its configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum KeyStoreKind {
    CloudHsm(Cluster),
    External(XksProxy),
}

/// A simulated CloudHSM cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) trust_anchor: String,
}

/// The proxy of an external key store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct XksProxy {
    pub(crate) connectivity: XksProxyConnectivity,
    /// `https://` and a host name.
    pub(crate) endpoint: String,
    /// Ends in `/kms/xks/v1`.
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_endpoint_service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_endpoint_service_owner: Option<String>,
    pub(crate) credential: XksProxyAuthenticationCredential,
}

/// The last `ConnectCustomKeyStore` or `DisconnectCustomKeyStore`. `from` is the time at which it takes
/// effect.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) enum Connection {
    /// Never connected.
    #[default]
    New,
    Connected {
        #[serde(with = "millis")]
        from: Timestamp,
    },
    Failed {
        #[serde(with = "millis")]
        from: Timestamp,
        error: XksConnectionError,
    },
    Disconnected {
        #[serde(with = "millis")]
        from: Timestamp,
    },
}

impl CustomKeyStore {
    /// The connection state at a time.
    pub(crate) fn state(&self, now: Timestamp) -> ConnectionState {
        match self.record.connection {
            Connection::Connected { from } | Connection::Failed { from, .. } if now < from => {
                ConnectionState::Connecting
            }
            Connection::Connected { .. } => ConnectionState::Connected,
            Connection::Failed { .. } => ConnectionState::Failed,
            Connection::Disconnected { from } if now < from => ConnectionState::Disconnecting,
            Connection::New | Connection::Disconnected { .. } => ConnectionState::Disconnected,
        }
    }

    /// The error of the last attempt to connect.
    pub(crate) fn connection_error(&self, now: Timestamp) -> Option<XksConnectionError> {
        match self.record.connection {
            Connection::Failed { from, error } if from <= now => Some(error),
            _ => None,
        }
    }

    /// Checks that the store's state allows an operation.
    ///
    /// # Errors
    ///
    /// `CustomKeyStoreInvalidStateException` if the state is not in `states`.
    pub(crate) fn require_state(
        &self,
        states: &[ConnectionState],
        now: Timestamp,
    ) -> Result<(), KmsError> {
        let state = self.state(now);
        if states.contains(&state) {
            return Ok(());
        }
        let names: Vec<_> = states.iter().map(|state| state.as_str()).collect();
        Err(message::custom_key_store_invalid_state(
            &self.id,
            &names,
            state.as_str(),
        ))
    }

    /// The type of the store.
    pub(crate) fn store_type(&self) -> CustomKeyStoreType {
        match self.record.kind {
            KeyStoreKind::CloudHsm(_) => CustomKeyStoreType::AwsCloudHsm,
            KeyStoreKind::External(_) => CustomKeyStoreType::ExternalKeyStore,
        }
    }

    /// The proxy of an external key store.
    pub(crate) fn proxy(&self) -> Option<&XksProxy> {
        match &self.record.kind {
            KeyStoreKind::External(proxy) => Some(proxy),
            KeyStoreKind::CloudHsm(_) => None,
        }
    }

    /// The cluster of a CloudHSM key store.
    pub(crate) fn cluster(&self) -> Option<&Cluster> {
        match &self.record.kind {
            KeyStoreKind::CloudHsm(cluster) => Some(cluster),
            KeyStoreKind::External(_) => None,
        }
    }
}
