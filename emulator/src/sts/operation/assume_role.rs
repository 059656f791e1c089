//! [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::policy::{self, PolicyDescriptor};
use super::role::{DEFAULT_DURATION, Role};
use crate::error::{Error, StsError};
use crate::sts::Call;
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
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
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
    pub(super) fn new(role: &Role<'_>, session: &str) -> Self {
        Self {
            assumed_role_id: role.session_id(session),
            arn: role.session_arn(session),
        }
    }

    /// The session with these ids.
    pub(super) fn session(&self, role: &Role<'_>, duration: Duration) -> NewSession {
        NewSession {
            account: role.account.clone(),
            arn: Some(self.arn.clone()),
            user_id: self.assumed_role_id.clone(),
            duration,
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
        policy::check(input.policy.as_deref())?;
        let (transitive_tags, source_identity) = inherited(&input, &call)?;
        let user = AssumedRoleUser::new(&role, &input.role_session_name);
        let session = NewSession {
            transitive_tags,
            source_identity: source_identity.clone(),
            ..user.session(&role, duration(&input, &call)?)
        };
        let has_others = !input.policy_arns.is_empty() || !input.tags.is_empty();
        Ok(AssumeRoleOutput {
            credentials: session.create(call)?,
            assumed_role_user: user,
            packed_policy_size: policy::packed_size(input.policy.as_deref(), has_others),
            source_identity,
        })
    }
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

/// The transitive tags and the source identity of the session, with those of the caller's session.
fn inherited(
    input: &AssumeRoleInput,
    call: &Call<'_, '_>,
) -> Result<(BTreeMap<String, String>, Option<String>), StsError> {
    // Keys are case insensitive.
    let lower = |key: &str| key.to_lowercase();
    let mut keys = HashSet::new();
    let mut given = input.tags.iter();
    if let Some(tag) = given.find(|tag| !keys.insert(lower(&tag.key))) {
        return Err(StsError::duplicate_tag_keys(&tag.key));
    }
    let mut transitive = input.transitive_tag_keys.iter();
    if let Some(key) = transitive.find(|key| !keys.contains(&lower(key))) {
        return Err(StsError::transitive_key_without_tag(key));
    }
    let session = call.caller.session();
    let mut tags = session.map_or_else(BTreeMap::new, |session| session.transitive_tags.clone());
    if let Some(key) = tags.keys().find(|key| keys.contains(&lower(key))) {
        return Err(StsError::transitive_key_conflict(key));
    }
    let is_transitive = |tag: &&Tag| {
        let mut keys = input.transitive_tag_keys.iter();
        keys.any(|key| lower(key) == lower(&tag.key))
    };
    let added = input.tags.iter().filter(is_transitive);
    tags.extend(added.map(|tag| (tag.key.clone(), tag.value.clone())));
    let source_identity = session.and_then(|session| session.source_identity.clone());
    Ok((
        tags,
        source_identity.or_else(|| input.source_identity.clone()),
    ))
}
