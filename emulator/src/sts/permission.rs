//! What a caller may do under `--auth policy`: by its own policies, and by the trust policies of roles.

use std::collections::BTreeSet;

use crate::auth::Principal;
use crate::authorization::{Layer, Subject};
use crate::error::StsError;
use crate::error::message::{DeniedResource, Reason, access_denied};
use crate::iam::{Context, Effect, Policy, Reach, Request, Statement};
use crate::store::StoreError;

/// The layers of a caller whose denies count.
const DENYING: [Layer; 4] = [
    Layer::IdentityPolicy,
    Layer::SessionPolicy,
    Layer::PermissionsBoundary,
    Layer::ServiceControlPolicy,
];

/// A permission that a request needs.
pub(super) struct Permission<'a> {
    pub(super) subject: &'a Subject,
    pub(super) action: &'static str,
    pub(super) resource: &'a str,
    pub(super) context: Context,
}

/// Why a permission is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No policy allows it. The text says which one would have to.
    Silent(&'static str),
    /// A policy of the caller denies it. The ARN is that of a managed policy.
    Denied(Layer, Option<String>),
    /// The trust policy denies it.
    DeniedByRole,
}

const NO_TRUST: Refusal = Refusal::Silent("a trust policy that allows it");

/// The trust policy of a role. A role without one trusts no principal.
///
/// # Errors
///
/// Internal: the record is damaged.
pub(super) fn trust_policy(role: &Principal) -> Result<Policy, StoreError> {
    let text = role.trust_policy.as_ref();
    let policy = text
        .map(|text| Policy::parse(text).map_err(|error| StoreError::record(&role.arn, error.0)));
    Ok(policy.transpose()?.unwrap_or_default())
}

impl Permission<'_> {
    /// Whether the caller's own policies allow it.
    ///
    /// # Errors
    ///
    /// The reason of the refusal.
    pub(super) fn by_identity(&self) -> Result<(), Refusal> {
        self.not_denied()?;
        self.allowed_by_identity()?;
        self.within_organization()
    }

    /// Whether the trust policy of a role allows it, with the caller's own policies where they count.
    /// In the role's account, they need not allow it if the trust policy names the caller, its role or
    /// everyone.
    ///
    /// # Errors
    ///
    /// The reason of the refusal.
    pub(super) fn by_role(&self, trust: &Policy) -> Result<(), Refusal> {
        let actor = &self.subject.actor;
        let names = |statement: &Statement| match (statement.effect, &statement.principals) {
            (Effect::Deny, Some(principals)) => principals.denies(actor).then_some(Reach::Itself),
            (Effect::Allow, Some(principals)) => principals.allows(actor),
            (_, None) => None,
        };
        let reach = self.reach(trust, names)?;
        self.not_denied()?;
        let is_home = self.resource.split(':').nth(4) == Some(actor.account.as_str());
        match reach.ok_or(NO_TRUST)? {
            Reach::Itself if is_home => {}
            Reach::Issuer if is_home => self.limits()?,
            _ => self.allowed_by_identity()?,
        }
        self.within_organization()
    }

    /// Whether the trust policy of a role allows it to the users of an identity provider.
    ///
    /// # Errors
    ///
    /// The reason of the refusal.
    pub(super) fn by_provider(&self, trust: &Policy, provider: &[&str]) -> Result<(), Refusal> {
        let names = |statement: &Statement| {
            let principals = statement.principals.as_ref()?;
            principals.names_provider(provider).then_some(Reach::Itself)
        };
        self.reach(trust, names)?.map(|_| ()).ok_or(NO_TRUST)
    }

    /// How a trust policy allows it. `None` if it does not.
    fn reach(
        &self,
        trust: &Policy,
        names: impl Fn(&Statement) -> Option<Reach>,
    ) -> Result<Option<Reach>, Refusal> {
        let request = self.request();
        let mut missing = BTreeSet::new();
        let mut best = None;
        for statement in &trust.statements {
            let Some(reach) = names(statement) else {
                continue;
            };
            if !statement.applies_to_its_owner(&request, &mut missing) {
                continue;
            }
            if statement.effect == Effect::Deny {
                return Err(Refusal::DeniedByRole);
            }
            best = best.max(Some(reach));
        }
        Ok(best)
    }

    fn not_denied(&self) -> Result<(), Refusal> {
        for layer in DENYING {
            if let Some(by) = self.own(layer, Effect::Deny).into_iter().flatten().next() {
                return Err(Refusal::Denied(layer, by));
            }
        }
        Ok(())
    }

    fn allowed_by_identity(&self) -> Result<(), Refusal> {
        let subject = self.subject;
        if subject.actor.is_root() {
            return Ok(());
        }
        match self.own(Layer::IdentityPolicy, Effect::Allow) {
            Some(found) if !found.is_empty() => self.limits(),
            _ => Err(Refusal::Silent("an identity policy that allows it")),
        }
    }

    /// Whether the session policy and the boundary allow it, if there are any.
    fn limits(&self) -> Result<(), Refusal> {
        for (layer, needed) in [
            (Layer::SessionPolicy, "a session policy that allows it"),
            (
                Layer::PermissionsBoundary,
                "a permissions boundary that allows it",
            ),
        ] {
            let found = self.own(layer, Effect::Allow);
            if found.is_some_and(|found| found.is_empty()) {
                return Err(Refusal::Silent(needed));
            }
        }
        Ok(())
    }

    /// Whether every level of the caller's organization allows it.
    fn within_organization(&self) -> Result<(), Refusal> {
        let subject = self.subject;
        if subject.organization_allows(&self.request(), &mut BTreeSet::new()) {
            return Ok(());
        }
        let needed = "a service control policy of each level that allows it";
        Err(Refusal::Silent(needed))
    }

    /// The ARNs of the policies of a layer that say so. `None` without the layer.
    fn own(&self, layer: Layer, effect: Effect) -> Option<Vec<Option<String>>> {
        let mut missing = BTreeSet::new();
        let found = self
            .subject
            .statements(layer, effect, &self.request(), &mut missing)?;
        Some(found.into_iter().map(|by| by.arn).collect())
    }

    fn request(&self) -> Request<'_> {
        Request {
            action: self.action,
            resource: self.resource,
            context: &self.context,
        }
    }

    /// The error for a refusal.
    pub(super) fn error(&self, refusal: Refusal) -> StsError {
        let caller = &self.subject.actor.arn;
        match refusal {
            Refusal::Silent(needed) => {
                StsError::not_allowed(caller, self.action, self.resource, needed)
            }
            Refusal::Denied(layer, arn) => {
                let resource = DeniedResource::Named(self.resource);
                let reason = Reason::Denied(layer.in_sentence(), arn.as_deref());
                StsError::denied(access_denied(caller, self.action, resource, reason))
            }
            Refusal::DeniedByRole => StsError::denied_by_role(caller, self.action),
        }
    }
}
