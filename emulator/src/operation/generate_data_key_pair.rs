//! [GenerateDataKeyPair](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::data_key_pair::{pair, require_pair};
use super::shared::encryption::encryption_context;
use super::{Cost, Operation, finish_dry_run};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId, KeySpec};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{
    BY_ALIAS, DATA_KEY_PAIR_SPEC, ENCRYPTION, RECIPIENT_ATTESTATION,
};
use crate::context::Context;
use crate::error::Error;
use crate::protocol::Blob;
use crate::quota::SharedQuota;
use crate::recipient::{self, Recipient};

/// Generates a data key pair, with its private key in plaintext and encrypted.
pub(super) struct GenerateDataKeyPair;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyPairInput {
    encryption_context: Option<EncryptionContext>,
    key_id: String,
    /// The specs of data key pairs have the names of key specs.
    key_pair_spec: KeySpec,
    recipient: Option<Recipient>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyPairOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
    key_pair_spec: KeySpec,
    private_key_ciphertext_blob: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key_plaintext: Option<Blob>,
    public_key: Blob,
}

impl Operation for GenerateDataKeyPair {
    const NAME: &'static str = "GenerateDataKeyPair";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> =
        Rate::Shared(|input| SharedQuota::DataKeyPair(input.key_pair_spec));
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[
        BY_ALIAS,
        ENCRYPTION,
        &[DATA_KEY_PAIR_SPEC, RECIPIENT_ATTESTATION],
    ];
    const CALLS_PROXY: bool = true;
    type Input = GenerateDataKeyPairInput;
    type Output = GenerateDataKeyPairOutput;

    fn cost(input: &Self::Input) -> Cost {
        Cost::of_key_generation(input.key_pair_spec)
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let recipient = recipient::verify(&mut context, input.recipient)?;
        let key = context.key(&input.key_id)?;
        require_pair(&mut context, &key, input.key_pair_spec)?;
        finish_dry_run(input.dry_run)?;
        let encryption_context = encryption_context(input.encryption_context)?;
        let pair = pair(&context, &key, &encryption_context, input.key_pair_spec)?;
        let delivered = recipient::deliver(recipient, pair.private_key, &context)?;
        Ok(GenerateDataKeyPairOutput {
            ciphertext_for_recipient: delivered.sealed,
            key_material_id: key.record.material_id(),
            key_id: key.arn,
            key_pair_spec: input.key_pair_spec,
            private_key_ciphertext_blob: Blob(pair.ciphertext),
            private_key_plaintext: delivered.plain,
            public_key: Blob(pair.public_key),
        })
    }
}
