//! [Sign](https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::context::Context;
use crate::crypto::Message;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::{Key, KeyArn, KeySpec, KeyUsage, SigningAlgorithm};
use crate::protocol::Blob;
use crate::wire::wire_enum;

/// Signs a message, or its digest.
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

wire_enum! {
    /// What `Message` holds: the message itself, its digest, or ML-DSA's representative of it.
    MessageType {
        Raw = "RAW",
        Digest = "DIGEST",
        ExternalMu = "EXTERNAL_MU",
    }
}

impl Operation for Sign {
    const NAME: &'static str = "Sign";
    type Input = SignInput;
    type Output = SignOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::SignVerify)?;
        let algorithm = input.signing_algorithm;
        let message = message_of(&key, algorithm, input.message_type, &input.message)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let signature = context
            .material(&key)?
            .sign(algorithm, message)
            .map_err(|error| Internal::new("sign", error))?;
        Ok(SignOutput {
            key_id: key.arn,
            signature: Blob(signature),
            signing_algorithm: algorithm,
        })
    }
}

/// What a key is to sign or verify: `Sign` and `Verify` check the same, in the same order.
///
/// # Errors
///
/// An algorithm that the key does not have, a kind of message that the algorithm does not take,
/// a digest of another length.
pub(super) fn message_of<'m>(
    key: &Key,
    algorithm: SigningAlgorithm,
    message_type: Option<MessageType>,
    message: &'m Blob,
) -> Result<Message<'m>, KmsError> {
    let spec: KeySpec = key.record.spec;
    if !spec.signing_algorithms().contains(&algorithm) {
        return Err(message::incompatible_algorithm(algorithm, spec));
    }
    match message_type.unwrap_or(MessageType::Raw) {
        MessageType::Raw => Ok(Message::Raw(&message.0)),
        MessageType::Digest if message.0.len() == algorithm.digest_length() => {
            Ok(Message::Digest(&message.0))
        }
        MessageType::Digest => Err(message::digest_of_invalid_length(algorithm)),
        other @ MessageType::ExternalMu => {
            Err(message::incompatible_message_type(other.as_str(), spec))
        }
    }
}
