//! [Decapsulate](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Operation, finish_dry_run};
use crate::api::{EncapsulationAlgorithm, KeyArn, KeyUsage};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::BY_ALIAS;
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// Decapsulates a shared secret. A modified ciphertext gives another secret and no error (the
/// implicit rejection of FIPS 203). A wrong length is an `InvalidCiphertextException`.
pub(super) struct Decapsulate;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DecapsulateInput {
    key_id: String,
    shared_secret_ciphertext_blob: Blob,
    encapsulation_algorithm: EncapsulationAlgorithm,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DecapsulateOutput {
    encapsulation_algorithm: EncapsulationAlgorithm,
    key_id: KeyArn,
    shared_secret: Blob,
}

impl Operation for Decapsulate {
    const NAME: &'static str = "Decapsulate";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::None;
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS];
    type Input = DecapsulateInput;
    type Output = DecapsulateOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::EncapsulateDecapsulate)?;
        let material = context.material(&key)?;
        let pair = material
            .ml_kem()
            .map_err(|error| Internal::new("decapsulate", error))?;
        let secret = pair
            .decapsulate(&input.shared_secret_ciphertext_blob.0)
            .ok_or_else(|| {
                let length = input.shared_secret_ciphertext_blob.0.len();
                message::encapsulation_has_wrong_length(key.record.spec, length)
            })?;
        finish_dry_run(input.dry_run)?;
        Ok(DecapsulateOutput {
            encapsulation_algorithm: input.encapsulation_algorithm,
            key_id: key.arn,
            shared_secret: Blob(secret.into_exposed()),
        })
    }
}
