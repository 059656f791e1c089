//! Import tokens.
//!
//! A token contains the private wrapping key, encrypted under the instance secret. So an unused token
//! leaves nothing in the store, and tokens stay valid after a restart.

use serde::{Deserialize, Serialize};

use crate::api::{KeyArn, KeySpec, WrappingAlgorithm, WrappingKeySpec};
use crate::clock::{Timestamp, millis};
use crate::context::Context;
use crate::crypto::symmetric::{Aes256, NONCE_LENGTH};
use crate::crypto::{CryptoError, KeyMaterial, SecretBytes};
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// The purpose of the key that is derived from the instance secret.
const PURPOSE: &str = "ImportToken";

/// The content of a token.
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
    /// A token for a key, with its wrapping key and its expiry.
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
        let wrapping_key = wrapping_key.encode().map_err(internal)?;
        Ok(Self {
            key: key.to_string(),
            algorithm,
            wrapping_key_spec,
            wrapping_key: Blob(wrapping_key.into_exposed()),
            valid_to,
        })
    }

    /// Encrypts the token for the client.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn seal(&self, context: &Context<'_, '_>) -> Result<Blob, Error> {
        let nonce = Aes256::nonce(context.random()).map_err(internal)?;
        let mut sealed = serde_json::to_vec(self).map_err(|error| Internal::new(STEP, error))?;
        let secret = secret(context)?;
        let aes = secret.symmetric().map_err(internal)?;
        aes.encrypt(nonce, PURPOSE.as_bytes(), &mut sealed)
            .map_err(internal)?;
        Ok(Blob([&nonce[..], &sealed].concat()))
    }

    /// Decrypts the token of a key.
    ///
    /// # Errors
    ///
    /// `InvalidImportTokenException` if it is malformed or for another key;
    /// `ExpiredImportTokenException`.
    pub(crate) fn open(
        token: &Blob,
        key: &KeyArn,
        context: &Context<'_, '_>,
    ) -> Result<Self, Error> {
        let invalid = || Error::from(message::invalid_import_token(token.0.len()));
        let secret = secret(context)?;
        let aes = secret.symmetric().map_err(internal)?;
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
            return Err(message::import_token_of_another_key(key, &token.key).into());
        }
        if token.valid_to <= context.now() {
            return Err(message::expired_import_token(token.valid_to, context.now()).into());
        }
        Ok(token)
    }

    /// Unwraps key material; `None` if it was not wrapped with this token's key.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn unwrap(&self, wrapped: &Blob) -> Result<Option<SecretBytes>, Error> {
        let spec = self.wrapping_key_spec.key_spec();
        let key = KeyMaterial::decode(spec, &self.wrapping_key.0).map_err(internal)?;
        let unwrapped = self
            .algorithm
            .unwrap(self.wrapping_key_spec, &key, &wrapped.0);
        Ok(unwrapped.map_err(internal)?)
    }
}

const STEP: &str = "handle an import token";

fn secret(context: &Context<'_, '_>) -> Result<KeyMaterial, Error> {
    let secret = context.instance_secret().derive(PURPOSE);
    Ok(KeyMaterial::decode(KeySpec::SymmetricDefault, &secret).map_err(internal)?)
}

fn internal(error: CryptoError) -> Internal {
    Internal::new(STEP, error)
}
