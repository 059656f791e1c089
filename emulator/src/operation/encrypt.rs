//! [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::encryption::{
    encrypt, encryption_context, require_algorithm, require_length, shared_quota,
};
use super::{Operation, finish_dry_run};
use crate::api::{EncryptionAlgorithm, EncryptionContext, KeyArn, KeyUsage};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, ENCRYPTION};
use crate::context::Context;
use crate::error::Error;
use crate::protocol::Blob;

/// Encrypts a plaintext of up to 4096 bytes.
pub(super) struct Encrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EncryptInput {
    key_id: String,
    plaintext: Blob,
    encryption_context: Option<EncryptionContext>,
    encryption_algorithm: Option<EncryptionAlgorithm>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EncryptOutput {
    ciphertext_blob: Blob,
    encryption_algorithm: EncryptionAlgorithm,
    key_id: KeyArn,
}

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|input| shared_quota(input.encryption_algorithm));
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, ENCRYPTION];
    const CALLS_PROXY: bool = true;
    type Input = EncryptInput;
    type Output = EncryptOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::EncryptDecrypt)?;
        let algorithm = input
            .encryption_algorithm
            .unwrap_or(EncryptionAlgorithm::SymmetricDefault);
        let encryption_context = encryption_context(input.encryption_context)?;
        require_algorithm(&key, algorithm, &encryption_context)?;
        require_length(&key, algorithm, &input.plaintext.0)?;
        finish_dry_run(input.dry_run)?;
        let ciphertext = encrypt(
            &context,
            &key,
            algorithm,
            &encryption_context,
            &input.plaintext.0,
        )?;
        Ok(EncryptOutput {
            ciphertext_blob: Blob(ciphertext),
            encryption_algorithm: algorithm,
            key_id: key.arn,
        })
    }
}
