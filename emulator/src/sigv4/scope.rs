//! The credential of a signature: an access key id and the scope of the signature.

use super::algorithm::{Algorithm, TERMINATOR};
use crate::api::Region;
use crate::error::{SignatureError, SignedService, scope_sentence};

/// `AKIA…/20260101/us-east-1/kms/aws4_request`. In `SigV4a`, it has no Region.
pub(super) struct Scope<'c> {
    pub(super) access_key_id: &'c str,
    pub(super) day: &'c str,
    /// Empty in `SigV4a`.
    pub(super) region: &'c str,
    pub(super) service: &'c str,
    pub(super) terminator: &'c str,
}

impl<'c> Scope<'c> {
    /// Reads a credential. Slashes at its end are ignored.
    pub(super) fn parse(credential: &'c str, algorithm: Algorithm) -> Result<Self, SignatureError> {
        let parts: Vec<_> = credential.trim_end_matches('/').split('/').collect();
        match (algorithm, parts.as_slice()) {
            (Algorithm::Hmac, &[access_key_id, day, region, service, terminator]) => Ok(Self {
                access_key_id,
                day,
                region,
                service,
                terminator,
            }),
            (Algorithm::Ecdsa, &[access_key_id, day, service, terminator]) => Ok(Self {
                access_key_id,
                day,
                region: "",
                service,
                terminator,
            }),
            (Algorithm::Hmac, _) => Err(SignatureError::malformed_credential(credential)),
            (Algorithm::Ecdsa, _) => Err(SignatureError::malformed_sigv4a_credential(credential)),
        }
    }

    /// Checks that the signature is for a service, and for the day of a date.
    pub(super) fn check(&self, service: SignedService, date: &str) -> Result<(), SignatureError> {
        let mut sentences = String::new();
        // The emulator serves all Regions.
        if !self.region.is_empty() && Region::parse(self.region).is_none() {
            sentences += scope_sentence::REGION;
        }
        if self.service != service.name() {
            sentences += &scope_sentence::service(service.name());
        }
        if self.terminator != TERMINATOR {
            sentences += &scope_sentence::terminator(self.terminator);
        }
        let day = date.get(..8).unwrap_or_default();
        if self.day != day {
            sentences += &scope_sentence::date(self.day, day, date);
        }
        if sentences.is_empty() {
            return Ok(());
        }
        Err(SignatureError::wrong_scope(&sentences))
    }

    /// The scope without the access key id.
    pub(super) fn text(&self) -> String {
        let Self {
            day,
            region,
            service,
            terminator,
            ..
        } = self;
        if region.is_empty() {
            return [*day, *service, *terminator].join("/");
        }
        [*day, *region, *service, *terminator].join("/")
    }
}
