//! [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::encrypt::require_algorithm;
use crate::api::{
    EncryptionAlgorithm, EncryptionContext, KeyArn, KeyMaterialId, KeyUsage, Location, wire_enum,
};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::custom_key_store;
use crate::error::{Error, Internal, message};
use crate::key::Key;
use crate::kms::Work;
use crate::protocol::Blob;
use crate::recipient::{self, Recipient};

/// Decrypts a ciphertext. One of a symmetric key says itself whose it is.
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

wire_enum! {
    /// What a dry run is to leave out.
    DryRunModifier {
        IgnoreCiphertext = "IGNORE_CIPHERTEXT",
    }
}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const WORK: (&'static str, Work) = ("RSAES_", Work::Heavy);
    const CROSS_ACCOUNT: bool = true;
    type Input = DecryptInput;
    type Output = DecryptOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let recipient = recipient::attested(context, input.recipient)?;
        let source = Source {
            ciphertext: input.ciphertext_blob,
            key_id: input.key_id,
            algorithm: input.encryption_algorithm,
            encryption_context: input.encryption_context.unwrap_or_default(),
            dry_run: input.dry_run == Some(true),
            modifiers: input.dry_run_modifiers.unwrap_or_default(),
        };
        let Some(decrypted) = source.decrypt(context)? else {
            return Err(message::dry_run_would_have_succeeded().into());
        };
        // A wrong ciphertext wins over a dry run (recorded).
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let told = recipient::tell(recipient, decrypted.plaintext, context)?;
        Ok(DecryptOutput {
            ciphertext_for_recipient: told.sealed,
            encryption_algorithm: decrypted.algorithm,
            key_material_id: decrypted.material_id,
            key_id: decrypted.key.arn,
            plaintext: told.plain,
        })
    }
}

/// What is to be decrypted, by `Decrypt` or by the first half of `ReEncrypt`.
pub(super) struct Source {
    pub(super) ciphertext: Option<Blob>,
    pub(super) key_id: Option<String>,
    pub(super) algorithm: Option<EncryptionAlgorithm>,
    pub(super) encryption_context: EncryptionContext,
    pub(super) dry_run: bool,
    pub(super) modifiers: Vec<DryRunModifier>,
}

/// What came out.
pub(super) struct Decrypted {
    pub(super) key: Key,
    /// Of a symmetric key: the material that the ciphertext names.
    pub(super) material_id: Option<KeyMaterialId>,
    pub(super) algorithm: EncryptionAlgorithm,
    pub(super) plaintext: SecretBytes,
}

impl Source {
    /// Decrypts; `None` for a dry run that leaves the ciphertext out and passed all other checks.
    ///
    /// # Errors
    ///
    /// Those of the key, of its algorithm, and of the ciphertext.
    pub(super) fn decrypt(self, context: &mut Context<'_>) -> Result<Option<Decrypted>, Error> {
        let algorithm = self
            .algorithm
            .unwrap_or(EncryptionAlgorithm::SymmetricDefault);
        if self.dry_run && self.modifiers.contains(&DryRunModifier::IgnoreCiphertext) {
            let reference = self.key_id.ok_or_else(message::key_id_is_required)?;
            let key = context.key_for(&reference, KeyUsage::EncryptDecrypt)?;
            require_algorithm(&key, algorithm, &self.encryption_context)?;
            return Ok(None);
        }
        let ciphertext = self
            .ciphertext
            .ok_or_else(|| Error::null("ciphertextBlob"))?;
        if algorithm == EncryptionAlgorithm::SymmetricDefault {
            let reference = self.key_id.as_deref();
            return symmetric(context, reference, &ciphertext.0, &self.encryption_context)
                .map(Some);
        }
        let reference = self.key_id.ok_or_else(message::key_id_is_required)?;
        let key = context.key_for(&reference, KeyUsage::EncryptDecrypt)?;
        require_algorithm(&key, algorithm, &self.encryption_context)?;
        let plaintext = context
            .material(&key)?
            .decrypt(algorithm, &ciphertext.0)
            .map_err(|error| Internal::new("decrypt", error))?
            .ok_or_else(message::invalid_ciphertext)?;
        Ok(Some(Decrypted {
            key,
            material_id: None,
            algorithm,
            plaintext,
        }))
    }
}

/// Decrypts with the key that the ciphertext names. A key that the request names has to exist and
/// to be that one; its usage and state do not matter otherwise (recorded).
fn symmetric(
    context: &mut Context<'_>,
    reference: Option<&str>,
    blob: &[u8],
    encryption_context: &EncryptionContext,
) -> Result<Decrypted, Error> {
    let named = match reference {
        Some(reference) if is_replica_elsewhere(reference, context.here()) => {
            return Err(message::incorrect_key().into());
        }
        Some(reference) => Some(context.key(reference)?),
        None => None,
    };
    let ciphertext = custom_key_store::SymmetricCiphertext::parse(blob)
        .ok_or_else(message::invalid_ciphertext)?;
    let material_id = ciphertext.material();
    let (key, place) = context
        .key_of_material(&material_id)?
        .ok_or_else(message::invalid_ciphertext)?;
    if named.is_some_and(|named| named.arn != key.arn) {
        return Err(message::incorrect_key().into());
    }
    context.remember(&key);
    context.require_usable(&key)?;
    let plaintext =
        custom_key_store::decrypt(context, &key, place, ciphertext, encryption_context)?;
    Ok(Decrypted {
        key,
        material_id: Some(material_id),
        algorithm: EncryptionAlgorithm::SymmetricDefault,
        plaintext,
    })
}

/// Whether a reference is the ARN of a multi-Region key in another Region. With that, `Decrypt`
/// says that it is another key, where everything else says that the ARN is invalid (recorded).
fn is_replica_elsewhere(reference: &str, here: &Location) -> bool {
    let parts: Vec<_> = reference.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "kms", region, _, resource]
        if *region != here.region.as_str() && resource.starts_with("key/mrk-"))
}
