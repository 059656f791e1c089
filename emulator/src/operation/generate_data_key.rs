//! [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::data_key::{DataKeySpec, data_key, length, require_symmetric, wrap};
use super::shared::encryption::encryption_context;
use super::{Operation, finish_dry_run};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, ENCRYPTION, RECIPIENT_ATTESTATION};
use crate::context::Context;
use crate::error::{Error, message};
use crate::protocol::Blob;
use crate::quota::SharedQuota;
use crate::recipient::{self, Recipient};

/// Generates a data key, in plaintext and encrypted.
pub(super) struct GenerateDataKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyInput {
    key_id: String,
    encryption_context: Option<EncryptionContext>,
    number_of_bytes: Option<usize>,
    key_spec: Option<DataKeySpec>,
    recipient: Option<Recipient>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyOutput {
    ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
}

impl Operation for GenerateDataKey {
    const NAME: &'static str = "GenerateDataKey";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|_| SharedQuota::Symmetric);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, ENCRYPTION, &[RECIPIENT_ATTESTATION]];
    const CALLS_PROXY: bool = true;
    type Input = GenerateDataKeyInput;
    type Output = GenerateDataKeyOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let recipient = recipient::verify(&mut context, input.recipient)?;
        let key = context.key(&input.key_id)?;
        let length = length(input.key_spec, input.number_of_bytes)?;
        require_symmetric(&mut context, &key, message::data_key_with_asymmetric_key)?;
        finish_dry_run(input.dry_run)?;
        let data_key = data_key(&context, length)?;
        let encryption_context = encryption_context(input.encryption_context)?;
        let ciphertext = wrap(&context, &key, &encryption_context, &data_key)?;
        let delivered = recipient::deliver(recipient, data_key, &context)?;
        Ok(GenerateDataKeyOutput {
            ciphertext_blob: Blob(ciphertext),
            ciphertext_for_recipient: delivered.sealed,
            key_material_id: key.record.material_id(),
            key_id: key.arn,
            plaintext: delivered.plain,
        })
    }
}
