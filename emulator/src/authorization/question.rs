//! A question: everything that a decision depends on.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::action::Action;
use super::facts::{Constraints, GrantFacts, KeyFacts, Parameters};
use super::layers::Subject;
use crate::api::arn_parts;
use crate::clock::Timestamp;
use crate::iam::Policy;

/// Everything that a decision depends on.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) subject: Subject,
    pub(crate) action: Action,
    /// The Region of a request without a key.
    pub(crate) region: String,
    /// The key, with its policy.
    pub(crate) key: Option<(KeyFacts, Arc<Policy>)>,
    /// `KeyId` as in the request.
    pub(crate) key_id: Option<String>,
    /// The ARN of the alias of `CreateAlias`, `UpdateAlias` and `DeleteAlias`.
    pub(crate) alias: Option<String>,
    /// The new key of `UpdateAlias`.
    pub(crate) target_key: Option<(KeyFacts, Arc<Policy>)>,
    /// The policy of the replica in the new primary Region. `None`: it is not checked.
    pub(crate) replica_key_policy: Option<Arc<Policy>>,
    pub(crate) source_key: Option<String>,
    pub(crate) destination_key: Option<String>,
    pub(crate) grants: Vec<GrantFacts>,
    pub(crate) grant_tokens: Vec<String>,
    pub(crate) grants_are_consistent: bool,
    pub(crate) grant_is_for_aws_resource: Option<bool>,
    pub(crate) parameters: Box<Parameters>,
    pub(crate) encryption_context: BTreeMap<String, String>,
    /// `sqs.us-east-1.amazonaws.com`
    pub(crate) via_service: Option<String>,
    pub(crate) source_ip: Option<String>,
    pub(crate) source_arn: Option<String>,
    /// The address of the sender of a request that was sent.
    pub(crate) address: Option<IpAddr>,
    /// The time of a request that was sent.
    pub(crate) at: Option<Timestamp>,
    pub(crate) user_agent: Option<String>,
    /// The registers of a verified attestation document: `PCR0`, `NitroTPMPCR4`.
    pub(crate) attestation: BTreeMap<String, String>,
    pub(crate) days_since_last_use: Option<u64>,
    /// Other condition keys. They win over derived ones.
    pub(crate) context: Vec<(String, Vec<String>)>,
}

impl Question {
    /// A question about an action, without a caller and a key.
    pub(crate) fn of(action: Action) -> Self {
        Self {
            subject: Subject::default(),
            action,
            region: String::new(),
            key: None,
            key_id: None,
            alias: None,
            target_key: None,
            replica_key_policy: None,
            source_key: None,
            destination_key: None,
            grants: Vec::new(),
            grant_tokens: Vec::new(),
            grants_are_consistent: true,
            grant_is_for_aws_resource: None,
            parameters: Box::default(),
            encryption_context: BTreeMap::new(),
            via_service: None,
            source_ip: None,
            source_arn: None,
            address: None,
            at: None,
            user_agent: None,
            attestation: BTreeMap::new(),
            days_since_last_use: None,
            context: Vec::new(),
        }
    }

    /// The alias in `KeyId`, without the ARN around it.
    pub(super) fn request_alias(&self) -> Option<&str> {
        let key_id = self.key_id.as_deref()?;
        let name = if key_id.starts_with("arn:") {
            part(key_id, 5)
        } else {
            key_id
        };
        name.starts_with("alias/").then_some(name)
    }

    /// The constraints of the grant that an action creates or retires.
    pub(super) fn constraints(&self, name: &str) -> Option<&Constraints> {
        match name {
            "CreateGrant" => Some(&self.parameters.constraints),
            "RetireGrant" => {
                let selected = self
                    .grants
                    .iter()
                    .find(|grant| grant.is_selected(&self.parameters));
                selected.map(|grant| &grant.constraints)
            }
            _ => None,
        }
    }
}

/// A part of an ARN.
pub(super) fn part(arn: &str, index: usize) -> &str {
    let parts = arn_parts(arn).unwrap_or_default();
    parts.get(index).copied().unwrap_or_default()
}
