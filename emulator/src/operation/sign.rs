//! [Sign](https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::signing::{MessageType, message_to_sign};
use super::{Cost, Operation, finish_dry_run};
use crate::api::{KeyArn, KeyUsage, SigningAlgorithm};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, MESSAGE_TYPE, SIGNING_ALGORITHM};
use crate::context::Context;
use crate::error::{Error, Internal};
use crate::protocol::Blob;

/// Signs a message or its digest.
pub(super) struct Sign;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignInput {
    key_id: String,
    message: Blob,
    message_type: Option<MessageType>,
    signing_algorithm: SigningAlgorithm,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignOutput {
    key_id: KeyArn,
    signature: Blob,
    signing_algorithm: SigningAlgorithm,
}

impl Operation for Sign {
    const NAME: &'static str = "Sign";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|input| input.signing_algorithm.into());
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, &[MESSAGE_TYPE, SIGNING_ALGORITHM]];
    type Input = SignInput;
    type Output = SignOutput;

    fn cost(input: &Self::Input) -> Cost {
        Cost::of_signature(input.signing_algorithm)
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::SignVerify)?;
        let algorithm = input.signing_algorithm;
        let message = message_to_sign(&key, algorithm, input.message_type, &input.message)?;
        finish_dry_run(input.dry_run)?;
        let signature = context
            .material(&key)?
            .sign(algorithm, message, context.random())
            .map_err(|error| Internal::new("sign", error))?;
        Ok(SignOutput {
            key_id: key.arn,
            signature: Blob(signature),
            signing_algorithm: algorithm,
        })
    }
}
