//! KMS's rules for one permission.
//!
//! 1. An explicit deny in any policy wins, also over a grant.
//! 2. A key policy or grant that names the caller itself allows, whatever the session policy and the
//!    boundary say.
//! 3. One that names the role of the session allows within the session policy and the boundary.
//! 4. One that names the account lets the caller's own policies decide.
//! 5. Across accounts, the caller's own policies must allow, too, unless its own account made the
//!    grant.

use std::collections::BTreeSet;

use super::decision::{By, Decision, Layer, Verdict};
use super::question::part;
use super::steps::{Shown, Step};
use crate::error::message::{DeniedResource, Reason, access_denied};
use crate::iam::{Actor, Effect, Reach, Request, Statement};

/// One permission, while it is decided.
struct Case<'s> {
    step: &'s Step<'s>,
    action: String,
    /// Whether the key belongs to the caller's account.
    is_home: bool,
    missing: BTreeSet<String>,
}

/// A statement or grant that could allow.
struct Way {
    reach: Reach,
    by: By,
    /// Whether the caller's own account made the grant.
    own: bool,
}

/// Whether a caller's policies allow, and which one does or does not.
type Outcome = Result<By, Layer>;

/// The layers whose denies count, in the order in which a refusal names them. Only the first three
/// are recorded.
const DENYING: [Layer; 4] = [
    Layer::IdentityPolicy,
    Layer::SessionPolicy,
    Layer::PermissionsBoundary,
    Layer::ServiceControlPolicy,
];

impl Step<'_> {
    /// Decides about this permission.
    pub(super) fn decide(&self) -> Decision {
        let account = &self.question.subject.actor.account;
        let mut case = Case {
            step: self,
            action: ["kms:", self.action.name].concat(),
            is_home: self.policy.is_none() || part(&self.resource, 4) == account,
            missing: BTreeSet::new(),
        };
        let mut decision = match case.denial() {
            Some(denial) => denial,
            None => case.allowance(),
        };
        decision.missing = case.missing;
        decision
    }
}

