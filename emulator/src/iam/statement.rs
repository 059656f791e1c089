//! Statements, and whether they apply to a request.

use std::collections::BTreeSet;

use super::arn::Arn;
use super::clause::Clause;
use super::condition::{Condition, Verdict};
use super::context::{Context, Lookup};
use super::principal::Principals;
use super::template::Template;
use super::wildcard;

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principals: Option<Clause<Principals>>,
    pub(crate) actions: Clause<Vec<Template>>,
    /// A statement without `Resource` applies to nothing.
    pub(crate) resources: Option<Clause<Vec<Template>>>,
    pub(crate) conditions: Vec<Condition>,
}

/// `Effect`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// What is asked of a policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'r> {
    /// `kms:Sign`
    pub(crate) action: &'r str,
    /// An ARN, or `*` for an action without a resource.
    pub(crate) resource: &'r str,
    pub(crate) context: &'r Context,
}

impl Statement {
    /// Whether the statement applies to a request of a principal that it names. Condition keys that
    /// the request does not have are added to `missing`.
    ///
    /// If a condition cannot be evaluated, a deny applies and an allow does not (recorded).
    pub(crate) fn applies(&self, request: &Request<'_>, missing: &mut BTreeSet<String>) -> bool {
        self.applies_if(request, missing, |lookup| {
            self.covers_resource(request.resource, lookup)
        })
    }

    /// The same for a policy that is part of its only resource, as the trust policy of a role.
    pub(crate) fn applies_to_its_owner(
        &self,
        request: &Request<'_>,
        missing: &mut BTreeSet<String>,
    ) -> bool {
        self.applies_if(request, missing, |_| true)
    }

    fn applies_if(
        &self,
        request: &Request<'_>,
        missing: &mut BTreeSet<String>,
        covers_resource: impl FnOnce(&mut Lookup<'_>) -> bool,
    ) -> bool {
        if !self.covers_action(request.action) {
            return false;
        }
        let mut lookup = Lookup::new(request.context);
        let applies = covers_resource(&mut lookup) && self.is_met(&mut lookup);
        missing.extend(lookup.missing());
        applies
    }

    /// Whether the statement is about an action. Actions ignore case.
    pub(crate) fn covers_action(&self, action: &str) -> bool {
        // An action has no variables.
        self.actions.holds(|patterns| {
            let mut patterns = patterns.iter();
            patterns.any(|pattern| wildcard::covers(pattern.as_str(), action))
        })
    }

    fn covers_resource(&self, resource: &str, lookup: &mut Lookup<'_>) -> bool {
        let Some(resources) = &self.resources else {
            return false;
        };
        resources.holds(|patterns| {
            // `*` covers everything, also what is no ARN.
            patterns.iter().any(|pattern| pattern.as_str() == "*")
                || Arn::parse(resource).is_some_and(|arn| {
                    let mut patterns = patterns.iter();
                    patterns.any(|pattern| arn.is_covered_by(pattern, lookup))
                })
        })
    }

    /// The condition keys that the statement can ask for.
    pub(super) fn condition_keys(&self) -> impl Iterator<Item = &str> {
        let resources = self.resources.iter().flat_map(Clause::value);
        let conditions = self.conditions.iter();
        let values = conditions.clone().flat_map(|condition| &condition.values);
        let variables = resources.chain(values).flat_map(Template::variables);
        let keys = conditions.map(|condition| condition.key.as_str());
        keys.chain(variables)
    }

    fn is_met(&self, lookup: &mut Lookup<'_>) -> bool {
        let mut failed = false;
        for condition in &self.conditions {
            match condition.verdict(lookup) {
                Verdict::Met => {}
                Verdict::NotMet => return false,
                Verdict::Failed => failed = true,
            }
        }
        !failed || self.effect == Effect::Deny
    }
}
