//! Ids and material of new keys.

use super::Services;
use super::request::{RequestContext, cannot_generate};
use crate::api::{KeyArn, KeyFamily, KeyId, KeySpec};
use crate::context::Lock;
use crate::crypto::KeyMaterial;
use crate::error::{Error, Internal};

impl<L: Lock> RequestContext<'_, '_, L> {
    /// Generates key material. Slow for RSA, unless the pool has a key.
    ///
    /// # Errors
    ///
    /// Internal: the system's random number generator fails.
    pub(crate) fn new_material(&self, spec: KeySpec) -> Result<KeyMaterial, Error> {
        if self.details.is_rehearsal && spec.family() == KeyFamily::Rsa {
            return Err(Internal::new("generate a key", "this is a rehearsal").into());
        }
        let Services {
            rsa_keys, random, ..
        } = self.services();
        Ok(rsa_keys.generate(spec, random).map_err(cannot_generate)?)
    }

    /// The ARN of a new key in the account and Region of the request.
    ///
    /// # Errors
    ///
    /// As [`Self::new_material`].
    pub(crate) fn new_key_arn(&self, multi_region: bool) -> Result<KeyArn, Error> {
        let followed = self.details.followed.as_ref();
        let id = match followed.and_then(|followed| followed.key_id.clone()) {
            Some(id) => id,
            None => KeyId::generate(
                self.random().array().map_err(cannot_generate)?,
                multi_region,
            ),
        };
        Ok(KeyArn {
            location: self.location().clone(),
            id,
        })
    }

    /// The material that an upstream has imported, or one in its place. `None` without an upstream.
    ///
    /// # Errors
    ///
    /// Internal: a library fails.
    pub(crate) fn followed_material(&self, spec: KeySpec) -> Result<Option<KeyMaterial>, Error> {
        let followed = self.details.followed.as_ref();
        let text = followed.and_then(|followed| followed.material.as_deref());
        let material = text.map(|text| KeyMaterial::derive(spec, text));
        Ok(material.transpose().map_err(cannot_generate)?)
    }
}
