//! Users, roles and federated users, with their policies. Seed files create them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::iam::{PrincipalArn, PrincipalResource};
use crate::store::{Decoded, Store, StoreError};

/// A stored principal. The name of its record has its account and its name, without the path, because
/// a session of a role does not know the path, and because names are unique in an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Principal {
    pub(crate) arn: String,
    /// `AIDA…` or `AROA…`. Empty for a federated user.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) unique_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) policies: Vec<InlinePolicy>,
    /// The ARNs of managed policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) managed_policies: Vec<String>,
    /// The ARN of a managed policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<String, String>,
    /// Who may assume a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trust_policy: Option<String>,
    /// In seconds. `None`: one hour, AWS's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_session_duration: Option<u32>,
}

/// A policy inside of a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InlinePolicy {
    pub(crate) name: String,
    pub(crate) document: String,
}

/// A managed policy. Its ARN is in the name of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ManagedPolicyRecord {
    pub(crate) document: String,
}

/// An account. Its id is in the name of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    /// `o-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// Service control policies: those of each level of the organization, from its root to the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) service_control_policies: Vec<String>,
}

impl Principal {
    /// The prefix of the names of principals' records.
    pub(crate) const PREFIX: &'static str = "principal/";

    /// The name of the record of the principal with an ARN, or of the role of a session. `None` for the
    /// root of an account, which has no policies.
    pub(crate) fn record_name(arn: &PrincipalArn<'_>) -> Option<String> {
        let (kind, name) = match arn.resource {
            PrincipalResource::Root => return None,
            PrincipalResource::User => ("user", arn.name()),
            PrincipalResource::Role => ("role", arn.name()),
            PrincipalResource::AssumedRole { role } => ("role", role),
            PrincipalResource::FederatedUser => ("federated-user", arn.name()),
        };
        Some([Self::PREFIX, arn.account, "/", kind, "/", name].concat())
    }

    /// The principal with an ARN, or the role of a session.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn find(
        store: &Store,
        decoded: &Decoded<Self>,
        arn: &str,
    ) -> Result<Option<Arc<Self>>, StoreError> {
        let Ok(parsed) = PrincipalArn::parse(arn) else {
            return Ok(None);
        };
        let Some(name) = Self::record_name(&parsed) else {
            return Ok(None);
        };
        let is_session = matches!(parsed.resource, PrincipalResource::AssumedRole { .. });
        let found = decoded.find(store, &name)?;
        Ok(found.filter(|found| is_session || found.arn == arn))
    }
}

impl ManagedPolicyRecord {
    /// The name of the record of a managed policy.
    pub(crate) fn record_name(arn: &str) -> String {
        format!("managed-policy/{arn}")
    }
}

impl Account {
    /// The name of the record of an account.
    pub(crate) fn record_name(id: &str) -> String {
        ["account/", id].concat()
    }
}
