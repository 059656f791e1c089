//! Checks for `Sign` and `Verify`.

use crate::api::{KeySpec, SigningAlgorithm, wire_enum};
use crate::crypto::Message;
use crate::error::{KmsError, message};
use crate::key::Key;
use crate::protocol::Blob;

wire_enum! {
    /// The content of `Message`: the message, its digest, or its ML-DSA representative `µ`.
    MessageType {
        Raw = "RAW",
        Digest = "DIGEST",
        ExternalMu = "EXTERNAL_MU",
    }
}

/// The length in bytes of `µ`: FIPS 204, algorithm 7.
const EXTERNAL_MU_LENGTH: usize = 64;

/// The message to sign or verify.
///
/// # Errors
///
/// The key does not have the algorithm, the algorithm does not accept that type of message, or the
/// digest has a wrong length.
pub(crate) fn message_to_sign<'m>(
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
            let is_valid = message.0.len() == EXTERNAL_MU_LENGTH;
            is_valid
                .then_some(Message::ExternalMu(&message.0))
                .ok_or_else(|| message::external_mu_of_invalid_length(algorithm))
        }
        (MessageType::ExternalMu, _) | (MessageType::Digest, SigningAlgorithm::MlDsaShake256) => {
            Err(message::incompatible_message_type(kind.as_str(), spec))
        }
        // Ed25519 takes messages, Ed25519ph digests.
        (MessageType::Digest, SigningAlgorithm::Ed25519Sha512)
        | (MessageType::Raw, SigningAlgorithm::Ed25519PhSha512) => Err(
            message::message_type_against_algorithm(kind.as_str(), algorithm),
        ),
        (MessageType::Raw, _) => Ok(Message::Raw(&message.0)),
        (MessageType::Digest, _) => {
            let is_valid = message.0.len() == algorithm.digest_length();
            is_valid
                .then_some(Message::Digest(&message.0))
                .ok_or_else(|| message::digest_of_invalid_length(algorithm))
        }
    }
}
