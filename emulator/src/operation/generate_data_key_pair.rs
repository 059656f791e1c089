//! [GenerateDataKeyPair](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::generate_data_key::{require_symmetric, wrap};
use crate::api::{EncryptionContext, KeyArn, KeyMaterialId, KeySpec};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::{Error, Internal, message};
use crate::key::Key;
use crate::kms::Work;
use crate::protocol::Blob;
use crate::recipient::{self, Recipient};

/// Makes a key pair for use outside, its private key plain and encrypted.
pub(super) struct GenerateDataKeyPair;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKeyPairInput {
    encryption_context: Option<EncryptionContext>,
    key_id: String,
    /// The names of pairs are names of key specs.
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
    const WORK: (&'static str, Work) = ("RSA_", Work::KeyPair);
    const CROSS_ACCOUNT: bool = true;
    type Input = GenerateDataKeyPairInput;
    type Output = GenerateDataKeyPairOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let recipient = recipient::attested(context, input.recipient)?;
        let key = context.key(&input.key_id)?;
        require_pair(context, &key, input.key_pair_spec)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let encryption_context = input.encryption_context.unwrap_or_default();
        let pair = pair(context, &key, &encryption_context, input.key_pair_spec)?;
        let told = recipient::tell(recipient, pair.private_key, context)?;
        Ok(GenerateDataKeyPairOutput {
            ciphertext_for_recipient: told.sealed,
            key_material_id: key.record.material_id(),
            key_id: key.arn,
            key_pair_spec: input.key_pair_spec,
            private_key_ciphertext_blob: Blob(pair.ciphertext),
            private_key_plaintext: told.plain,
            public_key: Blob(pair.public_key),
        })
    }
}

/// A new pair.
pub(super) struct Pair {
    /// PKCS#8.
    pub(super) private_key: SecretBytes,
    /// The private key, encrypted.
    pub(super) ciphertext: Vec<u8>,
    /// `SubjectPublicKeyInfo`.
    pub(super) public_key: Vec<u8>,
}

/// What both operations that make pairs ask of the key and of the pair.
///
/// # Errors
///
/// Those of the key, and a pair that the Region does not have.
pub(super) fn require_pair(
    context: &mut Context<'_>,
    key: &Key,
    spec: KeySpec,
) -> Result<(), Error> {
    require_symmetric(context, key)?;
    if spec == KeySpec::Sm2 && !context.here().region.is_in_china() {
        return Err(message::key_spec_not_in_this_region(spec).into());
    }
    Ok(())
}

/// Makes a pair.
///
/// # Errors
///
/// Internal.
pub(super) fn pair(
    context: &Context<'_>,
    key: &Key,
    encryption_context: &EncryptionContext,
    spec: KeySpec,
) -> Result<Pair, Error> {
    let cannot = |error| Internal::new("make a data key pair", error);
    let material = context.new_material(spec)?;
    let private_key = material.private_key().map_err(cannot)?;
    let public_key = material.public_key().map_err(cannot)?.unwrap_or_default();
    let ciphertext = wrap(context, key, encryption_context, &private_key)?;
    Ok(Pair {
        private_key,
        ciphertext,
        public_key,
    })
}
