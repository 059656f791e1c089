//! The members of `CreateCustomKeyStore` and `UpdateCustomKeyStore`, and their checks.
//!
//! The members of each kind of store are documented. KMS's error for other members is not known; here
//! it is a `ValidationException` without a message.

use std::fmt;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::{Cluster, ConnectionState, CustomKeyStore, CustomKeyStoreType, KeyStoreKind, XksProxy};
use crate::api::wire_enum;
use crate::error::{KmsError, message};

wire_enum! {
    /// `XksProxyConnectivity`. The emulator treats both the same.
    XksProxyConnectivity {
        PublicEndpoint = "PUBLIC_ENDPOINT",
        VpcEndpointService = "VPC_ENDPOINT_SERVICE",
    }
}

/// The credential that signs requests to a proxy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct XksProxyAuthenticationCredential {
    pub(crate) access_key_id: String,
    pub(crate) raw_secret_access_key: String,
}

impl fmt::Debug for XksProxyAuthenticationCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.access_key_id)
    }
}

/// The members of `CreateCustomKeyStore` except the name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Creation {
    custom_key_store_type: Option<CustomKeyStoreType>,
    trust_anchor_certificate: Option<String>,
    #[serde(flatten)]
    change: ConfigChange,
}

/// The members that `UpdateCustomKeyStore` has in common with `CreateCustomKeyStore`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfigChange {
    cloud_hsm_cluster_id: Option<String>,
    key_store_password: Option<String>,
    xks_proxy_uri_endpoint: Option<String>,
    xks_proxy_uri_path: Option<String>,
    xks_proxy_vpc_endpoint_service_name: Option<String>,
    xks_proxy_vpc_endpoint_service_owner: Option<String>,
    xks_proxy_authentication_credential: Option<XksProxyAuthenticationCredential>,
    xks_proxy_connectivity: Option<XksProxyConnectivity>,
}

impl Creation {
    /// The kind and configuration of the new store.
    ///
    /// # Errors
    ///
    /// A member is missing or is for the other kind; `IncorrectTrustAnchorException` if the trust
    /// anchor is not a certificate.
    pub(crate) fn kind(self) -> Result<KeyStoreKind, KmsError> {
        let Self {
            custom_key_store_type,
            trust_anchor_certificate,
            change,
        } = self;
        let wrong = message::custom_key_store_members;
        match custom_key_store_type.unwrap_or(CustomKeyStoreType::AwsCloudHsm) {
            CustomKeyStoreType::AwsCloudHsm => {
                let trust_anchor = trust_anchor_certificate.ok_or_else(wrong)?;
                if change.changes_proxy() || change.key_store_password.is_none() {
                    return Err(wrong());
                }
                let id = change.cloud_hsm_cluster_id.ok_or_else(wrong)?;
                // `x509-cert` rejects PEM with long lines; this parser accepts them.
                let certificate = CertificateDer::from_pem_slice(trust_anchor.as_bytes());
                certificate
                    .ok()
                    .and_then(|der| Certificate::from_der(&der).ok())
                    .ok_or_else(message::incorrect_trust_anchor)?;
                Ok(KeyStoreKind::CloudHsm(Cluster { id, trust_anchor }))
            }
            CustomKeyStoreType::ExternalKeyStore => {
                if change.changes_cluster() || trust_anchor_certificate.is_some() {
                    return Err(wrong());
                }
                let proxy = XksProxy {
                    connectivity: change.xks_proxy_connectivity.ok_or_else(wrong)?,
                    endpoint: change.xks_proxy_uri_endpoint.ok_or_else(wrong)?,
                    path: change.xks_proxy_uri_path.ok_or_else(wrong)?,
                    vpc_endpoint_service: change.xks_proxy_vpc_endpoint_service_name,
                    vpc_endpoint_service_owner: change.xks_proxy_vpc_endpoint_service_owner,
                    credential: change
                        .xks_proxy_authentication_credential
                        .ok_or_else(wrong)?,
                };
                proxy.check_endpoint_service()?;
                Ok(KeyStoreKind::External(proxy))
            }
        }
    }
}

