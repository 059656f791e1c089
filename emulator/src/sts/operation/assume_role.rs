//! [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::policy::{self, PolicyDescriptor};
use super::role::{DEFAULT_DURATION, Role};
use super::tags::{SessionTags, Tag, by_key};
use crate::auth::{Principal, unique_id};
use crate::error::{Error, StsError};
use crate::sts::Call;
use crate::sts::role_session::RoleSession;
use crate::sts::session::{Credentials, NewSession};

/// Returns credentials for a session of a role.
pub(super) struct AssumeRole;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleInput {
    role_arn: String,
    role_session_name: String,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    duration_seconds: Option<u32>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
    source_identity: Option<String>,
    external_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleOutput {
    credentials: Credentials,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
}

/// A session of a role.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

impl AssumedRoleUser {
    /// A session of a role, which may be in a seed.
    pub(super) fn new(role: &Role<'_>, session: &str, stored: Option<&Principal>) -> Self {
        let id = stored.map(|stored| stored.unique_id.clone());
        let id = id.unwrap_or_else(|| unique_id("AROA", role.arn));
        Self {
            assumed_role_id: format!("{id}:{session}"),
            arn: role.session_arn(session),
        }
    }

    /// The session with these ids.
    pub(super) fn session(&self, role: &Role<'_>, duration: Duration) -> NewSession {
        NewSession {
            account: role.account.clone(),
            arn: Some(self.arn.clone()),
            user_id: self.assumed_role_id.clone(),
            issuer: Some(role.arn.to_owned()),
            duration,
            policy: None,
            policy_arns: Vec::new(),
            tags: BTreeMap::new(),
            transitive_tags: BTreeMap::new(),
            source_identity: None,
        }
    }
}

impl Operation for AssumeRole {
    const NAME: &'static str = "AssumeRole";
    type Input = AssumeRoleInput;
    type Output = AssumeRoleOutput;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        let Some(role) = Role::parse(&input.role_arn)? else {
            let caller = call.caller.arn();
            return Err(StsError::cannot_assume_role(&caller, &input.role_arn).into());
        };
        let checks_policies = call.context.checks_policies();
        policy::check(input.policy.as_deref(), checks_policies)?;
        let session = call.caller.session();
        let inherited = session.map(|session| &session.transitive_tags);
        let tags = SessionTags::new(
            &input.tags,
            &input.transitive_tag_keys,
            inherited.unwrap_or(&BTreeMap::new()),
        )?;
        let source_identity = session.and_then(|session| session.source_identity.clone());
        let source_identity = source_identity.or_else(|| input.source_identity.clone());
        let stored = call.context.principal(role.arn)?;
        if checks_policies {
            let unknown = Principal {
                arn: input.role_arn.clone(),
                ..Principal::default()
            };
            let session = RoleSession {
                role: stored.as_deref().unwrap_or(&unknown),
                name: &input.role_session_name,
                tags: &by_key(&input.tags),
                transitive_keys: &input.transitive_tag_keys,
                has_tags: !tags.all.is_empty(),
                source_identity: source_identity.as_deref(),
                external_id: input.external_id.as_deref(),
                duration_seconds: input.duration_seconds,
            };
            authorize(&session, &call)?;
        }
        let user = AssumedRoleUser::new(&role, &input.role_session_name, stored.as_deref());
        let has_others = !input.policy_arns.is_empty() || !input.tags.is_empty();
        let packed_policy_size = policy::packed_size(input.policy.as_deref(), has_others);
        let session = NewSession {
            policy: input.policy.clone(),
            policy_arns: policy::arns(&input.policy_arns),
            tags: tags.all,
            transitive_tags: tags.transitive,
            source_identity: source_identity.clone(),
            ..user.session(&role, duration(&input, &call)?)
        };
        Ok(AssumeRoleOutput {
            credentials: session.create(call)?,
            assumed_role_user: user,
            packed_policy_size,
            source_identity,
        })
    }
}

/// Root users and federated users cannot assume roles, whatever policies say (documented).
fn authorize(session: &RoleSession<'_>, call: &Call<'_, '_>) -> Result<(), Error> {
    let subject = call.context.subject(call.caller)?;
    let actor = &subject.actor;
    if actor.is_root() {
        return Err(StsError::root_cannot_assume_roles().into());
    }
    if actor.is_federated() {
        let role = &session.role.arn;
        return Err(StsError::federated_user_cannot_assume_roles(&actor.arn, role).into());
    }
    session.authorize(&subject, call)
}

/// The duration of the session. A session of a role can assume another role for an hour at most.
fn duration(input: &AssumeRoleInput, call: &Call<'_, '_>) -> Result<Duration, StsError> {
    let Some(seconds) = input.duration_seconds else {
        return Ok(DEFAULT_DURATION);
    };
    let duration = Duration::from_secs(seconds.into());
    let is_role_session = call.caller.arn().contains(":assumed-role/");
    if is_role_session && duration > DEFAULT_DURATION {
        return Err(StsError::too_long_for_role_chaining());
    }
    Ok(duration)
}
