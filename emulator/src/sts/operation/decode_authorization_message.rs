//! [DecodeAuthorizationMessage](https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::authorization::principal_keys;
use crate::error::{Error, StsError};
use crate::sts::Call;
use crate::sts::permission::Permission;
use crate::sts::role_session::base;

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

    fn run(_: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        if call.context.checks_policies() {
            let subject = call.context.subject(call.caller)?;
            let mut context = base(&call);
            principal_keys(&subject, &mut context);
            let permission = Permission {
                subject: &subject,
                action: "sts:DecodeAuthorizationMessage",
                resource: "*",
                context,
            };
            permission
                .by_identity()
                .map_err(|_| StsError::cannot_decode(&subject.actor.arn))?;
        }
        Err(StsError::not_an_authorization_message().into())
    }
}
