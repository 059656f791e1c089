//! [Encapsulate](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encapsulate.html)
//!
//! Of this operation and of `Decapsulate` the model alone is known.

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::{EncapsulationAlgorithm, KeyArn, KeyUsage};
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// Makes a shared secret of 32 bytes, and the ciphertext that holds it for the key.
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
    const CROSS_ACCOUNT: bool = true;
    type Input = EncapsulateInput;
    type Output = EncapsulateOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::EncapsulateDecapsulate)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let material = context.material(&key)?;
        let made = material
            .ml_kem()
            .and_then(|key| key.encapsulate(context.random()));
        let (ciphertext, secret) = made.map_err(|error| Internal::new("encapsulate", error))?;
        Ok(EncapsulateOutput {
            encapsulation_algorithm: input.encapsulation_algorithm,
            key_id: key.arn,
            shared_secret: Blob(secret.into_exposed()),
            shared_secret_ciphertext_blob: Blob(ciphertext),
        })
    }
}