impl ConfigChange {
    /// The connection states in which the change is allowed.
    pub(crate) fn states(&self, store: &CustomKeyStore) -> &'static [ConnectionState] {
        let keeps_endpoint = self.xks_proxy_uri_endpoint.is_none()
            && self.xks_proxy_vpc_endpoint_service_name.is_none()
            && self.xks_proxy_vpc_endpoint_service_owner.is_none()
            && self.xks_proxy_connectivity.is_none();
        if keeps_endpoint && store.proxy().is_some() {
            &[ConnectionState::Connected, ConnectionState::Disconnected]
        } else {
            &[ConnectionState::Disconnected]
        }
    }

    /// Whether the change affects the proxy. Then the proxy must be reachable.
    pub(crate) fn changes_proxy(&self) -> bool {
        self.xks_proxy_uri_endpoint.is_some()
            || self.xks_proxy_uri_path.is_some()
            || self.xks_proxy_vpc_endpoint_service_name.is_some()
            || self.xks_proxy_vpc_endpoint_service_owner.is_some()
            || self.xks_proxy_authentication_credential.is_some()
            || self.xks_proxy_connectivity.is_some()
    }

    fn changes_cluster(&self) -> bool {
        self.cloud_hsm_cluster_id.is_some() || self.key_store_password.is_some()
    }

    /// The changed configuration. A new cluster is assumed to be a copy of the old one.
    ///
    /// # Errors
    ///
    /// The change is for the other kind, or a member is missing.
    pub(crate) fn apply(&self, kind: &KeyStoreKind) -> Result<KeyStoreKind, KmsError> {
        match kind {
            KeyStoreKind::CloudHsm(_) if self.changes_proxy() => {
                Err(message::custom_key_store_members())
            }
            KeyStoreKind::External(_) if self.changes_cluster() => {
                Err(message::custom_key_store_members())
            }
            KeyStoreKind::CloudHsm(cluster) => {
                let id = self.cloud_hsm_cluster_id.as_ref();
                Ok(KeyStoreKind::CloudHsm(Cluster {
                    id: id.unwrap_or(&cluster.id).clone(),
                    trust_anchor: cluster.trust_anchor.clone(),
                }))
            }
            KeyStoreKind::External(before) => {
                let mut proxy = before.clone();
                set(&mut proxy.endpoint, self.xks_proxy_uri_endpoint.as_ref());
                set(&mut proxy.path, self.xks_proxy_uri_path.as_ref());
                let credential = self.xks_proxy_authentication_credential.as_ref();
                set(&mut proxy.credential, credential);
                set(
                    &mut proxy.connectivity,
                    self.xks_proxy_connectivity.as_ref(),
                );
                if let Some(name) = &self.xks_proxy_vpc_endpoint_service_name {
                    proxy.vpc_endpoint_service = Some(name.clone());
                }
                if let Some(owner) = &self.xks_proxy_vpc_endpoint_service_owner {
                    proxy.vpc_endpoint_service_owner = Some(owner.clone());
                }
                if self.xks_proxy_connectivity == Some(XksProxyConnectivity::PublicEndpoint) {
                    proxy.vpc_endpoint_service = None;
                    proxy.vpc_endpoint_service_owner = None;
                }
                proxy.check_endpoint_service()?;
                Ok(KeyStoreKind::External(proxy))
            }
        }
    }
}

fn set<T: Clone>(member: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        member.clone_from(value);
    }
}

impl XksProxy {
    fn is_in_vpc(&self) -> bool {
        self.connectivity == XksProxyConnectivity::VpcEndpointService
    }

    /// Connectivity through a VPC requires an endpoint service; public connectivity excludes it.
    fn check_endpoint_service(&self) -> Result<(), KmsError> {
        let has_owner = self.vpc_endpoint_service_owner.is_some();
        if self.vpc_endpoint_service.is_some() == self.is_in_vpc()
            && (!has_owner || self.is_in_vpc())
        {
            Ok(())
        } else {
            Err(message::custom_key_store_members())
        }
    }

    /// Proxies with public connectivity can share an endpoint if their paths differ.
    fn require_distinct(&self, other: &Self) -> Result<(), KmsError> {
        let same_endpoint = self.endpoint == other.endpoint;
        if same_endpoint && self.path == other.path {
            return Err(message::xks_proxy_uri_in_use());
        }
        if same_endpoint && (self.is_in_vpc() || other.is_in_vpc()) {
            return Err(message::xks_proxy_uri_endpoint_in_use());
        }
        if self.is_in_vpc() && self.vpc_endpoint_service == other.vpc_endpoint_service {
            return Err(message::xks_proxy_vpc_endpoint_service_in_use());
        }
        Ok(())
    }
}

impl KeyStoreKind {
    /// Checks that no other store of the account and Region uses the cluster or endpoint.
    /// `cluster_of_another` is the exception for a cluster, which depends on the operation.
    ///
    /// # Errors
    ///
    /// The exception for the member.
    pub(crate) fn require_unused(
        &self,
        others: &[CustomKeyStore],
        cluster_of_another: fn() -> KmsError,
    ) -> Result<(), KmsError> {
        for other in others {
            match (self, &other.record.kind) {
                (Self::CloudHsm(one), Self::CloudHsm(other)) if one.id == other.id => {
                    return Err(cluster_of_another());
                }
                (Self::External(one), Self::External(other)) => one.require_distinct(other)?,
                _ => {}
            }
        }
        Ok(())
    }
}
