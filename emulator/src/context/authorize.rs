//! The permissions of a request, with `--auth policy`.
//!
//! A lookup of a key asks for permission to use the key before it returns it, so that no operation can
//! forget to ask. Operations that need more permissions, or others, ask for them themselves.

use std::mem;
use std::sync::Arc;

use super::permissions::{Known, Permission};
use super::request::Unasked;
use super::{Lock, Origin, RequestContext, RequestState, records};
use crate::api::{KeyArn, Location};
use crate::authorization::{Action, Asked, Decision, KeyFacts, Question, Verdict};
use crate::error::{Error, Internal, message};
use crate::iam::{Context, Policy};
use crate::key::{Key, policy};
use crate::store::StoreError;

/// The one condition key of a key whose value is not in the record of the key.
const RESOURCE_ALIASES: &str = "kms:ResourceAliases";

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
        // The permission to use a key may be known. Then there is no question.
        let can_wait = is_complete
            && asked.grant_tokens.is_empty()
            && context.details.operation.action.needs_key();
        context.details.unasked = Some(Unasked::Input(Box::new((asked, origin))));
        if can_wait {
            return Ok(());
        }
        context.prepare_question()?;
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

    /// Decides about the action of the request without doing it. `target` is the key of an action on an alias.
    ///
    /// # Errors
    ///
    /// The key does not exist, or a grant token is invalid.
    pub(crate) fn decide(
        &mut self,
        asked: Asked,
        target: Option<&str>,
        origin: Origin,
    ) -> Result<Decision, Error> {
        let context = self.context();
        let reference = asked.key_id.clone();
        let mut question = context.question(asked, origin)?;
        question.subject = context.subject(&context.details.caller)?;
        let reference = reference.as_deref().or(target);
        if let Some(reference) = reference.filter(|_| question.action.needs_key()) {
            let key = context.named_key(reference)?;
            context.complete(&mut question, &key)?;
        }
        Ok(question.decide())
    }
}

impl<L: Lock> RequestContext<'_, '_, L> {
    /// Adds the caller to the question, if it was not needed before.
    fn prepare_question(&mut self) -> Result<(), Error> {
        if let Some(unasked) = self.details.unasked.take() {
            let mut question = self.made(unasked)?;
            question.subject = self.subject(&self.details.caller)?;
            self.details.question = Some(question);
        }
        Ok(())
    }

