//! The policies of a caller, layer by layer.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;
use std::sync::Arc;

use super::decision::{By, Layer};
use crate::iam::{Actor, Effect, Policy, Request};

/// The caller of a request, with its policies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub(crate) actor: Actor,
    pub(crate) identity_policies: Vec<ManagedPolicy>,
    pub(crate) boundary: Option<Arc<Policy>>,
    /// Their union limits a session.
    pub(crate) session_policies: Option<Vec<Arc<Policy>>>,
    /// Those of each level of the organization, from its root to the account. Each level must allow.
    pub(crate) service_control_policies: Vec<Arc<Policy>>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) source_identity: Option<String>,
    pub(crate) organization: Option<String>,
}

/// A policy of a user or role.
#[derive(Clone, Debug)]
pub(crate) struct ManagedPolicy {
    /// A refusal names a managed policy by its ARN, and an inline policy not at all (recorded).
    pub(crate) arn: Option<String>,
    pub(crate) policy: Arc<Policy>,
}

impl Subject {
    /// Whether a policy of the caller can ask for condition keys.
    pub(crate) fn reads_context(&self) -> bool {
        self.policies().any(|policy| policy.reads_context())
    }

    /// All policies of the caller.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        let identity = self.identity_policies.iter().map(|found| &found.policy);
        let session = self.session_policies.iter().flatten();
        let limits = self.boundary.iter().chain(&self.service_control_policies);
        identity.chain(session).chain(limits)
    }

    /// The policies of a layer with their ARNs, if the caller has the layer.
    fn layer(&self, layer: Layer) -> Option<impl Iterator<Item = (&Policy, Option<&str>)>> {
        let (managed, others) = match layer {
            Layer::IdentityPolicy => (self.identity_policies.as_slice(), [].as_slice()),
            Layer::SessionPolicy => ([].as_slice(), self.session_policies.as_deref()?),
            Layer::PermissionsBoundary => ([].as_slice(), slice::from_ref(self.boundary.as_ref()?)),
            Layer::ServiceControlPolicy => {
                ([].as_slice(), self.service_control_policies.as_slice())
            }
            Layer::KeyPolicy
            | Layer::ResourcePolicy
            | Layer::Grant
            | Layer::Account
            | Layer::Operation => return None,
        };
        let managed = managed
            .iter()
            .map(|found| (found.policy.as_ref(), found.arn.as_deref()));
        Some(managed.chain(others.iter().map(|policy| (policy.as_ref(), None))))
    }

    /// Whether every level of the organization allows a request, if there are any.
    pub(crate) fn organization_allows(
        &self,
        request: &Request<'_>,
        missing: &mut BTreeSet<String>,
    ) -> bool {
        self.service_control_policies.iter().all(|policy| {
            policy.statements.iter().any(|statement| {
                statement.effect == Effect::Allow && statement.applies(request, missing)
            })
        })
    }

    /// The statements of a layer that allow or deny a request; `None` without the layer.
    pub(crate) fn statements(
        &self,
        layer: Layer,
        effect: Effect,
        request: &Request<'_>,
        missing: &mut BTreeSet<String>,
    ) -> Option<Vec<By>> {
        let mut found = Vec::new();
        let mut first = 0;
        for (policy, arn) in self.layer(layer)? {
            for (index, statement) in policy.statements.iter().enumerate() {
                if statement.effect == effect && statement.applies(request, missing) {
                    let mut by = By::statement(layer, first + index, statement);
                    by.arn = arn.map(str::to_owned);
                    found.push(by);
                }
            }
            first += policy.statements.len();
        }
        Some(found)
    }
}

impl Actor {
    /// The role of a session, whose ARN conditions see instead of the session's (documented).
    pub(super) fn issuer_of_role(&self) -> Option<&str> {
        let issuer = self.issuer.as_deref();
        issuer.filter(|_| self.arn.contains(":assumed-role/"))
    }

    pub(crate) fn is_federated(&self) -> bool {
        self.arn.contains(":federated-user/")
    }
}
