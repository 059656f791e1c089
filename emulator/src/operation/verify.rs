//! [Verify](https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::signing::{MessageType, message_to_sign};
use super::{Operation, finish_dry_run};
use crate::api::{KeyArn, KeyUsage, SigningAlgorithm};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, MESSAGE_TYPE, SIGNING_ALGORITHM};
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// Verifies a signature. An invalid signature is an exception, never `false`.
pub(super) struct Verify;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyInput {
    key_id: String,
    message: Blob,
    message_type: Option<MessageType>,
    signature: Blob,
    signing_algorithm: SigningAlgorithm,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyOutput {
    key_id: KeyArn,
    signature_valid: bool,
    signing_algorithm: SigningAlgorithm,
}

impl Operation for Verify {
    const NAME: &'static str = "Verify";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|input| input.signing_algorithm.into());
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, &[MESSAGE_TYPE, SIGNING_ALGORITHM]];
    type Input = VerifyInput;
    type Output = VerifyOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::SignVerify)?;
        let algorithm = input.signing_algorithm;
        let message = message_to_sign(&key, algorithm, input.message_type, &input.message)?;
        let valid = context
            .material(&key)?
            .verify(algorithm, message, &input.signature.0)
            .map_err(|error| Internal::new("verify", error))?;
        if !valid {
            let kind = input.message_type.unwrap_or(MessageType::Raw).as_str();
            let length = input.signature.0.len();
            return Err(message::invalid_signature(&key.arn, algorithm, kind, length).into());
        }
        // An invalid signature takes precedence over a dry run (recorded).
        finish_dry_run(input.dry_run)?;
        Ok(VerifyOutput {
            key_id: key.arn,
            signature_valid: true,
            signing_algorithm: algorithm,
        })
    }
}
