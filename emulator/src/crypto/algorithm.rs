//! The implementation of each key spec.

use super::ec::Curve;
use super::hmac::Hash;
use super::{ml_dsa, ml_kem};
use crate::api::{KeySpec, RsaSize};

/// The algorithm of a key spec, with the parameter that the spec fixes.
///
/// [`Self::of`] is the only match on specs in `crypto`; all other code matches on the algorithm. No
/// match has a wildcard, so a new spec compiles only when every match covers it.
#[derive(Clone, Copy)]
pub(super) enum Algorithm {
    Symmetric,
    Hmac(Hash),
    Rsa(RsaSize),
    Ec(Curve),
    Secp256k1,
    Ed25519,
    Sm2,
    MlDsa(ml_dsa::ParameterSet),
    MlKem(ml_kem::ParameterSet),
}

impl Algorithm {
    pub(super) const fn of(spec: KeySpec) -> Self {
        match spec {
            KeySpec::SymmetricDefault => Self::Symmetric,
            KeySpec::Hmac224 => Self::Hmac(Hash::Sha224),
            KeySpec::Hmac256 => Self::Hmac(Hash::Sha256),
            KeySpec::Hmac384 => Self::Hmac(Hash::Sha384),
            KeySpec::Hmac512 => Self::Hmac(Hash::Sha512),
            KeySpec::Rsa2048 => Self::Rsa(RsaSize::Rsa2048),
            KeySpec::Rsa3072 => Self::Rsa(RsaSize::Rsa3072),
            KeySpec::Rsa4096 => Self::Rsa(RsaSize::Rsa4096),
            KeySpec::EccNistP256 => Self::Ec(Curve::P256),
            KeySpec::EccNistP384 => Self::Ec(Curve::P384),
            KeySpec::EccNistP521 => Self::Ec(Curve::P521),
            KeySpec::EccSecgP256K1 => Self::Secp256k1,
            KeySpec::EccNistEdwards25519 => Self::Ed25519,
            KeySpec::Sm2 => Self::Sm2,
            KeySpec::MlDsa44 => Self::MlDsa(ml_dsa::ParameterSet::MlDsa44),
            KeySpec::MlDsa65 => Self::MlDsa(ml_dsa::ParameterSet::MlDsa65),
            KeySpec::MlDsa87 => Self::MlDsa(ml_dsa::ParameterSet::MlDsa87),
            KeySpec::MlKem512 => Self::MlKem(ml_kem::ParameterSet::MlKem512),
            KeySpec::MlKem768 => Self::MlKem(ml_kem::ParameterSet::MlKem768),
            KeySpec::MlKem1024 => Self::MlKem(ml_kem::ParameterSet::MlKem1024),
        }
    }
}
