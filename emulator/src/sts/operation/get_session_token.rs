//! [GetSessionToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html)

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Operation;
use super::role::DEFAULT_DURATION;
use crate::error::{Error, StsError};
use crate::sts::Call;
use crate::sts::session::{Credentials, NewSession};

const DEFAULT_FOR_USERS: Duration = Duration::from_secs(12 * 3600);

/// Returns temporary credentials for the same user.
pub(super) struct GetSessionToken;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetSessionTokenInput {
    duration_seconds: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetSessionTokenOutput {
    credentials: Credentials,
}

impl Operation for GetSessionToken {
    const NAME: &'static str = "GetSessionToken";
    type Input = GetSessionTokenInput;
    type Output = GetSessionTokenOutput;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        let caller = call.caller;
        if caller.session().is_some() {
            return Err(StsError::needs_long_term_credentials(Self::NAME).into());
        }
        let requested = input
            .duration_seconds
            .map(|seconds| Duration::from_secs(seconds.into()));
        let arn = caller.arn();
        // By the API reference, a session of the root user lasts an hour at most.
        let duration = if arn.ends_with(":root") {
            requested.map_or(DEFAULT_DURATION, |duration| duration.min(DEFAULT_DURATION))
        } else {
            requested.unwrap_or(DEFAULT_FOR_USERS)
        };
        let session = NewSession {
            account: caller.location.account.clone(),
            arn: Some(arn).filter(|arn| !arn.ends_with(":root")),
            user_id: caller.user_id(),
            issuer: None,
            duration,
            policy: None,
            policy_arns: Vec::new(),
            tags: BTreeMap::new(),
            transitive_tags: BTreeMap::new(),
            source_identity: None,
        };
        Ok(GetSessionTokenOutput {
            credentials: session.create(call)?,
        })
    }
}
