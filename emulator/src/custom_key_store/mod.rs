//! Custom key stores: keys with their material outside of KMS.
//!
//! An AWS CloudHSM key store is simulated. Its cluster does not exist; any cluster id and password
//! work, and the emulator keeps the material. An external key store is real: its proxy is called over
//! HTTP, according to AWS's "External Keystore Proxy API specification".
//!
//! A store connects and disconnects at once, or after
//! [`transition_time`](crate::KmsBuilder::transition_time). Its state is computed from the record and
//! the time. A request to connect checks the health of the proxy; the result is visible afterwards.

mod envelope;
mod proxy;
mod settings;
mod signature;
mod wire;
mod xks_error;

use serde::{Deserialize, Serialize};

use crate::api::{XksConnectionError, wire_enum};
use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};

pub(crate) use envelope::{Blob, open, seal};
pub(crate) use proxy::{Proxies, XksCall};
pub(crate) use settings::{
    Change, Creation, XksProxyAuthenticationCredential, XksProxyConnectivity,
};

/// How many stores an account may have in a Region: AWS's quota.
pub(crate) const MOST: usize = 10;

wire_enum! {
    /// The two kinds of store.
    CustomKeyStoreType {
        AwsCloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

wire_enum! {
    /// Whether a store can be used.
    ConnectionState {
        Connected = "CONNECTED",
        Connecting = "CONNECTING",
        Failed = "FAILED",
        Disconnected = "DISCONNECTED",
        Disconnecting = "DISCONNECTING",
    }
}

/// A store: its id, and what is stored of it.
#[derive(Clone, Debug)]
pub(crate) struct CustomKeyStore {
    pub(crate) id: String,
    pub(crate) record: StoreRecord,
}

/// What is stored of a store. Its account, Region and id are in the record's name.
///
/// New members must have a default: records outlive versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoreRecord {
    pub(crate) name: String,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) connection: Connection,
}

/// What the material of a store's keys is in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Kind {
    CloudHsm(Cluster),
    External(XksProxy),
}

/// A simulated CloudHSM cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) trust_anchor: String,
}

/// How the proxy of an external key store is reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct XksProxy {
    pub(crate) connectivity: XksProxyConnectivity,
    /// `https://` and a name.
    pub(crate) endpoint: String,
    /// Ends in `/kms/xks/v1`.
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_endpoint_service: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_endpoint_service_owner: Option<String>,
    pub(crate) credential: XksProxyAuthenticationCredential,
}

/// What was last done to connect a store, or to disconnect it.
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

    /// Why the last attempt to connect failed.
    pub(crate) fn connection_error(&self, now: Timestamp) -> Option<XksConnectionError> {
        match self.record.connection {
            Connection::Failed { from, error } if from <= now => Some(error),
            _ => None,
        }
    }

    /// Checks that the store is in one of some states.
    ///
    /// # Errors
    ///
    /// `CustomKeyStoreInvalidStateException`, unless the state is among `states`.
    pub(crate) fn require_state(
        &self,
        states: &[ConnectionState],
        now: Timestamp,
    ) -> Result<(), KmsError> {
        if states.contains(&self.state(now)) {
            Ok(())
        } else {
            Err(message::custom_key_store_invalid_state())
        }
    }

    /// The kind of the store, by name.
    pub(crate) fn store_type(&self) -> CustomKeyStoreType {
        match self.record.kind {
            Kind::CloudHsm(_) => CustomKeyStoreType::AwsCloudHsm,
            Kind::External(_) => CustomKeyStoreType::ExternalKeyStore,
        }
    }

    /// How its proxy is reached, if it is an external key store.
    pub(crate) fn proxy(&self) -> Option<&XksProxy> {
        match &self.record.kind {
            Kind::External(proxy) => Some(proxy),
            Kind::CloudHsm(_) => None,
        }
    }

    /// Its cluster, if it is a CloudHSM key store.
    pub(crate) fn cluster(&self) -> Option<&Cluster> {
        match &self.record.kind {
            Kind::CloudHsm(cluster) => Some(cluster),
            Kind::External(_) => None,
        }
    }
}
