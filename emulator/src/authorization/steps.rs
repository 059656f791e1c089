//! The permissions that an operation needs.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::action::{Action, Scope};
use super::decision::{By, Decision, Layer, Verdict};
use super::facts::KeyFacts;
use super::keys::context;
use super::question::{Question, part};
use crate::iam::{Context, Policy};

/// One permission that an operation needs.
pub(super) struct Step<'q> {
    pub(super) question: &'q Question,
    pub(super) action: &'q Action,
    /// Policies of the caller are asked for this resource.
    pub(super) resource: Cow<'q, str>,
    /// The policy of the key. Without it, only the caller's own policies count.
    pub(super) policy: Option<&'q Policy>,
    pub(super) shown: Shown,
    pub(super) context: Context,
}

/// How a refusal prints the resource.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Resource,
    Nothing,
}

impl Question {
    /// Decides. The first permission that is refused is the answer.
    pub(crate) fn decide(&self) -> Decision {
        let mut missing = BTreeSet::new();
        let mut answer = Decision {
            verdict: Verdict::ImplicitDeny,
            message: None,
            by: By::layer(Layer::Operation),
            matched: Vec::new(),
            missing: BTreeSet::new(),
        };
        for step in self.steps() {
            answer = step.decide();
            missing.append(&mut answer.missing);
            if answer.verdict != Verdict::Allow {
                break;
            }
        }
        answer.missing = missing;
        answer
    }

    /// Whether the decision depends on nothing but the caller, the key, and the values of
    /// [`Self::condition_keys`].
    pub(crate) fn is_general(&self) -> bool {
        let Action {
            name, scope, also, ..
        } = self.action;
        scope == Scope::Key
            && also.is_empty()
            && !matches!(name, "RetireGrant" | "UpdatePrimaryRegion")
            && !self.action.counts_days_without_use()
            && self.grants.is_empty()
    }

    /// The condition keys that the policies of the caller and of the key name, in lower case.
    pub(crate) fn condition_keys(&self) -> Arc<[String]> {
        let policy = self.key.as_ref().map(|(_, policy)| policy.as_ref());
        self.named_by(policy).into_iter().collect()
    }

    /// The condition keys that the policies of the caller and a policy of a key name.
    fn named_by(&self, policy: Option<&Policy>) -> BTreeSet<String> {
        let own = self.subject.policies().map(Arc::as_ref);
        let all = own.chain(policy);
        all.flat_map(|policy| &policy.condition_keys)
            .cloned()
            .collect()
    }

    /// The permissions that the operation needs, in AWS's order where it is known.
    fn steps(&self) -> Vec<Step<'_>> {
        let action = &self.action;
        let mut steps = Vec::new();
        match action.scope {
            Scope::Any => {
                steps.extend(self.tagging(&self.region));
                steps.push(self.own(action, "*", &self.region));
            }
            Scope::Alias => {
                let alias = self.alias.as_deref().unwrap_or_default();
                let region = part(alias, 3);
                steps.push(self.own(action, alias, region));
                steps.extend(self.key.iter().map(|key| self.on(action, key)));
                steps.extend(self.target_key.iter().map(|key| self.on(action, key)));
            }
            Scope::Key => {
                steps.extend(self.key.iter().map(|key| self.on(action, key)));
                steps.extend(self.in_other_region());
            }
        }
        steps
    }

    /// What `ReplicateKey` and `UpdatePrimaryRegion` need in the other Region.
    fn in_other_region(&self) -> Vec<Step<'_>> {
        let parameters = &self.parameters;
        if let Some(creation) = self.action.other("CreateKey") {
            let region = parameters.replica_region.as_deref().unwrap_or_default();
            let mut steps: Vec<_> = self.tagging(region).into_iter().collect();
            steps.push(self.own(creation, "*", region));
            return steps;
        }
        match (self.action.name, &self.key) {
            ("UpdatePrimaryRegion", Some((key, _))) => {
                let region = parameters.primary_region.as_deref().unwrap_or_default();
                let replica = self.replica_key_policy.iter().map(|policy| {
                    let mut parts: Vec<_> = key.arn.split(':').collect();
                    if let Some(part) = parts.get_mut(3) {
                        *part = region;
                    }
                    self.step(
                        &self.action,
                        parts.join(":").into(),
                        Some((key, policy)),
                        region,
                    )
                });
                replica.collect()
            }
            _ => Vec::new(),
        }
    }

    /// `kms:TagResource` for the tags of a new key.
    fn tagging(&self, region: &str) -> Option<Step<'_>> {
        let action = self.action.other("TagResource")?;
        if self.parameters.tags.is_empty() {
            return None;
        }
        let account = &self.subject.actor.account;
        let partition = part(&self.subject.actor.arn, 1);
        let arn = format!("arn:{partition}:kms:{region}:{account}:key/{NEW_KEY_ID}");
        let mut step = self.own(action, arn, region);
        step.shown = Shown::Nothing;
        Some(step)
    }

    /// A permission that only the caller's policies can give.
    fn own<'q>(
        &'q self,
        action: &'q Action,
        resource: impl Into<Cow<'q, str>>,
        region: &str,
    ) -> Step<'q> {
        self.step(action, resource.into(), None, region)
    }

    /// A permission on a key.
    fn on<'q>(
        &'q self,
        action: &'q Action,
        (key, policy): &'q (KeyFacts, Arc<Policy>),
    ) -> Step<'q> {
        let region = part(&key.arn, 3);
        self.step(action, key.arn.as_str().into(), Some((key, policy)), region)
    }

    fn step<'q>(
        &'q self,
        action: &'q Action,
        resource: Cow<'q, str>,
        key: Option<(&'q KeyFacts, &'q Policy)>,
        region: &str,
    ) -> Step<'q> {
        let facts = key.map(|(facts, _)| facts);
        // Without a policy that asks for them, condition keys decide nothing.
        let named = self.named_by(key.map(|(_, policy)| policy));
        let context = if named.is_empty() {
            Context::default()
        } else {
            context(self, action, facts, region, named.into_iter().collect())
        };
        Step {
            question: self,
            action,
            resource,
            policy: key.map(|(_, policy)| policy),
            shown: Shown::Resource,
            context,
        }
    }
}

/// The id of a key that does not exist yet.
const NEW_KEY_ID: &str = "00000000-0000-0000-0000-000000000000";
