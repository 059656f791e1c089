//! The permissions of a request, with `--auth policy`.
//!
//! A lookup of a key asks for permission to use the key before it returns it, so that no operation can
//! forget to ask. Operations that need more permissions, or others, ask for them themselves.

use std::collections::BTreeMap;
use std::mem;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::{Lock, RequestContext, RequestState, records};
use crate::api::{AliasName, EncryptionContext, KeyArn, Location};
use crate::authorization::{
    Asked, Constraints, Decision, GrantFacts, KeyFacts, Question, Scope, Verdict, action,
};
use crate::error::{Error, Internal, message};
use crate::grant::{Grant, GrantKey};
use crate::iam::Policy;
use crate::key::{Key, policy};

/// The address of requests without one.
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What a request tells about itself outside of its input.
#[derive(Default)]
pub(crate) struct Origin {
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    /// The service that calls for the caller: `sqs.us-east-1.amazonaws.com`.
    pub(crate) via_service: Option<String>,
}

impl RequestState<'_> {
    /// From here on, what the caller may not do is refused.
    ///
    /// # Errors
    ///
    /// A grant token is invalid, or the caller may not do the operation on any key.
    pub(crate) fn require_permissions(
        &mut self,
        asked: Asked,
        origin: Origin,
    ) -> Result<(), Error> {
        let mut context = self.context();
        let is_complete = asked.recipient.is_none();
        let question = context.question(asked, origin)?;
        context.details.question = Some(Box::new(question));
        if is_complete {
            context.authorize_operation()?;
        }
        Ok(())
    }

    /// The key that a reference names, without any check of the caller.
    ///
    /// # Errors
    ///
    /// The lookup errors of KMS.
    pub(crate) fn key_arn(&mut self, reference: &str) -> Result<KeyArn, Error> {
        Ok(self.context().named_key(reference)?.arn)
    }

    /// Decides about an action without doing it. `target` is the key of an action on an alias.
    ///
    /// # Errors
    ///
    /// The key does not exist, or a grant token is invalid.
    pub(crate) fn decide(
        &mut self,
        action: &str,
        asked: Asked,
        target: Option<&str>,
        origin: Origin,
    ) -> Result<Decision, Error> {
        let mut context = self.context();
        let reference = asked.key_id.clone();
        let mut question = context.question(asked, origin)?;
        action.clone_into(&mut question.operation);
        let on_key = depends_on_key(&question);
        context.details.question = Some(Box::new(question));
        if let Some(reference) = reference.as_deref().or(target).filter(|_| on_key) {
            let key = context.named_key(reference)?;
            context.ask_about(&key)?;
        }
        let question = context.details.question.take().unwrap_or_default();
        Ok(question.decide())
    }
}

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The question about a permission, without a key.
    fn question(&self, asked: Asked, origin: Origin) -> Result<Question, Error> {
        let location = self.location();
        let alias = asked.alias_name.map(|name| {
            let name = AliasName::new(name);
            name.arn(location).to_string()
        });
        let tokens = asked.grant_tokens.iter();
        let grant_tokens = tokens.map(|token| self.grant_of_token(token).map(|grant| grant.id));
        let grant_tokens = grant_tokens.collect::<Result<_, _>>()?;
        let mut parameters = asked.parameters;
        // `RetireGrant` itself refuses an invalid token.
        let retired = parameters.grant_token.take();
        let retired = retired.and_then(|token| self.grant_of_token(&token).ok());
        parameters.grant_token = retired.map(|grant| grant.id);
        Ok(Question {
            subject: self.subject(&self.details.caller)?,
            operation: self.details.operation.name.to_owned(),
            region: location.region.as_str().to_owned(),
            key_id: asked.key_id,
            alias,
            grant_tokens,
            grants_are_consistent: true,
            parameters,
            encryption_context: asked.encryption_context,
            // A service is what makes grants for its resources.
            grant_is_for_aws_resource: origin.via_service.is_some().then_some(true),
            via_service: origin.via_service,
            source_ip: Some(origin.address.unwrap_or(LOOPBACK).to_string()),
            at: Some(self.now()),
            user_agent: origin.user_agent,
            ..Question::default()
        })
    }

    /// Changes the question about the next key, if permissions are asked at all.
    pub(crate) fn ask(&mut self, change: impl FnOnce(&mut Question)) {
        if let Some(question) = &mut self.details.question {
            change(question);
        }
    }

    /// Requires the permission for the operation, unless it depends on a key.
    ///
    /// # Errors
    ///
    /// `AccessDeniedException`.
    pub(crate) fn authorize_operation(&mut self) -> Result<(), Error> {
        match &self.details.question {
            Some(question) if !depends_on_key(question) => {
                let decision = question.decide();
                self.conclude(decision)
            }
            _ => Ok(()),
        }
    }

    /// Requires the permission to do the operation with a key.
    ///
    /// # Errors
    ///
    /// `AccessDeniedException`.
    pub(crate) fn authorize(&mut self, key: &Key) -> Result<(), Error> {
        if !self.ask_about(key)? {
            return Ok(());
        }
        let decision = self
            .details
            .question
            .as_ref()
            .map(|question| question.decide());
        decision.map_or(Ok(()), |decision| self.conclude(decision))
    }

    /// Adds a key to the question. Returns `false` if there is no question that depends on a key.
    fn ask_about(&mut self, key: &Key) -> Result<bool, Error> {
        let Some(question) = &self.details.question else {
            return Ok(false);
        };
        if !depends_on_key(question) {
            return Ok(false);
        }
        let policy = self.policy_of(key)?;
        let facts = if policy.reads_context() || question.subject.reads_context() {
            self.key_facts(key)
        } else {
            KeyFacts {
                arn: key.arn.to_string(),
                ..KeyFacts::default()
            }
        };
        let grants = self.grants_of_caller(question, key)?;
        let days = self.days_since_last_use(key)?;
        let Some(question) = &mut self.details.question else {
            return Ok(false);
        };
        if question.operation == "ReEncryptFrom" {
            question.source_key = Some(facts.arn.clone());
        }
        question.key = Some((facts, policy));
        question.grants = grants;
        question.days_since_last_use = days;
        Ok(true)
    }

    /// The refusal of a key of another account that does not exist, or that the operation cannot use.
    pub(super) fn refuse_unknown(&mut self, owner: &Location) -> Error {
        let Some(question) = &mut self.details.question else {
            return self.no_access();
        };
        let facts = KeyFacts {
            arn: owner.arn("key/unknown"),
            ..KeyFacts::default()
        };
        question.key = Some((facts, Arc::default()));
        question.grants = Vec::new();
        let decision = question.decide();
        self.refuse(decision)
    }

    /// Checks a new policy of a key of the caller's account. Without `bypass`, it must let the caller change
    /// it again.
    ///
    /// # Errors
    ///
    /// Those of [`policy::accept`].
    pub(crate) fn accept_policy(&mut self, text: &str, bypass: bool) -> Result<(), Error> {
        let location = self.location().clone();
        if self.details.question.is_none() {
            policy::accept(text, &location, &self.caller_arn(), bypass)?;
            return Ok(());
        }
        let policy = policy::check(text, &location, &self.directory()?)?;
        let Some(question) = self.details.question.as_mut().filter(|_| !bypass) else {
            return Ok(());
        };
        let facts = KeyFacts {
            arn: location.arn("key/new"),
            ..KeyFacts::default()
        };
        let operation = mem::replace(&mut question.operation, "PutKeyPolicy".to_owned());
        let key = question.key.replace((facts, Arc::new(policy)));
        let decision = question.decide();
        question.operation = operation;
        question.key = key;
        if decision.is_allowed() {
            return Ok(());
        }
        Err(message::policy_locks_out(&self.caller_arn()).into())
    }

    fn conclude(&mut self, decision: Decision) -> Result<(), Error> {
        if decision.is_allowed() {
            return Ok(());
        }
        Err(self.refuse(decision))
    }

    fn refuse(&mut self, decision: Decision) -> Error {
        let question = self.details.question.as_ref();
        let action = question.map_or("", |question| question.operation.as_str());
        let found = match decision.verdict {
            Verdict::ExplicitDeny => format!("a deny by {}", decision.by),
            Verdict::Allow | Verdict::ImplicitDeny => format!("none by {}", decision.by),
        };
        let error = message::not_authorized(decision.message, action, found);
        self.details.refused_by = Some(decision.by);
        error.into()
    }

    fn key_facts(&self, key: &Key) -> KeyFacts {
        let record = &key.record;
        let is_multi_region = record.region_set.is_some();
        let kind = if key.is_replica() {
            "REPLICA"
        } else {
            "PRIMARY"
        };
        let tags = record.tags.iter();
        KeyFacts {
            arn: key.arn.to_string(),
            spec: record.spec.as_str().to_owned(),
            usage: record.usage.as_str().to_owned(),
            origin: record.origin.as_str().to_owned(),
            multi_region: Some(is_multi_region),
            multi_region_type: is_multi_region.then(|| kind.to_owned()),
            aliases: self.names(&records::aliases_of(&key.arn)),
            tags: tags
                .map(|tag| (tag.tag_key.clone(), tag.tag_value.clone()))
                .collect(),
        }
    }

    fn policy_of(&self, key: &Key) -> Result<Arc<Policy>, Internal> {
        policy::parsed(key, &self.services().policies)
            .map_err(|error| Internal::new("read the policy of a key", error.0))
    }

    /// The grants of a key that name the caller: those that are visible, and those of the tokens in the
    /// request.
    fn grants_of_caller(&self, question: &Question, key: &Key) -> Result<Vec<GrantFacts>, Error> {
        let mut grants = Vec::new();
        let actor = &question.subject.actor;
        self.for_each_grant(&key.arn, |grant_key, grant| {
            let entries = [grant.terms.grantee(), grant.terms.retiring()];
            let mut entries = entries.into_iter().flatten();
            if entries.any(|entry| actor.named_by(entry).is_some()) {
                grants.push(grant_facts(grant_key.clone(), grant.clone()));
            }
        })?;
        for id in &question.grant_tokens {
            let grant_key = GrantKey {
                key: key.arn.clone(),
                id: id.clone(),
            };
            if let Some(grant) = self.latest_grant(&grant_key)? {
                grants.push(grant_facts(grant_key, grant));
            }
        }
        Ok(grants)
    }

    /// The whole days since the last cryptographic use of a key, for the two operations that have it as a
    /// condition key.
    fn days_since_last_use(&self, key: &Key) -> Result<Option<u64>, Error> {
        if !matches!(
            self.details.operation.name,
            "DisableKey" | "ScheduleKeyDeletion"
        ) {
            return Ok(None);
        }
        let last_use = self.last_use(key)?;
        let days = last_use.map(|last| self.now().days_since(last.at));
        Ok(days.and_then(|days| u64::try_from(days).ok()))
    }
}

