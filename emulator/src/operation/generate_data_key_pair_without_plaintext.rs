//! [GenerateDataKeyPairWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPairWithoutPlaintext.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::data_key_pair::{pair, require_pair};
use super::shared::encryption::encryption_context;
use super::{Cost, Operation, finish_dry_run};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId, KeySpec};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, DATA_KEY_PAIR_SPEC, ENCRYPTION};
use crate::context::Context;
use crate::error::Error;
use crate::protocol::Blob;
use crate::quota::SharedQuota;

/// Generates a data key pair and returns only the ciphertext of its private key.
pub(super) struct GenerateDataKeyPairWithoutPlaintext;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyPairWithoutPlaintextInput {
    encryption_context: Option<EncryptionContext>,
    key_id: String,
    key_pair_spec: KeySpec,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyPairWithoutPlaintextOutput {
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
    key_pair_spec: KeySpec,
    private_key_ciphertext_blob: Blob,
    public_key: Blob,
}

impl Operation for GenerateDataKeyPairWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyPairWithoutPlaintext";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> =
        Rate::Shared(|input| SharedQuota::DataKeyPair(input.key_pair_spec));
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, ENCRYPTION, &[DATA_KEY_PAIR_SPEC]];
    const CALLS_PROXY: bool = true;
    type Input = GenerateDataKeyPairWithoutPlaintextInput;
    type Output = GenerateDataKeyPairWithoutPlaintextOutput;

    fn cost(input: &Self::Input) -> Cost {
        Cost::of_key_generation(input.key_pair_spec)
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key(&input.key_id)?;
        require_pair(&mut context, &key, input.key_pair_spec)?;
        finish_dry_run(input.dry_run)?;
        let encryption_context = encryption_context(input.encryption_context)?;
        let pair = pair(&context, &key, &encryption_context, input.key_pair_spec)?;
        Ok(GenerateDataKeyPairWithoutPlaintextOutput {
            key_material_id: key.record.material_id(),
            key_id: key.arn,
            key_pair_spec: input.key_pair_spec,
            private_key_ciphertext_blob: Blob(pair.ciphertext),
            public_key: Blob(pair.public_key),
        })
    }
}
