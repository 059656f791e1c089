//! [GenerateDataKeyWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::data_key::{DataKeySpec, data_key, length, require_symmetric, wrap};
use super::shared::encryption::encryption_context;
use super::{Operation, finish_dry_run};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, ENCRYPTION};
use crate::context::Context;
use crate::error::{Error, message};
use crate::protocol::Blob;
use crate::quota::SharedQuota;

/// Generates a data key and returns only its ciphertext.
pub(super) struct GenerateDataKeyWithoutPlaintext;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyWithoutPlaintextInput {
    key_id: String,
    encryption_context: Option<EncryptionContext>,
    key_spec: Option<DataKeySpec>,
    number_of_bytes: Option<usize>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyWithoutPlaintextOutput {
    ciphertext_blob: Blob,
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
}

impl Operation for GenerateDataKeyWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyWithoutPlaintext";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|_| SharedQuota::Symmetric);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, ENCRYPTION];
    const CALLS_PROXY: bool = true;
    type Input = GenerateDataKeyWithoutPlaintextInput;
    type Output = GenerateDataKeyWithoutPlaintextOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key(&input.key_id)?;
        let length = length(input.key_spec, input.number_of_bytes)?;
        require_symmetric(&mut context, &key, message::data_key_with_asymmetric_key)?;
        finish_dry_run(input.dry_run)?;
        let encryption_context = encryption_context(input.encryption_context)?;
        let ciphertext = wrap(
            &context,
            &key,
            &encryption_context,
            &data_key(&context, length)?,
        )?;
        Ok(GenerateDataKeyWithoutPlaintextOutput {
            ciphertext_blob: Blob(ciphertext),
            key_material_id: key.record.material_id(),
            key_id: key.arn,
        })
    }
}
