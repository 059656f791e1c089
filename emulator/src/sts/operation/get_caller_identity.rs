//! [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::error::Error;
use crate::sts::Call;

/// Returns who the caller is.
pub(super) struct GetCallerIdentity;

#[derive(Deserialize)]
pub(super) struct GetCallerIdentityInput {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetCallerIdentityOutput {
    arn: String,
    user_id: String,
    account: String,
}

impl Operation for GetCallerIdentity {
    const NAME: &'static str = "GetCallerIdentity";
    type Input = GetCallerIdentityInput;
    type Output = GetCallerIdentityOutput;

    fn run(_: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        Ok(GetCallerIdentityOutput {
            arn: call.caller.arn(),
            user_id: call.caller.user_id(),
            account: call.caller.location.account.to_string(),
        })
    }
}
