//! Decryption for `Decrypt` and `ReEncrypt`.

use super::encryption::require_algorithm;
use super::symmetric;
use crate::api::{
    EncryptionAlgorithm, EncryptionContext, KeyMaterialId, KeyUsage, Location, arn_parts, wire_enum,
};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::custom_key_store::SymmetricCiphertext;
use crate::error::{Error, Internal, message};
use crate::key::Key;
use crate::protocol;

wire_enum! {
    /// A check that a dry run skips.
    DryRunModifier {
        IgnoreCiphertext = "IGNORE_CIPHERTEXT",
    }
}

/// The members of a request that are about decryption.
pub(crate) struct Source {
    pub(crate) ciphertext: Option<protocol::Blob>,
    pub(crate) key_id: Option<String>,
    pub(crate) algorithm: Option<EncryptionAlgorithm>,
    pub(crate) encryption_context: EncryptionContext,
    pub(crate) dry_run: bool,
    pub(crate) modifiers: Vec<DryRunModifier>,
}

/// A decrypted plaintext and its key.
pub(crate) struct Decrypted {
    pub(crate) key: Key,
    /// The material id in the ciphertext of a symmetric key.
    pub(crate) material_id: Option<KeyMaterialId>,
    pub(crate) algorithm: EncryptionAlgorithm,
    pub(crate) plaintext: SecretBytes,
}

impl Source {
    /// Decrypts. `None` for a dry run that ignores the ciphertext and passed all other checks.
    ///
    /// # Errors
    ///
    /// The key, the algorithm or the ciphertext is invalid.
    pub(crate) fn decrypt(self, context: &mut Context<'_, '_>) -> Result<Option<Decrypted>, Error> {
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
            return decrypt_symmetric(context, reference, &ciphertext.0, &self.encryption_context)
                .map(Some);
        }
        let reference = self.key_id.ok_or_else(message::key_id_is_required)?;
        let key = context.key_for(&reference, KeyUsage::EncryptDecrypt)?;
        require_algorithm(&key, algorithm, &self.encryption_context)?;
        let plaintext = context
            .material(&key)?
            .decrypt(algorithm, &ciphertext.0)
            .map_err(|error| Internal::new("decrypt", error))?
            .ok_or_else(|| {
                let length = ciphertext.0.len();
                message::asymmetric_ciphertext_is_invalid(&key.arn, algorithm, length)
            })?;
        Ok(Some(Decrypted {
            key,
            material_id: None,
            algorithm,
            plaintext,
        }))
    }
}

/// Decrypts with the key that the ciphertext names. If the request names a key, it must exist and
/// be the same key. KMS does not check the usage and state of a different key (recorded).
fn decrypt_symmetric(
    context: &mut Context<'_, '_>,
    reference: Option<&str>,
    blob: &[u8],
    encryption_context: &EncryptionContext,
) -> Result<Decrypted, Error> {
    let named = match reference {
        Some(reference) if is_replica_in_other_region(reference, context.location()) => {
            let region = &context.location().region;
            return Err(message::key_in_another_region(reference, region).into());
        }
        Some(reference) => Some(context.key(reference)?),
        None => None,
    };
    let ciphertext = SymmetricCiphertext::parse(blob)
        .ok_or_else(|| message::ciphertext_is_malformed(blob.len()))?;
    let material_id = ciphertext.material();
    let found = context.key_of_material(&material_id)?;
    let is_named = named.is_some();
    let arn = found.as_ref().map(|(key, _)| &key.arn);
    if let Some(named) = named.filter(|named| arn != Some(&named.arn)) {
        return Err(message::incorrect_key(&named.arn, arn).into());
    }
    let (key, index) = found.ok_or_else(|| {
        message::key_of_ciphertext_does_not_exist(context.location(), &material_id)
    })?;
    if !is_named {
        context.set_subject_key(&key);
        context.authorize(&key)?;
    }
    context.require_usable(&key)?;
    let plaintext = symmetric::decrypt(context, &key, index, ciphertext, encryption_context)?;
    Ok(Decrypted {
        key,
        material_id: Some(material_id),
        algorithm: EncryptionAlgorithm::SymmetricDefault,
        plaintext,
    })
}

/// Whether a reference is the ARN of a multi-Region key in another Region. `Decrypt` then answers
/// `IncorrectKeyException`, other operations that the ARN is invalid (recorded).
fn is_replica_in_other_region(reference: &str, location: &Location) -> bool {
    matches!(arn_parts(reference), Some(["arn", _, "kms", region, _, resource])
        if region != location.region.as_str() && resource.starts_with("key/mrk-"))
}