impl Case<'_> {
    fn actor(&self) -> &Actor {
        &self.step.question.subject.actor
    }

    /// An explicit deny.
    fn denial(&mut self) -> Option<Decision> {
        let denials = self.key_policy(Effect::Deny, |statement, actor| {
            statement
                .principals
                .as_ref()?
                .denies(actor)
                .then_some(Reach::Itself)
        });
        if !denials.is_empty() {
            let found = denials.into_iter().map(|way| way.by).collect();
            let reason = if self.is_home {
                Reason::Denied(Layer::KeyPolicy.in_sentence(), None)
            } else {
                Reason::Unreachable
            };
            return self.refusal(Verdict::ExplicitDeny, found, reason);
        }
        DENYING.into_iter().find_map(|layer| {
            let found = self.own(layer, Effect::Deny)?;
            let arn = found.first().and_then(|by| by.arn.clone());
            let reason = Reason::Denied(layer.in_sentence(), arn.as_deref());
            self.refusal(Verdict::ExplicitDeny, found, reason)
        })
    }

    fn allowance(&mut self) -> Decision {
        if self.step.policy.is_none() {
            let outcome = self.by_identity();
            return self.answer(outcome);
        }
        if !self.is_home && !self.step.action.cross_account && self.actor().service.is_none() {
            return self.silence(Layer::Operation, None);
        }
        let mut ways = self.ways();
        // The most direct way first. A grant of the caller's own account needs no policy there.
        ways.sort_by_key(|way| std::cmp::Reverse((way.own, way.reach)));
        let mut refused = None;
        for way in ways {
            let role_grant = way.by.layer == Layer::Grant && way.reach == Reach::Issuer;
            let outcome = match way.reach {
                _ if !way.own => {
                    // A silent session policy is named before a silent identity policy only for
                    // grants to roles (recorded).
                    let limits = if role_grant {
                        self.session_limit()
                    } else {
                        Ok(())
                    };
                    limits.and_then(|()| self.by_identity()).map(|_| way.by)
                }
                Reach::Itself => Ok(way.by),
                Reach::Issuer => self.limits().map(|()| way.by),
                Reach::Account => self.by_identity(),
            };
            match outcome {
                Ok(by) => {
                    let outcome = self.within_organization(by);
                    return self.answer(outcome);
                }
                Err(layer) => refused = refused.or(Some(layer)),
            }
        }
        match refused {
            Some(layer) => self.answer(Err(layer)),
            None if self.is_home => self.answer(Err(Layer::KeyPolicy)),
            // If the caller's account is silent, too, AWS's sentence is not known.
            None if self.by_identity().is_err() => self.silence(Layer::KeyPolicy, None),
            None => self.silence(Layer::KeyPolicy, Some(Reason::Unreachable)),
        }
    }

    /// The statements of the key policy and the grants that could allow.
    fn ways(&mut self) -> Vec<Way> {
        let is_home = self.is_home;
        let action = self.step.action;
        let mut ways = self.key_policy(Effect::Allow, |statement, actor| {
            let principals = statement.principals.as_ref()?;
            if action.name != "RetireGrant" {
                return principals.allows(actor);
            }
            // A key policy cannot allow it, except by leaving it to the account (documented).
            let account = Actor {
                arn: format!("arn:{}:iam::{}:root", part(&actor.arn, 1), actor.account),
                account: actor.account.clone(),
                ..Actor::default()
            };
            let left_to_account = principals.allows(&account) == Some(Reach::Itself);
            let reach = if actor.is_root() {
                Reach::Itself
            } else {
                Reach::Account
            };
            (left_to_account && is_home).then_some(reach)
        });
        let question = self.step.question;
        for grant in &question.grants {
            if let Some(reach) = grant.allows(question, action, &self.step.resource) {
                ways.push(Way {
                    reach,
                    by: By::grant(grant.id.as_ref()),
                    own: is_home || grant.issuer_account == self.actor().account,
                });
            }
        }
        ways
    }

    /// The statements of the key policy that apply, with how they name the caller.
    fn key_policy(
        &mut self,
        effect: Effect,
        reach: impl Fn(&Statement, &Actor) -> Option<Reach>,
    ) -> Vec<Way> {
        let statements = self
            .step
            .policy
            .iter()
            .flat_map(|policy| &policy.statements);
        let own = self.is_home || self.actor().service.is_some();
        let mut ways = Vec::new();
        for (index, statement) in statements.enumerate() {
            if statement.effect != effect {
                continue;
            }
            let Some(reach) = reach(statement, &self.step.question.subject.actor) else {
                continue;
            };
            let request = Request {
                action: &self.action,
                resource: &self.step.resource,
                context: &self.step.context,
            };
            if statement.applies(&request, &mut self.missing) {
                let by = By::statement(Layer::KeyPolicy, index, statement);
                ways.push(Way { reach, by, own });
            }
        }
        ways
    }

    /// The statements of a layer of the caller. `None` if there is no such layer.
    fn own(&mut self, layer: Layer, effect: Effect) -> Option<Vec<By>> {
        let request = Request {
            action: &self.action,
            resource: &self.step.resource,
            context: &self.step.context,
        };
        let subject = &self.step.question.subject;
        subject.statements(layer, effect, &request, &mut self.missing)
    }

    /// Whether the caller's own policies allow.
    fn by_identity(&mut self) -> Outcome {
        if self.actor().service.is_some() {
            return Err(Layer::IdentityPolicy);
        }
        if self.actor().is_root() {
            return self.within_organization(By::layer(Layer::Account));
        }
        let found = self
            .own(Layer::IdentityPolicy, Effect::Allow)
            .unwrap_or_default();
        let by = found.into_iter().next().ok_or(Layer::IdentityPolicy)?;
        // A federated session without a policy has no permissions (documented).
        if self.actor().is_federated() && self.step.question.subject.session_policies.is_none() {
            return Err(Layer::SessionPolicy);
        }
        self.limits()?;
        self.within_organization(by)
    }

    /// Whether the session policy and the boundary allow, if there are any.
    fn limits(&mut self) -> Result<(), Layer> {
        self.session_limit()?;
        self.limit(Layer::PermissionsBoundary)
    }

    fn session_limit(&mut self) -> Result<(), Layer> {
        self.limit(Layer::SessionPolicy)
    }

    fn limit(&mut self, layer: Layer) -> Result<(), Layer> {
        match self.own(layer, Effect::Allow) {
            Some(found) if found.is_empty() => Err(layer),
            _ => Ok(()),
        }
    }

    /// A service control policy binds the account's root user, too.
    fn within_organization(&mut self, by: By) -> Outcome {
        let request = Request {
            action: &self.action,
            resource: &self.step.resource,
            context: &self.step.context,
        };
        let subject = &self.step.question.subject;
        if subject.organization_allows(&request, &mut self.missing) {
            Ok(by)
        } else {
            Err(Layer::ServiceControlPolicy)
        }
    }

    fn answer(&self, outcome: Outcome) -> Decision {
        match outcome {
            Ok(by) => Decision {
                verdict: Verdict::Allow,
                message: None,
                matched: vec![by.clone()],
                by,
                missing: BTreeSet::new(),
            },
            // AWS's sentence for it is not known.
            Err(layer @ Layer::ServiceControlPolicy) => self.silence(layer, None),
            Err(layer) => self.silence(layer, Some(Reason::Silent(layer.in_sentence()))),
        }
    }

    fn silence(&self, layer: Layer, reason: Option<Reason<'_>>) -> Decision {
        Decision {
            verdict: Verdict::ImplicitDeny,
            message: reason.and_then(|reason| self.sentence(reason)),
            by: By::layer(layer),
            matched: Vec::new(),
            missing: BTreeSet::new(),
        }
    }

    fn refusal(&self, verdict: Verdict, found: Vec<By>, reason: Reason<'_>) -> Option<Decision> {
        let by = found.first()?.clone();
        Some(Decision {
            verdict,
            message: self.sentence(reason),
            by,
            matched: found,
            missing: BTreeSet::new(),
        })
    }

    /// AWS's sentence. Those for services are not known.
    fn sentence(&self, reason: Reason<'_>) -> Option<String> {
        let actor = self.actor();
        if actor.service.is_some() {
            return None;
        }
        let resource = match self.step.shown {
            Shown::Nothing => DeniedResource::New,
            Shown::Resource if self.is_home => DeniedResource::Named(&self.step.resource),
            Shown::Resource => DeniedResource::Foreign,
        };
        Some(access_denied(&actor.arn, &self.action, resource, reason))
    }
}