/// Whether a key decides about the permission, too.
fn depends_on_key(question: &Question) -> bool {
    action(&question.operation).is_none_or(|action| !matches!(action.scope, Scope::Any))
}

fn grant_facts(grant_key: GrantKey, grant: Grant) -> GrantFacts {
    let Grant {
        terms,
        issuing_account,
        ..
    } = grant;
    let retiring = terms.retiring().map(str::to_owned);
    let grantee = terms.grantee().map(str::to_owned);
    let constraints = terms.constraints.map(|constraints| Constraints {
        encryption_context_equals: pairs(constraints.encryption_context_equals),
        encryption_context_subset: pairs(constraints.encryption_context_subset),
        source_arn: constraints.source_arn,
    });
    let operations = terms.operations.iter();
    let account = issuing_account.split(':').nth(4).unwrap_or_default();
    GrantFacts {
        id: Some(grant_key.id),
        key: grant_key.key.to_string(),
        grantee: grantee.unwrap_or_default(),
        retiring,
        operations: operations
            .map(|operation| operation.as_str().to_owned())
            .collect(),
        constraints: constraints.unwrap_or_default(),
        issuer_account: account.to_owned(),
    }
}

fn pairs(context: Option<EncryptionContext>) -> BTreeMap<String, String> {
    context
        .map(EncryptionContext::into_pairs)
        .unwrap_or_default()
}
