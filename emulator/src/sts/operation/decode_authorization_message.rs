//! [DecodeAuthorizationMessage](https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::error::{Error, StsError};
use crate::sts::Call;

/// Rejects every message: KMS and STS return no encoded messages, so none can come from the emulator.
pub(super) struct DecodeAuthorizationMessage;

#[derive(Deserialize)]
pub(super) struct DecodeAuthorizationMessageInput {}

#[derive(Serialize)]
pub(super) enum DecodeAuthorizationMessageOutput {}

impl Operation for DecodeAuthorizationMessage {
    const NAME: &'static str = "DecodeAuthorizationMessage";
    type Input = DecodeAuthorizationMessageInput;
    type Output = DecodeAuthorizationMessageOutput;

    fn run(_: Self::Input, _: Call<'_, '_>) -> Result<Self::Output, Error> {
        Err(StsError::not_an_authorization_message().into())
    }
}
