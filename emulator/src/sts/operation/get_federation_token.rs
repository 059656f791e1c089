//! [GetFederationToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html)

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::policy::{self, PolicyDescriptor};
use super::tags::{SessionTags, Tag};
use crate::error::{Error, StsError};
use crate::sts::Call;
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
        if caller.session().is_some() {
            return Err(StsError::needs_long_term_credentials(Self::NAME).into());
        }
        policy::check(input.policy.as_deref())?;
        let tags = SessionTags::new(&input.tags, &[], &BTreeMap::new())?;
        let account = caller.location.account.clone();
        let partition = caller.location.region.partition();
        let federated_user = FederatedUser {
            federated_user_id: format!("{account}:{}", input.name),
            arn: format!(
                "arn:{partition}:sts::{account}:federated-user/{}",
                input.name
            ),
        };
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
