//! Grants: permissions of principals on a key.

mod principal;
mod terms;

use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};

use crate::api::{EncryptionContext, GrantOperation, KeyArn};
use crate::clock::Timestamp;
use crate::hex;

pub(crate) use principal::{
    PrincipalNames, require_grantee, require_principal, require_retiring,
    require_retiring_principal,
};

/// The number of grants on a page, unless the request has a limit.
pub(crate) const DEFAULT_LIMIT: usize = 50;
/// The maximum number of grants on a page.
pub(crate) const MAX_LIMIT: usize = 100;

/// A grant. The record's name contains the key and the grant id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Grant {
    #[serde(flatten)]
    pub(crate) terms: GrantTerms,
    /// The root ARN of the account that created the grant.
    pub(crate) issuing_account: String,
    /// In milliseconds. Lists show whole seconds.
    pub(crate) creation_millis: i64,
}

/// The terms of a grant. Two requests with the same terms and a name create only one grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GrantTerms {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) constraints: Option<GrantConstraints>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grantee_principal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grantee_service_principal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) operations: Vec<GrantOperation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retiring_principal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retiring_service_principal: Option<String>,
}

/// `GrantConstraints` of `CreateGrant`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GrantConstraints {
    #[serde(
        default,
        deserialize_with = "not_empty",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) encryption_context_equals: Option<EncryptionContext>,
    #[serde(
        default,
        deserialize_with = "not_empty",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) encryption_context_subset: Option<EncryptionContext>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_arn: Option<String>,
}

/// Reads a constraint. An empty one is none: Terraform's provider always sends both.
fn not_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<EncryptionContext>, D::Error> {
    let context = Option::<EncryptionContext>::deserialize(deserializer)?;
    Ok(context.filter(|context| !context.is_empty()))
}

/// The key and the id of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrantKey {
    pub(crate) key: KeyArn,
    /// 64 hexadecimal digits.
    pub(crate) id: String,
}

/// `GrantListEntry` of `ListGrants` and `ListRetirableGrants`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GrantListEntry {
    creation_date: Timestamp,
    grant_id: String,
    issuing_account: String,
    key_id: KeyArn,
    #[serde(flatten)]
    terms: GrantTerms,
}

impl GrantListEntry {
    pub(crate) fn new(grant_key: GrantKey, grant: Grant, names: &PrincipalNames) -> Self {
        Self {
            creation_date: Timestamp::from_millis(grant.creation_millis).whole_seconds(),
            grant_id: grant_key.id,
            issuing_account: grant.issuing_account,
            key_id: grant_key.key,
            terms: grant.terms.with_names(names),
        }
    }
}

impl GrantTerms {
    /// The principal or service that may retire the grant.
    pub(crate) fn retiring(&self) -> Option<&str> {
        let principal = self.retiring_principal.as_deref();
        principal.or(self.retiring_service_principal.as_deref())
    }
}

/// The SHA-256 digest of a text in hexadecimal, for record names.
pub(crate) fn digest(text: &[u8]) -> String {
    hex::encode(&Sha256::digest(text))
}
