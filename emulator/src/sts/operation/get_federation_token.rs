//! [GetFederationToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html)

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::policy::{self, PolicyDescriptor};
use super::tags::{SessionTags, Tag};
use crate::authorization::principal_keys;
use crate::error::{Error, StsError};
use crate::sts::Call;
use crate::sts::permission::Permission;
use crate::sts::role_session::base;
use crate::sts::session::{Credentials, NewSession};

const DEFAULT_DURATION: Duration = Duration::from_secs(12 * 3600);

/// Returns temporary credentials for a federated user.
pub(super) struct GetFederationToken;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetFederationTokenInput {
    name: String,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    duration_seconds: Option<u32>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetFederationTokenOutput {
    credentials: Credentials,
    federated_user: FederatedUser,
    packed_policy_size: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FederatedUser {
    federated_user_id: String,
    arn: String,
}

impl Operation for GetFederationToken {
    const NAME: &'static str = "GetFederationToken";
    type Input = GetFederationTokenInput;
    type Output = GetFederationTokenOutput;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        let caller = call.caller;
        let account = caller.location.account.clone();
        let partition = caller.location.region.partition();
        let federated_user = FederatedUser {
            federated_user_id: format!("{account}:{}", input.name),
            arn: format!(
                "arn:{partition}:sts::{account}:federated-user/{}",
                input.name
            ),
        };
        if call.context.checks_policies() {
            authorize(&federated_user.arn, &input.tags, &call)?;
        }
        if caller.session().is_some() {
            return Err(StsError::needs_long_term_credentials(Self::NAME).into());
        }
        policy::check(input.policy.as_deref(), call.context.checks_policies())?;
        let tags = SessionTags::new(&input.tags, &[], &BTreeMap::new())?;
        let duration = input
            .duration_seconds
            .map(|seconds| Duration::from_secs(seconds.into()));
        let session = NewSession {
            account,
            arn: Some(federated_user.arn.clone()),
            user_id: federated_user.federated_user_id.clone(),
            issuer: Some(caller.arn()),
            duration: duration.unwrap_or(DEFAULT_DURATION),
            policy: input.policy.clone(),
            policy_arns: policy::arns(&input.policy_arns),
            tags: tags.all,
            transitive_tags: BTreeMap::new(),
            source_identity: None,
        };
        let has_others = !input.policy_arns.is_empty() || !input.tags.is_empty();
        Ok(GetFederationTokenOutput {
            credentials: session.create(call)?,
            federated_user,
            packed_policy_size: policy::packed_size(input.policy.as_deref(), has_others)
                .unwrap_or(0),
        })
    }
}

/// The caller's own policies must allow the federated user, and its tags. A user without the permission
/// sees that first, also with the credentials of a session (quoted by users).
fn authorize(arn: &str, tags: &[Tag], call: &Call<'_, '_>) -> Result<(), Error> {
    let subject = call.context.subject(call.caller)?;
    let tagging = (!tags.is_empty()).then_some(("sts:TagSession", subject.actor.arn.as_str()));
    for (action, resource) in [("sts:GetFederationToken", arn)].into_iter().chain(tagging) {
        let mut context = base(call);
        principal_keys(&subject, &mut context);
        for Tag { key, value } in tags {
            context.set(&format!("aws:RequestTag/{key}"), value.as_str());
        }
        context.set_list("aws:TagKeys", tags.iter().map(|tag| tag.key.clone()));
        let permission = Permission {
            subject: &subject,
            action,
            resource,
            context,
        };
        permission
            .by_identity()
            .map_err(|refusal| permission.error(refusal))?;
    }
    Ok(())
}
