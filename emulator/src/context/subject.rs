//! The caller of a request with its policies, as decisions need it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Lock, RequestContext};
use crate::auth::{Caller, Principal, Session};
use crate::authorization::{ManagedPolicy, Subject};
use crate::error::Error;
use crate::iam::{Actor, Policy};
use crate::store::StoreError;

/// What remains to a federated user of the root user, before its session policy.
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

impl<L: Lock> RequestContext<'_, '_, L> {
    /// A caller with its policies, its tags and its organization. A user or role that is in no seed has
    /// no policies. A caller without an identity is the root of its account.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn subject(&self, caller: &Caller) -> Result<Subject, Error> {
        let arn = caller.arn();
        let session = caller.session();
        let actor = Actor {
            user_id: Some(caller.user_id()),
            ..Actor::of_arn(&arn)
        };
        let account = self.account(caller.location.account.as_str())?;
        let account = account.as_deref();
        // Service control policies do not restrict service-linked roles (documented).
        let is_restricted = !arn.contains(":assumed-role/AWSServiceRoleFor");
        let policies = account.map_or(&[][..], |account| &account.service_control_policies);
        let policies = policies.iter().filter(|_| is_restricted);
        let mut subject = Subject {
            actor,
            organization: account.and_then(|account| account.organization.clone()),
            service_control_policies: policies
                .map(|text| self.parse(caller.location.account.as_str(), text))
                .collect::<Result<_, _>>()?,
            ..Subject::default()
        };
        if subject.actor.is_root() {
            return Ok(subject);
        }
        let issuer = session.and_then(|session| session.issuer.clone());
        if let Some(owner) = self.principal(issuer.as_deref().unwrap_or(&arn))? {
            if owner.arn != arn {
                subject.actor.issuer = Some(owner.arn.clone());
            }
            self.add_principal(&owner, &mut subject)?;
        }
        if let Some(issuer) = issuer {
            if Actor::of_arn(&issuer).is_root() {
                subject.identity_policies.push(ManagedPolicy {
                    arn: None,
                    policy: self.parse(&issuer, EVERYTHING)?,
                });
            }
            subject.actor.issuer = Some(issuer);
        }
        match session {
            Some(session) => self.add_session(session, &mut subject)?,
            // The policies of a federated user in a seed are those that its session left to it.
            None if arn.contains(":federated-user/") => {
                let policies = subject.identity_policies.iter();
                subject.session_policies =
                    Some(policies.map(|found| Arc::clone(&found.policy)).collect());
            }
            None => {}
        }
        Ok(subject)
    }

    /// Adds the policies and tags of a user or role.
    fn add_principal(&self, owner: &Principal, subject: &mut Subject) -> Result<(), StoreError> {
        for inline in &owner.policies {
            subject.identity_policies.push(ManagedPolicy {
                arn: None,
                policy: self.parse(&owner.arn, &inline.document)?,
            });
        }
        for arn in &owner.managed_policies {
            if let Some(policy) = self.parsed(arn)? {
                let arn = Some(arn.clone());
                subject
                    .identity_policies
                    .push(ManagedPolicy { arn, policy });
            }
        }
        subject.boundary = match &owner.permissions_boundary {
            // Without its document, it allows nothing.
            Some(arn) => Some(self.parsed(arn)?.unwrap_or_default()),
            None => None,
        };
        subject.tags.clone_from(&owner.tags);
        Ok(())
    }

    /// Adds the policies and tags of a session. A managed policy that does not exist allows nothing.
    fn add_session(&self, session: &Session, subject: &mut Subject) -> Result<(), StoreError> {
        let mut policies = Vec::new();
        if let Some(text) = &session.policy {
            // Without the check of policies, STS accepts any JSON. What is no policy allows nothing.
            policies.push(self.services().policies.parse(text).unwrap_or_default());
        }
        for arn in &session.policy_arns {
            policies.extend(self.parsed(arn)?);
        }
        let has_policies = session.policy.is_some() || !session.policy_arns.is_empty();
        subject.session_policies = has_policies.then_some(policies);
        for (key, value) in &session.tags {
            set_tag(&mut subject.tags, key, value);
        }
        subject.source_identity.clone_from(&session.source_identity);
        Ok(())
    }

    /// A managed policy.
    fn parsed(&self, arn: &str) -> Result<Option<Arc<Policy>>, StoreError> {
        let policy = self.managed_policy(arn)?;
        let policy = policy.map(|stored| self.parse(arn, &stored.document));
        policy.transpose()
    }

    /// Parses a policy of a record. It was checked before it was stored.
    fn parse(&self, owner: &str, text: &str) -> Result<Arc<Policy>, StoreError> {
        let policy = self.services().policies.parse(text);
        policy.map_err(|error| StoreError::record(owner, error.0))
    }
}

/// Sets a tag. Keys of a principal's tags ignore case.
fn set_tag(tags: &mut BTreeMap<String, String>, key: &str, value: &str) {
    let lower = key.to_lowercase();
    tags.retain(|known, _| known.to_lowercase() != lower);
    tags.insert(key.to_owned(), value.to_owned());
}
