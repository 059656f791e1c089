//! The certificate of one document: made on the spot, signed by the root.
//!
//! Written by hand, with the times and the root's name by `x509-cert`: its builder would bring
//! another library of cryptography.

use std::time::Duration;

use x509_cert::Certificate;
use x509_cert::der::asn1::{GeneralizedTime, UtcTime};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::time::{Time, Validity};

use super::{ROOT, Refused};
use crate::clock::Timestamp;
use crate::crypto::es384::{Es384Key, Form};
use crate::crypto::{CryptoError, Random, der};

/// The root's private key. It is no secret: see the module above.
pub(super) const ROOT_KEY: &[u8] = include_bytes!("root.p8");

/// `id-ecPublicKey` with P-384, as an `AlgorithmIdentifier`'s content.
const P384_KEY: &[u8] = &[
    6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 34,
];
/// `ecdsa-with-SHA384`.
const ECDSA_WITH_SHA384: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
/// Critical basic constraints, of no authority; critical key usage, to sign.
pub(super) const EXTENSIONS: &[u8] = &[
    0x30, 12, 6, 3, 0x55, 0x1d, 19, 1, 1, 0xff, 4, 2, 0x30, 0, //
    0x30, 14, 6, 3, 0x55, 0x1d, 15, 1, 1, 0xff, 4, 4, 3, 2, 7, 0x80,
];
/// The issuer's key identifier, which strict readers of RFC 5280 ask for: the one in `root.der`.
const BY_THE_ROOT: &[u8] = &[
    0x30, 31, 6, 3, 0x55, 0x1d, 35, 4, 24, 0x30, 22, 0x80, 20, 0x99, 0x57, 0x06, 0x8b, 0x02, 0x6b,
    0x71, 0x48, 0x5a, 0xcd, 0x8e, 0xf1, 0xa8, 0x7c, 0x44, 0xc4, 0xbe, 0xfc, 0x93, 0xdc,
];
const COMMON_NAME: &[u8] = &[6, 3, 0x55, 4, 3];
const NAME: &[u8] = b"Simulated KMS enclave, not AWS";

const UTF8_STRING: u8 = 0x0c;
const SET: u8 = 0x31;
/// `[3]`, of a value that has its own tag inside.
const EXPLICIT_3: u8 = 0xa3;

/// How long before its document a certificate is valid, for clocks that differ.
const BEFORE: Duration = Duration::from_secs(5 * 60);
/// And how long after it: as long as those of AWS.
const AFTER: Duration = Duration::from_secs(3 * 60 * 60);

impl From<CryptoError> for Refused {
    fn from(_: CryptoError) -> Self {
        Self("it cannot be signed")
    }
}

/// A certificate for the holder of a key, valid around a moment.
pub(super) fn issue(point: &[u8], at: Timestamp) -> Result<Vec<u8>, Refused> {
    const FAILED: Refused = Refused("its certificate cannot be written");
    let root = Certificate::from_der(ROOT).map_err(|_| FAILED)?;
    let issuer = root.tbs_certificate().subject().to_der();
    let issuer = issuer.map_err(|_| FAILED)?;
    let key = Es384Key::decode(Form::Der, ROOT_KEY)?;
    let extensions = [EXTENSIONS, BY_THE_ROOT].concat();
    certificate(&issuer, &key, point, &extensions, at)
}

/// The name in every certificate that is not the root.
pub(super) fn name() -> Vec<u8> {
    let name = der::value(UTF8_STRING, &[NAME]);
    let name = der::value(der::SEQUENCE, &[COMMON_NAME, &name]);
    der::value(der::SEQUENCE, &[&der::value(SET, &[&name])]).to_vec()
}

/// A certificate by an issuer, with its name and its key.
pub(super) fn certificate(
    issuer: &[u8],
    issuer_key: &Es384Key,
    point: &[u8],
    extensions: &[u8],
    at: Timestamp,
) -> Result<Vec<u8>, Refused> {
    let algorithm = der::value(der::SEQUENCE, &[ECDSA_WITH_SHA384]);
    // A positive number of 16 bytes, as unlikely to come again as any.
    let serial: [u8; 15] = Random::System.array()?;

    let key = der::value(
        der::SEQUENCE,
        &[
            &der::value(der::SEQUENCE, &[P384_KEY]),
            &der::value(der::BIT_STRING, &[&[0], point]),
        ],
    );
    let extensions = der::value(der::SEQUENCE, &[extensions]);
    let certificate = der::value(
        der::SEQUENCE,
        &[
            // Version 3, which is a 2.
            &der::value(der::EXPLICIT_0, &[&[der::INTEGER, 1, 2]]),
            &der::value(der::INTEGER, &[&[0x40], &serial]),
            &algorithm,
            issuer,
            &validity(at)?,
            &name(),
            &key,
            &der::value(EXPLICIT_3, &[&extensions]),
        ],
    );
    let signature = issuer_key.sign(&certificate)?;
    let signature = der::value(der::BIT_STRING, &[&[0], &signature]);
    let certificate = der::value(der::SEQUENCE, &[&certificate, &algorithm, &signature]);
    Ok(certificate.to_vec())
}

fn validity(at: Timestamp) -> Result<Vec<u8>, Refused> {
    const OUT_OF_RANGE: Refused = Refused("its timestamp is out of range");
    let millis = u64::try_from(at.millis()).map_err(|_| OUT_OF_RANGE)?;
    let at = Duration::from_secs(millis / 1000);
    let time = |at: Option<Duration>| {
        let at = at.ok_or(OUT_OF_RANGE)?;
        // Through 2049 in the short form, afterwards in the long one: RFC 5280, 4.1.2.5.
        UtcTime::from_unix_duration(at)
            .map(Time::UtcTime)
            .or_else(|_| GeneralizedTime::from_unix_duration(at).map(Time::GeneralTime))
            .map_err(|_| OUT_OF_RANGE)
    };
    let validity: Validity =
        Validity::new(time(at.checked_sub(BEFORE))?, time(at.checked_add(AFTER))?);
    validity.to_der().map_err(|_| OUT_OF_RANGE)
}
