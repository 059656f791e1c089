//! Requests and responses of the external key store proxy API, version 1.

use serde::{Deserialize, Serialize};

use crate::protocol::Blob;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestMetadata<'r> {
    /// `None` in a health request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aws_principal_arn: Option<String>,
    /// `None` before the KMS key exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kms_key_arn: Option<String>,
    pub(super) kms_operation: &'r str,
    pub(super) kms_request_id: &'r str,
}

/// A request for the health of the proxy or the metadata of a key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetadataRequest<'r> {
    pub(super) request_metadata: RequestMetadata<'r>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    xks_proxy_fleet_size: u64,
    xks_proxy_vendor: String,
    xks_proxy_model: String,
    ekm_vendor: String,
    ekm_fleet_details: Vec<EkmFleetDetail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EkmFleetDetail {
    id: String,
    model: String,
    health_status: HealthStatus,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum HealthStatus {
    Active,
    Degraded,
    Unavailable,
}

impl Health {
    /// Whether the response contains everything that the specification requires.
    pub(super) fn is_valid(&self) -> bool {
        let texts = [
            &self.xks_proxy_vendor,
            &self.xks_proxy_model,
            &self.ekm_vendor,
        ];
        let managers = &self.ekm_fleet_details;
        self.xks_proxy_fleet_size > 0
            && texts.iter().all(|text| !text.is_empty())
            && (1..=10).contains(&managers.len())
            && managers
                .iter()
                .all(|manager| !manager.id.is_empty() && !manager.model.is_empty())
    }

    /// Whether at least one external key manager is available.
    pub(super) fn is_available(&self) -> bool {
        let mut managers = self.ekm_fleet_details.iter();
        managers.any(|manager| manager.health_status != HealthStatus::Unavailable)
    }
}

#[derive(Deserialize)]
pub(super) struct KeyMetadata {
    #[serde(rename = "keySpec")]
    pub(super) spec: String,
    #[serde(rename = "keyUsage")]
    pub(super) usage: Vec<String>,
    #[serde(rename = "keyStatus")]
    pub(super) status: KeyStatus,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum KeyStatus {
    Enabled,
    Disabled,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EncryptRequest<'r> {
    pub(super) request_metadata: RequestMetadata<'r>,
    pub(super) additional_authenticated_data: Blob,
    pub(super) plaintext: Blob,
    pub(super) encryption_algorithm: &'static str,
    pub(super) ciphertext_data_integrity_value_algorithm: &'static str,
}

/// The response of `encrypt`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Encrypted {
    pub(super) ciphertext: Blob,
    #[serde(default)]
    pub(super) ciphertext_metadata: Option<Blob>,
    pub(super) initialization_vector: Blob,
    pub(super) authentication_tag: Blob,
    #[serde(default)]
    pub(super) ciphertext_data_integrity_value: Option<Blob>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DecryptRequest<'r> {
    pub(super) request_metadata: RequestMetadata<'r>,
    pub(super) additional_authenticated_data: Blob,
    pub(super) ciphertext: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ciphertext_metadata: Option<Blob>,
    pub(super) encryption_algorithm: &'static str,
    pub(super) initialization_vector: Blob,
    pub(super) authentication_tag: Blob,
}

#[derive(Deserialize)]
pub(super) struct Decrypted {
    pub(super) plaintext: Blob,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorResponse {
    pub(super) error_name: String,
}

pub(super) const ALGORITHM: &str = "AES_GCM";
pub(super) const INTEGRITY_ALGORITHM: &str = "SHA_256";
