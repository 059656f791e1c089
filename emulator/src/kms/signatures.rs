//! The check of signatures, and who can sign.

use super::Kms;
use crate::auth::{Caller, Identity};
use crate::clock::system_time;
use crate::context::Services;
use crate::error::{Error, SignedService};
use crate::protocol::Request;
use crate::sigv4;
use crate::store::record;

impl Kms {
    /// Checks that the caller signed a request, unless signatures are not checked.
    ///
    /// # Errors
    ///
    /// The error of the service for the signature.
    pub(super) fn verify_signature(
        &self,
        request: &Request<'_>,
        service: SignedService,
        caller: &Caller,
    ) -> Result<(), Error> {
        if !self.services.auth.checks_signatures() {
            return Ok(());
        }
        // Clients sign with the system's time, also when the clock of the emulator was moved.
        let verified = sigv4::verify(request, service, caller, &self.signing_keys, system_time());
        verified.map_err(|error| error.of(service))
    }
}

/// Logs a warning for each access key that cannot sign, and one if no access key can.
pub(super) fn warn_about_signers(services: &Services) {
    if !services.auth.checks_signatures() {
        return;
    }
    let mut can_sign = false;
    services.store.scan(Identity::PREFIX, None, |name, bytes| {
        let access_key_id = name.strip_prefix(Identity::PREFIX).unwrap_or(name);
        match record::decode::<Identity>(name, bytes) {
            Ok(identity) if identity.secret.is_none() => tracing::warn!(
                access_key_id,
                "an access key without a secret cannot sign requests: add secret_access_key to its \
                     identity in the seed"
            ),
            _ => can_sign = true,
        }
        true
    });
    if !can_sign {
        tracing::warn!(
            "no seeded identity can sign requests, so all are refused: docs/auth.md shows how to seed one"
        );
    }
}
