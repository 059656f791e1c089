//! [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html)
//!
//! With a CloudHSM key store, the bytes come from the same random number generator.

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::authorization::condition_key::RECIPIENT_ATTESTATION;
use crate::authorization::{ConditionKeys, Scope};
use crate::context::Context;
use crate::custom_key_store::ConnectionState;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;
use crate::quota::SharedQuota;
use crate::recipient::{self, Recipient};

/// Generates random bytes.
pub(super) struct GenerateRandom;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateRandomInput {
    number_of_bytes: Option<usize>,
    custom_key_store_id: Option<String>,
    recipient: Option<Recipient>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateRandomOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
}

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|_| SharedQuota::Symmetric);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[RECIPIENT_ATTESTATION]];
    type Input = GenerateRandomInput;
    type Output = GenerateRandomOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        // Optional in the model, but required by KMS (recorded).
        let number = input
            .number_of_bytes
            .ok_or_else(message::number_of_bytes_is_required)?;
        if let Some(id) = &input.custom_key_store_id {
            let store = context.custom_key_store(id)?;
            if store.proxy().is_some() {
                return Err(message::no_random_bytes_of_external_key_store(id).into());
            }
            store.require_state(&[ConnectionState::Connected], context.now())?;
        }
        let recipient = recipient::verify(&mut context, input.recipient)?;
        let bytes = context
            .random()
            .secret(number)
            .map_err(|error| Internal::new("generate random bytes", error))?;
        let delivered = recipient::deliver(recipient, bytes, &context)?;
        Ok(GenerateRandomOutput {
            ciphertext_for_recipient: delivered.sealed,
            plaintext: delivered.plain,
        })
    }
}
