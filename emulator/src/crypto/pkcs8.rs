//! Encodings of elliptic-curve keys.

use ::pkcs8::der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use ::pkcs8::der::{Decode as _, Encode as _};
use ::pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use ::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
use sec1::{EcParameters, EcPrivateKey};

use super::{CryptoError, SecretBytes};

/// Whether the bytes are exactly one `SubjectPublicKeyInfo` with the OID of this curve.
///
/// `aws-lc-rs` is more lenient: it accepts explicit curve parameters, does not check all of them,
/// and ignores extra bytes.
pub(super) fn is_public_key_on(curve: ObjectIdentifier, der: &[u8]) -> bool {
    SubjectPublicKeyInfoRef::from_der(der).is_ok_and(|key| {
        key.algorithm.oid == ID_EC_PUBLIC_KEY && key.algorithm.parameters_oid() == Ok(curve)
    })
}

/// A public key as a `SubjectPublicKeyInfo`, from its uncompressed point.
pub(super) fn public_key(curve: ObjectIdentifier, point: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let encode = || {
        SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: ID_EC_PUBLIC_KEY,
                parameters: Some(AnyRef::from(&curve)),
            },
            subject_public_key: BitStringRef::from_bytes(point)?,
        }
        .to_der()
    };
    encode().map_err(|_| CryptoError::Failed("encode an elliptic-curve public key"))
}

/// A private key as PKCS#8, from its scalar and, for a client, its uncompressed point.
///
/// KMS includes the OID of the curve twice: in the outer `AlgorithmIdentifier`, and in the inner
/// `ECPrivateKey` (RFC 5915). A recorded P-256 data key pair of 150 bytes shows this. The encoders of
/// the crates for the curves omit the second one.
pub(super) fn elliptic_curve(
    curve: ObjectIdentifier,
    scalar: &[u8],
    point: Option<&[u8]>,
) -> Result<SecretBytes, CryptoError> {
    let encode = || {
        let key = EcPrivateKey {
            private_key: scalar,
            parameters: Some(EcParameters::NamedCurve(curve)),
            public_key: point,
        };
        let key = SecretBytes::new(key.to_der()?);
        let algorithm = AlgorithmIdentifierRef {
            oid: ID_EC_PUBLIC_KEY,
            parameters: Some(AnyRef::from(&curve)),
        };
        PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(key.expose())?).to_der()
    };
    encode()
        .map(SecretBytes::new)
        .map_err(|_| CryptoError::Failed("encode an elliptic-curve private key"))
}
