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
        let kind = custom_key_store_type.unwrap_or(CustomKeyStoreType::AwsCloudHsm);
        let needs = |member| message::custom_key_store_member_is_missing(member, kind.as_str());
        let excludes = |member| message::custom_key_store_member_is_excluded(member, kind.as_str());
        match kind {
            CustomKeyStoreType::AwsCloudHsm => {
                let trust_anchor =
                    trust_anchor_certificate.ok_or_else(|| needs("TrustAnchorCertificate"))?;
                if let Some(member) = change.proxy_member() {
                    return Err(excludes(member));
                }
                if change.key_store_password.is_none() {
                    return Err(needs("KeyStorePassword"));
                }
                let id = change
                    .cloud_hsm_cluster_id
                    .ok_or_else(|| needs("CloudHsmClusterId"))?;
                // `x509-cert` rejects PEM with long lines; this parser accepts them.
                let certificate = CertificateDer::from_pem_slice(trust_anchor.as_bytes());
                certificate
                    .ok()
                    .and_then(|der| Certificate::from_der(&der).ok())
                    .ok_or_else(|| message::incorrect_trust_anchor(trust_anchor.len()))?;
                Ok(KeyStoreKind::CloudHsm(Cluster { id, trust_anchor }))
            }
            CustomKeyStoreType::ExternalKeyStore => {
                let anchor = trust_anchor_certificate.map(|_| "TrustAnchorCertificate");
                if let Some(member) = change.cluster_member().or(anchor) {
                    return Err(excludes(member));
                }
                let proxy = XksProxy {
                    connectivity: change
                        .xks_proxy_connectivity
                        .ok_or_else(|| needs("XksProxyConnectivity"))?,
                    endpoint: change
                        .xks_proxy_uri_endpoint
                        .ok_or_else(|| needs("XksProxyUriEndpoint"))?,
                    path: change
                        .xks_proxy_uri_path
                        .ok_or_else(|| needs("XksProxyUriPath"))?,
                    vpc_endpoint_service: change.xks_proxy_vpc_endpoint_service_name,
                    vpc_endpoint_service_owner: change.xks_proxy_vpc_endpoint_service_owner,
                    credential: change
                        .xks_proxy_authentication_credential
                        .ok_or_else(|| needs("XksProxyAuthenticationCredential"))?,
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
        self.proxy_member().is_some()
    }

    /// A given member about the proxy.
    fn proxy_member(&self) -> Option<&'static str> {
        let owner = &self.xks_proxy_vpc_endpoint_service_owner;
        let credential = &self.xks_proxy_authentication_credential;
        given(&[
            ("XksProxyUriEndpoint", self.xks_proxy_uri_endpoint.is_some()),
            ("XksProxyUriPath", self.xks_proxy_uri_path.is_some()),
            (SERVICE, self.xks_proxy_vpc_endpoint_service_name.is_some()),
            (OWNER, owner.is_some()),
            ("XksProxyAuthenticationCredential", credential.is_some()),
            (
                "XksProxyConnectivity",
                self.xks_proxy_connectivity.is_some(),
            ),
        ])
    }

    /// A given member about the cluster.
    fn cluster_member(&self) -> Option<&'static str> {
        given(&[
            ("CloudHsmClusterId", self.cloud_hsm_cluster_id.is_some()),
            ("KeyStorePassword", self.key_store_password.is_some()),
        ])
    }

    /// The changed configuration. A new cluster is assumed to be a copy of the old one.
    ///
    /// # Errors
    ///
    /// The change is for the other kind, or a member is missing.
    pub(crate) fn apply(&self, kind: &KeyStoreKind) -> Result<KeyStoreKind, KmsError> {
        let (store_type, foreign) = match kind {
            KeyStoreKind::CloudHsm(_) => (CustomKeyStoreType::AwsCloudHsm, self.proxy_member()),
            KeyStoreKind::External(_) => {
                (CustomKeyStoreType::ExternalKeyStore, self.cluster_member())
            }
        };
        if let Some(member) = foreign {
            let with = store_type.as_str();
            return Err(message::custom_key_store_member_is_excluded(member, with));
        }
        match kind {
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

const SERVICE: &str = "XksProxyVpcEndpointServiceName";
const OWNER: &str = "XksProxyVpcEndpointServiceOwner";

/// The first member that a request has.
fn given(members: &[(&'static str, bool)]) -> Option<&'static str> {
    let mut members = members.iter();
    members
        .find(|(_, is_given)| *is_given)
        .map(|(name, _)| *name)
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
        let with = self.connectivity.as_str();
        let service = self.vpc_endpoint_service.is_some();
        let owner = self.vpc_endpoint_service_owner.is_some();
        if self.is_in_vpc() {
            return if service {
                Ok(())
            } else {
                Err(message::custom_key_store_member_is_missing(SERVICE, with))
            };
        }
        match given(&[(SERVICE, service), (OWNER, owner)]) {
            Some(member) => Err(message::custom_key_store_member_is_excluded(member, with)),
            None => Ok(()),
        }
    }

    /// Proxies with public connectivity can share an endpoint if their paths differ.
    fn require_distinct(&self, other: &Self, store: &str) -> Result<(), KmsError> {
        let same_endpoint = self.endpoint == other.endpoint;
        if same_endpoint && self.path == other.path {
            let url = format!("{}{}", self.endpoint, self.path);
            return Err(message::xks_proxy_uri_in_use(&url, store));
        }
        if same_endpoint && (self.is_in_vpc() || other.is_in_vpc()) {
            return Err(message::xks_proxy_uri_endpoint_in_use(
                &self.endpoint,
                store,
            ));
        }
        if self.is_in_vpc() && self.vpc_endpoint_service == other.vpc_endpoint_service {
            let service = self.vpc_endpoint_service.as_deref().unwrap_or_default();
            return Err(message::xks_proxy_vpc_endpoint_service_in_use(
                service, store,
            ));
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
        cluster_of_another: fn(&str, &str) -> KmsError,
    ) -> Result<(), KmsError> {
        for store in others {
            match (self, &store.record.kind) {
                (Self::CloudHsm(one), Self::CloudHsm(other)) if one.id == other.id => {
                    return Err(cluster_of_another(&one.id, &store.id));
                }
                (Self::External(one), Self::External(other)) => {
                    one.require_distinct(other, &store.id)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
