//! [Sign](https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::{KeyArn, KeySpec, KeyUsage, SigningAlgorithm, wire_enum};
use crate::context::Context;
use crate::crypto::Message;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::kms::Work;
use crate::protocol::Blob;

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

/// The length in bytes of `µ`: FIPS 204, algorithm 7.
const EXTERNAL_MU_LENGTH: usize = 64;

impl Operation for Sign {
    const NAME: &'static str = "Sign";
    const WORK: (&'static str, Work) = ("RSASSA_", Work::Heavy);
    const CROSS_ACCOUNT: bool = true;
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
            .sign(algorithm, message, context.random())
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
        return Err(message::incompatible_algorithm(algorithm.as_str(), spec));
    }
    let kind = message_type.unwrap_or(MessageType::Raw);
    match (kind, algorithm) {
        (MessageType::ExternalMu, SigningAlgorithm::MlDsaShake256) => {
            let whole = message.0.len() == EXTERNAL_MU_LENGTH;
            whole
                .then_some(Message::ExternalMu(&message.0))
                .ok_or_else(|| message::external_mu_of_invalid_length(algorithm))
        }
        (MessageType::ExternalMu, _) | (MessageType::Digest, SigningAlgorithm::MlDsaShake256) => {
            Err(message::incompatible_message_type(kind.as_str(), spec))
        }
        // One algorithm takes messages, the other digests.
        (MessageType::Digest, SigningAlgorithm::Ed25519Sha512)
        | (MessageType::Raw, SigningAlgorithm::Ed25519PhSha512) => Err(
            message::message_type_against_algorithm(kind.as_str(), algorithm),
        ),
        (MessageType::Raw, _) => Ok(Message::Raw(&message.0)),
        (MessageType::Digest, _) => {
            let whole = message.0.len() == algorithm.digest_length();
            whole
                .then_some(Message::Digest(&message.0))
                .ok_or_else(|| message::digest_of_invalid_length(algorithm))
        }
    }
}
