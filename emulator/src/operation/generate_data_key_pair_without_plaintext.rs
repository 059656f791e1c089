//! [GenerateDataKeyPairWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPairWithoutPlaintext.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::generate_data_key_pair::{pair, require_pair};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId, KeySpec};
use crate::context::Context;
use crate::error::{Error, message};
use crate::kms::Work;
use crate::protocol::Blob;

/// Makes a key pair for use outside, its private key encrypted alone.
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
    const WORK: (&'static str, Work) = ("RSA_", Work::KeyPair);
    const CROSS_ACCOUNT: bool = true;
    type Input = GenerateDataKeyPairWithoutPlaintextInput;
    type Output = GenerateDataKeyPairWithoutPlaintextOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key(&input.key_id)?;
        require_pair(context, &key, input.key_pair_spec)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let encryption_context = input.encryption_context.unwrap_or_default();
        let pair = pair(context, &key, &encryption_context, input.key_pair_spec)?;
        Ok(GenerateDataKeyPairWithoutPlaintextOutput {
            key_material_id: key.record.material_id(),
            key_id: key.arn,
            key_pair_spec: input.key_pair_spec,
            private_key_ciphertext_blob: Blob(pair.ciphertext),
            public_key: Blob(pair.public_key),
        })
    }
}
