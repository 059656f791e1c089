//! The operations that generate data key pairs.

use super::data_key::{require_symmetric, wrap};
use crate::api::{EncryptionContext, KeySpec};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::{Error, Internal, message};
use crate::key::Key;

/// A data key pair.
pub(crate) struct Pair {
    /// PKCS#8.
    pub(crate) private_key: SecretBytes,
    /// The private key, encrypted.
    pub(crate) ciphertext: Vec<u8>,
    /// `SubjectPublicKeyInfo`.
    pub(crate) public_key: Vec<u8>,
}

/// Checks the key and the spec of the pair.
///
/// # Errors
///
/// The key cannot encrypt data keys, or the Region does not support the spec.
pub(crate) fn require_pair(
    context: &mut Context<'_, '_>,
    key: &Key,
    spec: KeySpec,
) -> Result<(), Error> {
    require_symmetric(context, key, message::data_key_pair_with_asymmetric_key)?;
    if spec == KeySpec::Sm2 && !context.location().region.is_in_china() {
        return Err(message::key_spec_not_in_this_region(spec).into());
    }
    Ok(())
}

/// Generates a pair.
///
/// # Errors
///
/// Internal.
pub(crate) fn pair(
    context: &Context<'_, '_>,
    key: &Key,
    encryption_context: &EncryptionContext,
    spec: KeySpec,
) -> Result<Pair, Error> {
    let internal = |error| Internal::new("generate a data key pair", error);
    let material = context.new_material(spec)?;
    let private_key = material.private_key().map_err(internal)?;
    let public_key = material.public_key().map_err(internal)?.unwrap_or_default();
    let ciphertext = wrap(context, key, encryption_context, &private_key)?;
    Ok(Pair {
        private_key,
        ciphertext,
        public_key,
    })
}
