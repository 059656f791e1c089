//! [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html)
//!
//! Without a custom key store, and without a recipient's attestation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Operation;
use crate::context::Context;
use crate::crypto::random;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// Gives random bytes, from the system's generator.
pub(super) struct GenerateRandom;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateRandomInput {
    number_of_bytes: Option<usize>,
    custom_key_store_id: Option<String>,
    recipient: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateRandomOutput {
    plaintext: Blob,
}

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    type Input = GenerateRandomInput;
    type Output = GenerateRandomOutput;

    fn run(input: Self::Input, _: &mut Context<'_>) -> Result<Self::Output, Error> {
        // The model calls it optional; KMS does not (recorded).
        let number = input
            .number_of_bytes
            .ok_or_else(message::number_of_bytes_is_required)?;
        if input.custom_key_store_id.is_some() {
            return Err(Error::NotImplemented("custom key stores yet".to_owned()));
        }
        if input.recipient.is_some() {
            return Err(Error::NotImplemented("the member Recipient yet".to_owned()));
        }
        let bytes =
            random::bytes(number).map_err(|error| Internal::new("draw random bytes", error))?;
        Ok(GenerateRandomOutput {
            plaintext: Blob(bytes),
        })
    }
}
