//! [Verify](https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::sign::{MessageType, message_of};
use crate::api::{KeyArn, KeyUsage, SigningAlgorithm};
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// Says whether a signature is the key's signature of a message, by whomever it was made. One
/// that is not is an exception, never `false`.
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
    const CROSS_ACCOUNT: bool = true;
    type Input = VerifyInput;
    type Output = VerifyOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::SignVerify)?;
        let algorithm = input.signing_algorithm;
        let message = message_of(&key, algorithm, input.message_type, &input.message)?;
        let valid = context
            .material(&key)?
            .verify(algorithm, message, &input.signature.0)
            .map_err(|error| Internal::new("verify", error))?;
        if !valid {
            return Err(message::invalid_signature().into());
        }
        // A wrong signature wins over a dry run (recorded).
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        Ok(VerifyOutput {
            key_id: key.arn,
            signature_valid: true,
            signing_algorithm: algorithm,
        })
    }
}