    /// Changes the question about the next key, if permissions are asked at all.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn ask(&mut self, change: impl FnOnce(&mut Question)) -> Result<(), Error> {
        self.prepare_question()?;
        if let Some(question) = &mut self.details.question {
            change(question);
        }
        Ok(())
    }

    /// Requires the permission for the operation, unless it depends on a key.
    ///
    /// # Errors
    ///
    /// `AccessDeniedException`.
    pub(crate) fn authorize_operation(&mut self) -> Result<(), Error> {
        match &self.details.question {
            Some(question) if !question.action.needs_key() => {
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
        let permissions = &self.services().permissions;
        let mut permission = None;
        let mut known = None;
        if self.details.unasked.is_some() {
            permission = self.permission(key)?;
            known = permission
                .as_ref()
                .and_then(|asked| permissions.find(asked));
            if let Some(known) = &known
                && self.is_known(known, key)?
            {
                return Ok(());
            }
        }
        self.prepare_question()?;
        let Some(mut question) = self.details.question.take() else {
            return Ok(());
        };
        if !question.action.needs_key() {
            self.details.question = Some(question);
            return Ok(());
        }
        if let Err(error) = self.complete(&mut question, key) {
            self.details.question = Some(question);
            return Err(error);
        }
        let decision = question.decide();
        if let Some(permission) = permission
            && decision.is_allowed()
            && question.is_general()
        {
            let names = match &known {
                Some(known) => Arc::clone(&known.condition_keys),
                None => question.condition_keys(),
            };
            let values = self.values(&question, key, Arc::clone(&names));
            permissions.add(permission, known.as_deref(), names, values);
        }
        self.details.question = Some(question);
        self.conclude(decision)
    }

    /// Whether a request with the same values had the permission. Without condition keys, it needs no question.
    fn is_known(&mut self, known: &Known, key: &Key) -> Result<bool, Error> {
        if known.condition_keys.is_empty() {
            return Ok(true);
        }
        let Some(unasked) = self.details.unasked.take() else {
            return Ok(false);
        };
        let question = self.made(unasked)?;
        let values = self.values(&question, key, Arc::clone(&known.condition_keys));
        self.details.unasked = Some(Unasked::Question(question));
        Ok(known.has(&values))
    }

    /// The values of condition keys, except for those that follow from the records of a [`Permission`].
    fn values(&self, question: &Question, key: &Key, names: Arc<[String]>) -> Context {
        if names.is_empty() {
            return Context::default();
        }
        let mut values = question.sent(names);
        if values.keeps(RESOURCE_ALIASES) {
            values.set_list(RESOURCE_ALIASES, self.names(&records::aliases_of(&key.arn)));
        }
        values
    }

    /// The records that the permission to use a key depends on. `None` if it depends on more.
    fn permission(&self, key: &Key) -> Result<Option<Permission>, StoreError> {
        let caller = &self.details.caller;
        let Some(identity) = caller.shared_identity() else {
            return Ok(None);
        };
        if self.has_grants(&key.arn) {
            return Ok(None);
        }
        let session = caller.session();
        let principal = match session.and_then(|session| session.issuer.as_deref()) {
            Some(issuer) => self.principal(issuer)?,
            None => self.principal(&caller.arn())?,
        };
        let own = principal.iter().flat_map(|principal| {
            let boundary = principal.permissions_boundary.iter();
            principal.managed_policies.iter().chain(boundary)
        });
        let of_session = session.iter().flat_map(|session| &session.policy_arns);
        let managed_policies = own.chain(of_session).map(|arn| self.managed_policy(arn));
        let managed_policies = managed_policies.collect::<Result<_, _>>()?;
        Ok(Some(Permission {
            operation: self.details.operation.name,
            identity: Arc::clone(identity),
            key: key.record.share(),
            principal,
            account: self.account(caller.location.account.as_str())?,
            managed_policies,
        }))
    }

    /// Adds a key to a question.
    fn complete(&self, question: &mut Question, key: &Key) -> Result<(), Error> {
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
        if question.action.name == "ReEncryptFrom" {
            question.source_key = Some(facts.arn.clone());
        }
        question.key = Some((facts, policy));
        question.grants = grants;
        question.days_since_last_use = self.days_since_last_use(key)?;
        Ok(())
    }

    /// The refusal of a key of another account that does not exist, or that the operation cannot use.
    pub(super) fn refuse_unknown(&mut self, owner: &Location) -> Error {
        if let Err(error) = self.prepare_question() {
            return error;
        }
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

    /// Checks a new policy of a key of the caller's account. Without `bypass`, it must let the caller do
    /// `change` again: `PutKeyPolicy`.
    ///
    /// # Errors
    ///
    /// Those of [`policy::accept`].
    pub(crate) fn accept_policy(
        &mut self,
        text: &str,
        bypass: bool,
        change: Action,
    ) -> Result<(), Error> {
        self.prepare_question()?;
        let location = self.location().clone();
        if self.details.question.is_none() {
            let change = (!bypass).then_some(change);
            policy::accept(text, &location, &self.caller_arn(), change)?;
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
        let action = mem::replace(&mut question.action, change);
        let key = question.key.replace((facts, Arc::new(policy)));
        let decision = question.decide();
        question.action = action;
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
        let action = question.map_or("", |question| question.action.name);
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

    /// The whole days since the last cryptographic use of a key, for the two operations that have it as a
    /// condition key.
    fn days_since_last_use(&self, key: &Key) -> Result<Option<u64>, Error> {
        if !self.details.operation.action.counts_days_without_use() {
            return Ok(None);
        }
        let last_use = self.last_use(key)?;
        let days = last_use.map(|last| self.now().days_since(last.at));
        Ok(days.and_then(|days| u64::try_from(days).ok()))
    }
}
