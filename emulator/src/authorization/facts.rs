//! What a decision can depend on of keys, grants and requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// What a decision can depend on of a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyFacts {
    pub(crate) arn: String,
    pub(crate) spec: String,
    pub(crate) usage: String,
    pub(crate) origin: String,
    pub(crate) multi_region: Option<bool>,
    /// `PRIMARY` or `REPLICA`
    pub(crate) multi_region_type: Option<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// The members of a request's input that a decision can depend on, with their names in the API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Parameters {
    pub(crate) grantee_principal: Option<String>,
    pub(crate) grantee_service_principal: Option<String>,
    pub(crate) retiring_principal: Option<String>,
    pub(crate) retiring_service_principal: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) operations: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) constraints: Constraints,
    pub(crate) grant_id: Option<String>,
    pub(crate) grant_token: Option<String>,
    pub(crate) key_spec: Option<String>,
    pub(crate) customer_master_key_spec: Option<String>,
    pub(crate) key_usage: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) multi_region: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) tags: Vec<Tag>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) tag_keys: Vec<String>,
    pub(crate) bypass_policy_lockout_safety_check: Option<bool>,
    pub(crate) encryption_algorithm: Option<String>,
    pub(crate) key_pair_spec: Option<String>,
    pub(crate) signing_algorithm: Option<String>,
    pub(crate) message_type: Option<String>,
    pub(crate) mac_algorithm: Option<String>,
    pub(crate) key_agreement_algorithm: Option<String>,
    pub(crate) expiration_model: Option<String>,
    pub(crate) valid_to: Option<serde_json::Number>,
    pub(crate) wrapping_algorithm: Option<String>,
    pub(crate) wrapping_key_spec: Option<String>,
    pub(crate) replica_region: Option<String>,
    pub(crate) primary_region: Option<String>,
    pub(crate) rotation_period_in_days: Option<u64>,
    pub(crate) pending_window_in_days: Option<u64>,
}

/// `Constraints` of a grant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Constraints {
    #[serde(deserialize_with = "or_default")]
    pub(crate) encryption_context_equals: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) encryption_context_subset: BTreeMap<String, String>,
    pub(crate) source_arn: Option<String>,
}

/// A tag in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) tag_key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) tag_value: String,
}

/// What a decision can depend on of a grant.
#[derive(Clone, Debug, Default)]
pub(crate) struct GrantFacts {
    pub(crate) id: Option<String>,
    /// The ARN of the key.
    pub(crate) key: String,
    /// An ARN, the name of a service, or a unique id.
    pub(crate) grantee: String,
    pub(crate) retiring: Option<String>,
    pub(crate) operations: Vec<String>,
    pub(crate) constraints: Constraints,
    /// The account that made the grant.
    pub(crate) issuer_account: String,
}

impl Constraints {
    /// The pairs of the constraint. A grant has at most one that is not empty.
    pub(super) fn pairs(&self) -> &BTreeMap<String, String> {
        if self.encryption_context_equals.is_empty() {
            &self.encryption_context_subset
        } else {
            &self.encryption_context_equals
        }
    }

    pub(super) fn kind(&self) -> Option<&'static str> {
        if !self.encryption_context_equals.is_empty() {
            Some("EncryptionContextEquals")
        } else if !self.encryption_context_subset.is_empty() {
            Some("EncryptionContextSubset")
        } else {
            self.source_arn.as_ref().map(|_| "SourceArn")
        }
    }
}

impl GrantFacts {
    /// Whether this is the grant that a request selects, if it selects one.
    pub(super) fn is_selected(&self, parameters: &Parameters) -> bool {
        let selected = parameters.grant_id.as_ref();
        let selected = selected.or(parameters.grant_token.as_ref());
        selected.is_none_or(|selected| self.id.as_ref() == Some(selected))
    }
}

/// Reads `null` as the default: the API takes it as absent.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
