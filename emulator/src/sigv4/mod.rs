//! Signature Version 4 of requests: with HMAC, and with P-256 (`SigV4a`).
//!
//! The crate `aws-sigv4` only signs. The tests sign with it, and check AWS's published vectors.

mod algorithm;
mod canonical;
mod key;
mod presented;
mod scope;
mod signer;
mod sigv4a;

use std::time::Duration;

use algorithm::Algorithm;
pub(crate) use key::SigningKeys;
use presented::Presented;
use scope::Scope;
#[cfg(feature = "server")]
pub(crate) use signer::Signed;
pub(crate) use signer::Signer;

use crate::auth::{Caller, Identity};
use crate::clock::Timestamp;
use crate::crypto::is_equal;
use crate::error::{SignatureError, SignedService};
use crate::protocol::Request;

/// Checks that the caller signed a request, in AWS's order. `now` is the time of the client, so it is
/// not the time of an emulator whose clock was moved.
///
/// # Errors
///
/// The signature is missing, malformed, too old or wrong, or the access key is unknown.
pub(crate) fn verify(
    request: &Request<'_>,
    service: SignedService,
    caller: &Caller,
    keys: &SigningKeys,
    now: Timestamp,
) -> Result<(), SignatureError> {
    let presented = Presented::read(request, service)?;
    let date = presented.date.as_ref();
    check_age(date, service, now)?;
    if !presented.signs("host") {
        return Err(SignatureError::host_is_not_signed());
    }
    let algorithm = Algorithm::parse(&presented.algorithm)
        .ok_or_else(|| SignatureError::unsupported_algorithm(&presented.algorithm))?;
    let scope = Scope::parse(&presented.credential, algorithm)?;
    scope.check(service, date)?;
    if algorithm == Algorithm::Ecdsa {
        let region = &caller.location.region;
        sigv4a::check_region(presented.region_set.as_deref(), region)?;
    }
    let identity = caller.identity();
    let identity =
        identity.filter(|_| caller.access_key_id.as_deref() == Some(scope.access_key_id));
    let secret = identity.and_then(|identity| identity.secret.as_deref());
    let (Some(identity), Some(secret)) = (identity, secret) else {
        return Err(SignatureError::unknown_access_key(scope.access_key_id));
    };
    check_signature(request, &presented, algorithm, &scope, secret, keys)?;
    check_token(presented.token.as_deref(), identity)
}

/// Checks that a request has the signature of a secret.
fn check_signature(
    request: &Request<'_>,
    presented: &Presented<'_>,
    algorithm: Algorithm,
    scope: &Scope<'_>,
    secret: &str,
    keys: &SigningKeys,
) -> Result<(), SignatureError> {
    let canonical = canonical::request(request, &presented.signed_headers);
    let to_sign = key::string_to_sign(algorithm, &presented.date, &scope.text(), &canonical);
    let is_signed = match algorithm {
        Algorithm::Hmac => {
            let expected = keys.sign(secret, scope, &to_sign);
            is_equal(expected.as_bytes(), presented.signature.as_bytes())
        }
        Algorithm::Ecdsa => {
            sigv4a::verify(scope.access_key_id, secret, &to_sign, &presented.signature)
        }
    };
    if is_signed {
        return Ok(());
    }
    let shown = presented.without_token(&canonical);
    tracing::debug!(canonical = %shown, to_sign, "the signature does not match");
    Err(SignatureError::mismatch(&key::hash(&canonical)))
}

fn check_age(date: &str, service: SignedService, now: Timestamp) -> Result<(), SignatureError> {
    let signed = presented::time(date).ok_or_else(|| SignatureError::malformed_date(date))?;
    // Quoted by users of both services.
    let minutes = match service {
        SignedService::Kms => 5,
        SignedService::Sts => 15,
    };
    let window = Duration::from_secs(minutes * 60);
    let now = now.whole_seconds();
    if signed.plus(window) < now {
        let earliest = now.minus(window).basic_text();
        let now = now.basic_text();
        return Err(SignatureError::expired(date, &earliest, &now, minutes));
    }
    let latest = now.plus(window);
    if signed > latest {
        let (latest, now) = (latest.basic_text(), now.basic_text());
        return Err(SignatureError::not_yet_current(
            date, &latest, &now, minutes,
        ));
    }
    Ok(())
}

/// A session needs its token, and an access key without a session takes none.
fn check_token(token: Option<&str>, identity: &Identity) -> Result<(), SignatureError> {
    let session = identity.session.as_ref();
    let is_valid = match (token, session.map(|session| session.token.as_str())) {
        (Some(token), Some(expected)) => is_equal(token.as_bytes(), expected.as_bytes()),
        (None, None) => true,
        _ => false,
    };
    is_valid
        .then_some(())
        .ok_or_else(|| SignatureError::wrong_token(session.is_some(), token.is_some()))
}

#[cfg(test)]
mod tests;
