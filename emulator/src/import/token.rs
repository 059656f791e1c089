//! Import tokens.
//!
//! A token holds the private half of the wrapping key itself, sealed under a secret of the store.
//! So nothing is stored for imports that never come, and a token outlives a restart.

use serde::{Deserialize, Serialize};

use crate::api::{KeyArn, KeySpec, WrappingAlgorithm, WrappingKeySpec};
use crate::clock::{Timestamp, millis};
use crate::context::Context;
use crate::crypto::symmetric::{Aes256, NONCE_LENGTH};
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// What tokens are sealed as.
const PURPOSE: &str = "ImportToken";

/// What a token says.
#[derive(Serialize, Deserialize)]
pub(crate) struct ImportToken {
    /// The ARN of the key that the material is for.
    key: String,
    pub(crate) algorithm: WrappingAlgorithm,
    pub(crate) wrapping_key_spec: WrappingKeySpec,
    wrapping_key: Blob,
    #[serde(with = "millis")]
    valid_to: Timestamp,
}

impl ImportToken {
    /// For a key, a wrapping key and a moment.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn new(
        key: &KeyArn,
        algorithm: WrappingAlgorithm,
        wrapping_key_spec: WrappingKeySpec,
        wrapping_key: &KeyMaterial,
        valid_to: Timestamp,
    ) -> Result<Self, Error> {
        let wrapping_key = wrapping_key.encode().map_err(cannot)?;
        Ok(Self {
            key: key.to_string(),
            algorithm,
            wrapping_key_spec,
            wrapping_key: Blob(wrapping_key.into_exposed()),
            valid_to,
        })
    }

    /// The token as its holder gets it.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn seal(&self, context: &Context<'_, '_>) -> Result<Blob, Error> {
        let nonce = Aes256::nonce(context.random()).map_err(cannot)?;
        let mut sealed = serde_json::to_vec(self).map_err(|error| Internal::new(STEP, error))?;
        let secret = secret(context)?;
        let aes = secret.symmetric().map_err(cannot)?;
        aes.encrypt(nonce, PURPOSE.as_bytes(), &mut sealed)
            .map_err(cannot)?;
        Ok(Blob([&nonce[..], &sealed].concat()))
    }

    /// What a token of a key says.
    ///
    /// # Errors
    ///
    /// `InvalidImportTokenException` for one of another key, or none;
    /// `ExpiredImportTokenException`.
    pub(crate) fn open(
        token: &Blob,
        key: &KeyArn,
        context: &Context<'_, '_>,
    ) -> Result<Self, Error> {
        let invalid = || Error::from(message::invalid_import_token());
        let secret = secret(context)?;
        let aes = secret.symmetric().map_err(cannot)?;
        let (nonce, sealed) = token
            .0
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or_else(invalid)?;
        let mut buffer = sealed.to_vec();
        let opened = aes
            .decrypt(*nonce, PURPOSE.as_bytes(), &mut buffer)
            .ok_or_else(invalid)?;
        let token: Self =
            serde_json::from_slice(opened).map_err(|error| Internal::new(STEP, error))?;
        if token.key != key.to_string() {
            return Err(invalid());
        }
        if token.valid_to <= context.now() {
            return Err(message::expired_import_token().into());
        }
        Ok(token)
    }

    /// The material in what its importer encrypted; `None` if this token's key did not wrap it.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn unwrap(&self, wrapped: &Blob) -> Result<Option<SecretBytes>, Error> {
        let spec = self.wrapping_key_spec.key_spec();
        let key = KeyMaterial::decode(spec, &self.wrapping_key.0).map_err(cannot)?;
        let unwrapped = self
            .algorithm
            .unwrap(self.wrapping_key_spec, &key, &wrapped.0);
        Ok(unwrapped.map_err(cannot)?)
    }
}

const STEP: &str = "handle an import token";

fn secret(context: &Context<'_, '_>) -> Result<KeyMaterial, Error> {
    let secret = context.instance_secret().derive(PURPOSE);
    Ok(KeyMaterial::decode(KeySpec::SymmetricDefault, &secret).map_err(cannot)?)
}

fn cannot(error: crate::crypto::CryptoError) -> Internal {
    Internal::new(STEP, error)
}
