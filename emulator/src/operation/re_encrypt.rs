//! [ReEncrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html)
//!
//! This does the checks of `Decrypt`, then those of `Encrypt`. The order on AWS is unknown.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::decryption::{DryRunModifier, Source};
use super::shared::encryption::{
    encrypt, encryption_context, require_algorithm, require_length, shared_quota,
};
use super::{Cost, Operation};
use crate::api::{EncryptionAlgorithm, EncryptionContext, KeyArn, KeyMaterialId, KeyUsage};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, ENCRYPTION, RE_ENCRYPT_ON_SAME_KEY};
use crate::context::Context;
use crate::error::{Error, message};
use crate::protocol::Blob;

/// Decrypts a ciphertext and encrypts it again, with another key or another encryption context.
pub(super) struct ReEncrypt;

const FROM: &str = "ReEncryptFrom";
const TO: &str = "ReEncryptTo";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReEncryptInput {
    ciphertext_blob: Option<Blob>,
    source_encryption_context: Option<EncryptionContext>,
    source_key_id: Option<String>,
    destination_key_id: String,
    destination_encryption_context: Option<EncryptionContext>,
    source_encryption_algorithm: Option<EncryptionAlgorithm>,
    destination_encryption_algorithm: Option<EncryptionAlgorithm>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<DryRunModifier>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReEncryptOutput {
    ciphertext_blob: Blob,
    destination_encryption_algorithm: EncryptionAlgorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_key_material_id: Option<KeyMaterialId>,
    key_id: KeyArn,
    source_encryption_algorithm: EncryptionAlgorithm,
    source_key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_key_material_id: Option<KeyMaterialId>,
}

impl Operation for ReEncrypt {
    const NAME: &'static str = "ReEncrypt";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|input| {
        shared_quota(
            input
                .destination_encryption_algorithm
                .or(input.source_encryption_algorithm),
        )
    });
    const CROSS_ACCOUNT: bool = true;
    const ACTIONS: &'static [&'static str] = &[FROM, TO];
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, ENCRYPTION, &[RE_ENCRYPT_ON_SAME_KEY]];
    const CALLS_PROXY: bool = true;
    type Input = ReEncryptInput;
    type Output = ReEncryptOutput;

    fn cost(input: &Self::Input) -> Cost {
        Cost::of_decryption(input.source_encryption_algorithm)
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let source_context = encryption_context(input.source_encryption_context)?;
        let destination = context.arn_of(&input.destination_key_id);
        context.ask(|question| {
            question.action.name = FROM;
            question.key_id.clone_from(&input.source_key_id);
            question.encryption_context = source_context.clone().into_pairs();
            question.parameters.encryption_algorithm = name(input.source_encryption_algorithm);
            question.destination_key = destination.map(|arn| arn.to_string());
        })?;
        let source = Source {
            ciphertext: input.ciphertext_blob,
            key_id: input.source_key_id,
            algorithm: input.source_encryption_algorithm,
            encryption_context: source_context,
            dry_run: input.dry_run == Some(true),
            modifiers: input.dry_run_modifiers.unwrap_or_default(),
        };
        let destination_context = encryption_context(input.destination_encryption_context)?;
        let decrypted = source.decrypt(&mut context)?;

        context.ask(|question| {
            question.action.name = TO;
            question.key_id = Some(input.destination_key_id.clone());
            question.encryption_context = destination_context.clone().into_pairs();
            question.parameters.encryption_algorithm = name(input.destination_encryption_algorithm);
        })?;
        let key = context.key_for(&input.destination_key_id, KeyUsage::EncryptDecrypt)?;
        let algorithm = input
            .destination_encryption_algorithm
            .unwrap_or(EncryptionAlgorithm::SymmetricDefault);
        require_algorithm(&key, algorithm, &destination_context)?;
        let dry_run = || Error::from(message::dry_run_would_have_succeeded());
        let decrypted = decrypted.ok_or_else(dry_run)?;
        require_length(&key, algorithm, decrypted.plaintext.expose())?;
        if input.dry_run == Some(true) {
            return Err(dry_run());
        }
        let ciphertext = encrypt(
            &context,
            &key,
            algorithm,
            &destination_context,
            decrypted.plaintext.expose(),
        )?;
        Ok(ReEncryptOutput {
            ciphertext_blob: Blob(ciphertext),
            destination_encryption_algorithm: algorithm,
            destination_key_material_id: key.record.material_id(),
            key_id: key.arn,
            source_encryption_algorithm: decrypted.algorithm,
            source_key_material_id: decrypted.material_id,
            source_key_id: decrypted.key.arn,
        })
    }
}

fn name(algorithm: Option<EncryptionAlgorithm>) -> Option<String> {
    algorithm.map(|algorithm| algorithm.as_str().to_owned())
}
