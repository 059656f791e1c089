//! What `aws-lc-rs` draws from the system, drawn from a seeded generator: with the libraries of
//! `RustCrypto`, since that takes none from outside. Only a KMS that is to be reproducible comes here;
//! that private operations of `rsa` are not constant-time (RUSTSEC-2023-0071) gives nothing away
//! that its text does not.

#![expect(
    deprecated,
    reason = "`ml-kem` would rather keep seeds; here expanded keys are kept"
)]

use ::ml_kem::{
    DecapsulationKey, EncapsulationKey, ExpandedKeyEncoding as _, MlKem512, MlKem768, MlKem1024,
    Seed,
};
use ::rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ::rsa::{PrivateKey, PublicKey};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::ml_kem::ParameterSet;
use super::rsa::RsaKey;
use super::{CryptoError, Message, Random, SecretBytes, ec};
use crate::api::{EncryptionAlgorithm, SigningAlgorithm};

/// A signature of RSA-PSS; `None` for another algorithm.
pub(super) fn sign_pss(
    key: &RsaKey,
    algorithm: SigningAlgorithm,
    message: Message<'_>,
    mut random: &Random,
) -> Option<Result<Vec<u8>, CryptoError>> {
    use SigningAlgorithm as A;

    const FAILED: CryptoError = CryptoError::Failed("sign with RSA-PSS");
    if !matches!(
        algorithm,
        A::RsassaPssSha256 | A::RsassaPssSha384 | A::RsassaPssSha512
    ) {
        return None;
    }
    let Ok(key) = PrivateKey::from_pkcs8_der(key.encode().expose()) else {
        return Some(Err(FAILED));
    };
    let random = &mut random;
    let signature = match (algorithm, message) {
        (A::RsassaPssSha256, Message::Raw(message)) => {
            key.pss_sign_with_rng::<Sha256, _>(random, message)
        }
        (A::RsassaPssSha384, Message::Raw(message)) => {
            key.pss_sign_with_rng::<Sha384, _>(random, message)
        }
        (_, Message::Raw(message)) => key.pss_sign_with_rng::<Sha512, _>(random, message),
        (A::RsassaPssSha256, Message::Digest(digest)) => {
            key.pss_sign_prehash_with_rng::<Sha256, _>(random, digest)
        }
        (A::RsassaPssSha384, Message::Digest(digest)) => {
            key.pss_sign_prehash_with_rng::<Sha384, _>(random, digest)
        }
        (_, Message::Digest(digest)) => key.pss_sign_prehash_with_rng::<Sha512, _>(random, digest),
        (_, Message::ExternalMu(_)) => return None,
    };
    Some(signature.map_err(|_| FAILED))
}

/// What RSA OAEP encrypts with a public key, DER `SubjectPublicKeyInfo`.
pub(super) fn encrypt(
    public_key: &[u8],
    algorithm: EncryptionAlgorithm,
    plaintext: &[u8],
    mut random: &Random,
) -> Result<Vec<u8>, CryptoError> {
    let failed = |_| CryptoError::Failed("encrypt with RSA");
    let key = PublicKey::from_public_key_der(public_key)
        .map_err(|_| CryptoError::Failed("read an RSA public key"))?;
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => key
            .oaep_encrypt_with_rng::<Sha1, _>(&mut random, plaintext)
            .map_err(failed),
        EncryptionAlgorithm::RsaesOaepSha256 => key
            .oaep_encrypt_with_rng::<Sha256, _>(&mut random, plaintext)
            .map_err(failed),
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => {
            Err(CryptoError::Mismatch(algorithm.as_str()))
        }
    }
}

/// A signature of ECDSA, whose nonce comes from the key and the message (RFC 6979).
pub(super) fn sign_ecdsa(
    curve: ec::Curve,
    scalar: &[u8],
    message: Message<'_>,
) -> Result<Vec<u8>, CryptoError> {
    const FAILED: CryptoError = CryptoError::Failed("sign with ECDSA");
    let digest = match (message, curve) {
        (Message::Digest(digest), _) => digest.to_vec(),
        (Message::Raw(message), ec::Curve::P256) => Sha256::digest(message).to_vec(),
        (Message::Raw(message), ec::Curve::P384) => Sha384::digest(message).to_vec(),
        (Message::Raw(message), ec::Curve::P521) => Sha512::digest(message).to_vec(),
        (Message::ExternalMu(_), _) => return Err(CryptoError::Mismatch("EXTERNAL_MU")),
    };
    match curve {
        ec::Curve::P256 => {
            let key = p256::ecdsa::SigningKey::from_slice(scalar).map_err(|_| FAILED)?;
            let signature: p256::ecdsa::DerSignature =
                key.sign_prehash(&digest).map_err(|_| FAILED)?;
            Ok(signature.as_bytes().to_vec())
        }
        ec::Curve::P384 => {
            let key = p384::ecdsa::SigningKey::from_slice(scalar).map_err(|_| FAILED)?;
            let signature: p384::ecdsa::DerSignature =
                key.sign_prehash(&digest).map_err(|_| FAILED)?;
            Ok(signature.as_bytes().to_vec())
        }
        ec::Curve::P521 => {
            let key = p521::ecdsa::SigningKey::from_slice(scalar).map_err(|_| FAILED)?;
            let signature: p521::ecdsa::DerSignature =
                key.sign_prehash(&digest).map_err(|_| FAILED)?;
            Ok(signature.as_bytes().to_vec())
        }
    }
}

/// The expanded form of the ML-KEM key that a seed makes; `None` if the seed has not its length.
pub(super) fn ml_kem_expanded(set: ParameterSet, seed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let seed = Seed::try_from(seed).ok()?;
    Some(Zeroizing::new(match set {
        ParameterSet::MlKem512 => {
            let key = DecapsulationKey::<MlKem512>::from_seed(seed);
            key.to_expanded_bytes().to_vec()
        }
        ParameterSet::MlKem768 => {
            let key = DecapsulationKey::<MlKem768>::from_seed(seed);
            key.to_expanded_bytes().to_vec()
        }
        ParameterSet::MlKem1024 => {
            let key = DecapsulationKey::<MlKem1024>::from_seed(seed);
            key.to_expanded_bytes().to_vec()
        }
    }))
}

/// A shared secret and its ciphertext; `None` if the public key is none of the set.
pub(super) fn ml_kem_encapsulate(
    set: ParameterSet,
    public_key: &[u8],
    random: &Random,
) -> Result<Option<(Vec<u8>, SecretBytes)>, CryptoError> {
    let drawn = random.array::<32>()?.into();
    macro_rules! encapsulate {
        ($parameters:ty) => {
            public_key.try_into().ok().and_then(|public_key| {
                let key = EncapsulationKey::<$parameters>::new(public_key).ok()?;
                let (ciphertext, secret) = key.encapsulate_deterministic(&drawn);
                Some((ciphertext.to_vec(), SecretBytes::new(secret.to_vec())))
            })
        };
    }
    Ok(match set {
        ParameterSet::MlKem512 => encapsulate!(MlKem512),
        ParameterSet::MlKem768 => encapsulate!(MlKem768),
        ParameterSet::MlKem1024 => encapsulate!(MlKem1024),
    })
}
