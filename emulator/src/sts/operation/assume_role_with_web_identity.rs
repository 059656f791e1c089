//! [AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html)

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::assume_role::AssumedRoleUser;
use super::identity_token::Claims;
use super::policy::{self, PolicyDescriptor};
use super::role::{DEFAULT_DURATION, Role};
use super::tags::SessionTags;
use crate::api::AccountId;
use crate::error::{Error, StsError};
use crate::store::StoreError;
use crate::sts::Call;
use crate::sts::permission::trust_policy;
use crate::sts::role_session::RoleSession;
use crate::sts::session::{Credentials, NewSession};

/// Returns credentials for a session of a role, for the owner of a web identity token. Accepts any
/// well-formed token: the emulator knows no providers, so it cannot check signatures.
pub(super) struct AssumeRoleWithWebIdentity;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleWithWebIdentityInput {
    role_arn: String,
    role_session_name: String,
    web_identity_token: String,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    duration_seconds: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleWithWebIdentityOutput {
    credentials: Credentials,
    subject_from_web_identity_token: String,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<u32>,
    provider: String,
    audience: String,
}

impl Operation for AssumeRoleWithWebIdentity {
    const NAME: &'static str = "AssumeRoleWithWebIdentity";
    type Input = AssumeRoleWithWebIdentityInput;
    type Output = AssumeRoleWithWebIdentityOutput;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        let role = Role::parse(&input.role_arn)?
            .ok_or_else(|| StsError::cannot_assume_role_with_web_identity(&input.role_arn))?;
        let checks_policies = call.context.checks_policies();
        policy::check(input.policy.as_deref(), checks_policies)?;
        let claims = Claims::read(&input.web_identity_token, call.context.now())?;
        let (claimed, transitive_keys) = claims.tags();
        let tags = SessionTags::new(&claimed, transitive_keys, &BTreeMap::new())?;
        let duration = input
            .duration_seconds
            .map(|seconds| Duration::from_secs(seconds.into()));
        let stored = call.context.principal(role.arn)?;
        if checks_policies {
            let provider = claims.provider(role.partition, &role.account);
            if !is_trusted(&provider, &role.account, &call)? {
                return Err(StsError::unknown_provider(&claims.iss).into());
            }
            let stored = stored.as_ref();
            let session = RoleSession {
                role: stored.ok_or_else(|| {
                    StsError::provider_not_authorized(
                        "sts:AssumeRoleWithWebIdentity",
                        &input.role_arn,
                    )
                })?,
                name: &input.role_session_name,
                tags: &tags.all,
                transitive_keys,
                has_tags: !tags.all.is_empty(),
                source_identity: claims.source_identity.as_deref(),
                external_id: None,
                duration_seconds: input.duration_seconds,
            };
            let names: Vec<_> = provider.iter().map(String::as_str).collect();
            let keys = claims.keys(names.first().copied().unwrap_or_default());
            session.authorize_provider(&names, &keys, &call)?;
        }
        let user = AssumedRoleUser::new(&role, &input.role_session_name, stored.as_deref());
        let session = NewSession {
            policy: input.policy.clone(),
            policy_arns: policy::arns(&input.policy_arns),
            tags: tags.all,
            transitive_tags: tags.transitive,
            source_identity: claims.source_identity.clone(),
            ..user.session(&role, duration.unwrap_or(DEFAULT_DURATION))
        };
        let has_others = !input.policy_arns.is_empty() || !claimed.is_empty();
        Ok(AssumeRoleWithWebIdentityOutput {
            credentials: session.create(call)?,
            audience: claims.audience().to_owned(),
            subject_from_web_identity_token: claims.sub,
            assumed_role_user: user,
            packed_policy_size: policy::packed_size(input.policy.as_deref(), has_others),
            provider: claims.iss,
        })
    }
}

/// Whether a role of an account trusts a provider. The emulator has no list of providers, so one that no
/// role trusts does not exist.
fn is_trusted(
    provider: &[String],
    account: &AccountId,
    call: &Call<'_, '_>,
) -> Result<bool, StoreError> {
    let names: Vec<_> = provider.iter().map(String::as_str).collect();
    for role in call.context.roles(account)? {
        let trust = trust_policy(&role)?;
        let mut principals = trust
            .statements
            .iter()
            .filter_map(|statement| statement.principals.as_ref());
        if principals.any(|principals| principals.names_provider(&names)) {
            return Ok(true);
        }
    }
    Ok(false)
}
