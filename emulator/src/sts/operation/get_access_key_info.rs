//! [GetAccessKeyInfo](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::error::Error;
use crate::sts::Call;

/// Returns the account of an access key.
pub(super) struct GetAccessKeyInfo;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetAccessKeyInfoInput {
    access_key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetAccessKeyInfoOutput {
    account: String,
}

impl Operation for GetAccessKeyInfo {
    const NAME: &'static str = "GetAccessKeyInfo";
    type Input = GetAccessKeyInfoInput;
    type Output = GetAccessKeyInfoOutput;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        let account = call.context.account_of(&input.access_key_id)?;
        Ok(GetAccessKeyInfoOutput {
            account: account.to_string(),
        })
    }
}
