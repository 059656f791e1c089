//! Grants as a reason to allow a request.

use std::collections::BTreeMap;

use super::action::Action;
use super::facts::{Constraints, GrantFacts};
use super::question::Question;
use crate::iam::{Actor, Reach};

impl GrantFacts {
    /// How the grant allows an action of a principal on a key; `None` if it does not.
    pub(super) fn allows(&self, question: &Question, action: &Action, key: &str) -> Option<Reach> {
        let actor = &question.subject.actor;
        if self.key != key || !self.is_known(question) {
            return None;
        }
        if action.name == "RetireGrant" {
            return self.allows_retirement(question, actor);
        }
        if !self
            .operations
            .iter()
            .any(|operation| operation == action.name)
        {
            return None;
        }
        if action.name == "CreateGrant" && !self.covers_child(question) {
            return None;
        }
        // Operations without an encryption context ignore the constraint (documented).
        let fits =
            !action.has_encryption_context() || self.constraints.fit(&question.encryption_context);
        let source = self.constraints.source_arn.as_ref();
        let fits = fits && source.is_none_or(|arn| question.source_arn.as_ref() == Some(arn));
        fits.then(|| actor.named_by(&self.grantee)).flatten()
    }

    /// A grant that is not yet known everywhere needs its token.
    fn is_known(&self, question: &Question) -> bool {
        question.grants_are_consistent
            || self.id.as_ref().is_some_and(|id| {
                question.grant_tokens.contains(id)
                    || question.parameters.grant_token.as_ref() == Some(id)
            })
    }

    /// The retiring principal may retire a grant, and the grantee if the grant says so.
    fn allows_retirement(&self, question: &Question, actor: &Actor) -> Option<Reach> {
        if !self.is_selected(&question.parameters) {
            return None;
        }
        let retiring = self
            .retiring
            .as_deref()
            .and_then(|entry| actor.named_by(entry));
        let may_retire = self
            .operations
            .iter()
            .any(|operation| operation == "RetireGrant");
        let grantee = may_retire.then(|| actor.named_by(&self.grantee)).flatten();
        retiring.max(grantee)
    }

    /// Whether a grant with `CreateGrant` allows the grant of the request: one parent has all of its
    /// operations, and constraints that are at most as narrow (recorded).
    fn covers_child(&self, question: &Question) -> bool {
        let child = &question.parameters;
        let has_all = child
            .operations
            .iter()
            .all(|operation| self.operations.contains(operation));
        has_all && child.constraints.are_within(&self.constraints)
    }
}

impl Constraints {
    fn fit(&self, context: &BTreeMap<String, String>) -> bool {
        let equals = &self.encryption_context_equals;
        (equals.is_empty() || equals == context)
            && contains(context, &self.encryption_context_subset)
    }

    /// Whether these constraints allow nothing that `parent` does not allow.
    fn are_within(&self, parent: &Self) -> bool {
        let equals = &parent.encryption_context_equals;
        (equals.is_empty() || *equals == self.encryption_context_equals)
            && contains(self.pairs(), &parent.encryption_context_subset)
            && (parent.source_arn.is_none() || parent.source_arn == self.source_arn)
    }
}

/// Whether a map has all pairs of another.
fn contains(all: &BTreeMap<String, String>, some: &BTreeMap<String, String>) -> bool {
    some.iter().all(|(key, value)| all.get(key) == Some(value))
}
