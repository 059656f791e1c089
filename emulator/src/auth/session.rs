//! Sessions: temporary credentials from STS.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The session of an identity with temporary credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) token: String,
    #[serde(with = "crate::clock::millis")]
    pub(crate) expires: Timestamp,
    /// The unique id of the caller, as `GetCallerIdentity` returns it: `AROA…:session`.
    pub(crate) user_id: String,
    /// The ARN of the role with its path, or of the user or account that made the session of a
    /// federated user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<String>,
    /// The policy in the request for the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    /// The ARNs of managed policies in the request for the session.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) policy_arns: Vec<String>,
    /// All tags of the session.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<String, String>,
    /// The tags that sessions keep when they assume a further role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) transitive_tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_identity: Option<String>,
}

impl Session {
    /// Whether the credentials have expired.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires <= now
    }
}
