//! [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::decryption::{DryRunModifier, Source};
use super::shared::encryption::{encryption_context, shared_quota};
use super::{Cost, Operation, finish_dry_run};
use crate::api::{EncryptionAlgorithm, EncryptionContext, KeyArn, KeyMaterialId};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, ENCRYPTION, RECIPIENT_ATTESTATION};
use crate::context::Context;
use crate::error::{Error, message};
use crate::protocol::Blob;
use crate::recipient::{self, Recipient};

/// Decrypts a ciphertext. The ciphertext of a symmetric key names its key.
pub(super) struct Decrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DecryptInput {
    ciphertext_blob: Option<Blob>,
    encryption_context: Option<EncryptionContext>,
    key_id: Option<String>,
    encryption_algorithm: Option<EncryptionAlgorithm>,
    recipient: Option<Recipient>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<DryRunModifier>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DecryptOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    encryption_algorithm: EncryptionAlgorithm,
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|input| shared_quota(input.encryption_algorithm));
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, ENCRYPTION, &[RECIPIENT_ATTESTATION]];
    const CALLS_PROXY: bool = true;
    type Input = DecryptInput;
    type Output = DecryptOutput;

    fn cost(input: &Self::Input) -> Cost {
        Cost::of_decryption(input.encryption_algorithm)
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let recipient = recipient::verify(&mut context, input.recipient)?;
        let source = Source {
            ciphertext: input.ciphertext_blob,
            key_id: input.key_id,
            algorithm: input.encryption_algorithm,
            encryption_context: encryption_context(input.encryption_context)?,
            dry_run: input.dry_run == Some(true),
            modifiers: input.dry_run_modifiers.unwrap_or_default(),
        };
        let Some(decrypted) = source.decrypt(&mut context)? else {
            return Err(message::dry_run_would_have_succeeded().into());
        };
        // An invalid ciphertext takes precedence over a dry run (recorded).
        finish_dry_run(input.dry_run)?;
        let delivered = recipient::deliver(recipient, decrypted.plaintext, &context)?;
        Ok(DecryptOutput {
            ciphertext_for_recipient: delivered.sealed,
            encryption_algorithm: decrypted.algorithm,
            key_material_id: decrypted.material_id,
            key_id: decrypted.key.arn,
            plaintext: delivered.plain,
        })
    }
}
