//! [Encapsulate](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encapsulate.html)
//!
//! For this operation and `Decapsulate`, only the model is known.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Operation, finish_dry_run};
use crate::api::{EncapsulationAlgorithm, KeyArn, KeyUsage};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::BY_ALIAS;
use crate::context::Context;
use crate::error::{Error, Internal};
use crate::protocol::Blob;

/// Generates a shared secret of 32 bytes and encapsulates it for the key.
pub(super) struct Encapsulate;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EncapsulateInput {
    key_id: String,
    encapsulation_algorithm: EncapsulationAlgorithm,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EncapsulateOutput {
    encapsulation_algorithm: EncapsulationAlgorithm,
    key_id: KeyArn,
    shared_secret: Blob,
    shared_secret_ciphertext_blob: Blob,
}

impl Operation for Encapsulate {
    const NAME: &'static str = "Encapsulate";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::None;
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS];
    type Input = EncapsulateInput;
    type Output = EncapsulateOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::EncapsulateDecapsulate)?;
        finish_dry_run(input.dry_run)?;
        let material = context.material(&key)?;
        let encapsulated = material
            .ml_kem()
            .and_then(|key| key.encapsulate(context.random()));
        let (ciphertext, secret) =
            encapsulated.map_err(|error| Internal::new("encapsulate", error))?;
        Ok(EncapsulateOutput {
            encapsulation_algorithm: input.encapsulation_algorithm,
            key_id: key.arn,
            shared_secret: Blob(secret.into_exposed()),
            shared_secret_ciphertext_blob: Blob(ciphertext),
        })
    }
}
