//! [GenerateDataKeyWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::generate_data_key::{DataKeySpec, data_key, length, require_symmetric, wrap};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId};
use crate::context::Context;
use crate::error::{Error, message};
use crate::protocol::Blob;

/// Makes a symmetric key for use outside, encrypted alone.
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
    const CROSS_ACCOUNT: bool = true;
    type Input = GenerateDataKeyWithoutPlaintextInput;
    type Output = GenerateDataKeyWithoutPlaintextOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key(&input.key_id)?;
        let length = length(input.key_spec, input.number_of_bytes)?;
        require_symmetric(context, &key)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let encryption_context = input.encryption_context.unwrap_or_default();
        let ciphertext = wrap(
            context,
            &key,
            &encryption_context,
            &data_key(context, length)?,
        )?;
        Ok(GenerateDataKeyWithoutPlaintextOutput {
            ciphertext_blob: Blob(ciphertext),
            key_material_id: key.record.material_id(),
            key_id: key.arn,
        })
    }
}
