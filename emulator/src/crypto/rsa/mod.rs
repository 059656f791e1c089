//! RSA, with `aws-lc-rs`: signatures (PKCS#1 v1.5, and PSS with a salt as long as the hash) and
//! OAEP. The crate `rsa` is four times slower, and its private operations are not constant-time
//! (RUSTSEC-2023-0071). Only a deterministic KMS uses it, because `aws-lc-rs` accepts no random
//! generator. Such a KMS has no secrets to protect.

mod primes;

use std::sync::OnceLock;

use ::rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ::rsa::{PrivateKey, PublicKey};
use aws_lc_rs::digest::{self, Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm,
    OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{self as s, KeyPair as _, RsaEncoding, VerificationAlgorithm};
use sha1::Sha1;
use sha2::digest::FixedOutputReset;
use sha2::{Digest as RustCryptoDigest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use self::primes::RandomSource;
use super::{CryptoError, Message, Random, SecretBytes};
use crate::api::{EncryptionAlgorithm, RsaSize, SigningAlgorithm};

/// An RSA key pair.
pub(crate) struct RsaKey {
    size: RsaSize,
    pkcs8: SecretBytes,
    pair: KeyPair,
    /// Created on first use, because most keys only sign.
    cipher: OnceLock<Cipher>,
}

/// The key pair in the library's form for encryption.
struct Cipher {
    public: OaepPublicEncryptingKey,
    private: OaepPrivateDecryptingKey,
}

/// The library's parts of a signing algorithm.
pub(super) struct Scheme {
    encoding: &'static dyn RsaEncoding,
    pub(super) verification: &'static dyn VerificationAlgorithm,
    digest: &'static digest::Algorithm,
}

impl Scheme {
    /// The scheme of an RSA signing algorithm.
    ///
    /// # Errors
    ///
    /// If the algorithm is not RSA.
    pub(super) fn of(algorithm: SigningAlgorithm) -> Result<Self, CryptoError> {
        use SigningAlgorithm as A;
        let (encoding, verification, digest): (&dyn RsaEncoding, &dyn VerificationAlgorithm, _) =
            match algorithm {
                A::RsassaPkcs1V15Sha256 => (
                    &s::RSA_PKCS1_SHA256,
                    &s::RSA_PKCS1_2048_8192_SHA256,
                    &SHA256,
                ),
                A::RsassaPkcs1V15Sha384 => (
                    &s::RSA_PKCS1_SHA384,
                    &s::RSA_PKCS1_2048_8192_SHA384,
                    &SHA384,
                ),
                A::RsassaPkcs1V15Sha512 => (
                    &s::RSA_PKCS1_SHA512,
                    &s::RSA_PKCS1_2048_8192_SHA512,
                    &SHA512,
                ),
                A::RsassaPssSha256 => (&s::RSA_PSS_SHA256, &s::RSA_PSS_2048_8192_SHA256, &SHA256),
                A::RsassaPssSha384 => (&s::RSA_PSS_SHA384, &s::RSA_PSS_2048_8192_SHA384, &SHA384),
                A::RsassaPssSha512 => (&s::RSA_PSS_SHA512, &s::RSA_PSS_2048_8192_SHA512, &SHA512),
                A::EcdsaSha256
                | A::EcdsaSha384
                | A::EcdsaSha512
                | A::Ed25519Sha512
                | A::Ed25519PhSha512
                | A::Sm2Dsa
                | A::MlDsaShake256
                | A::SymmetricDefault => return Err(CryptoError::Unsupported(algorithm.as_str())),
            };
        Ok(Self {
            encoding,
            verification,
            digest,
        })
    }
}

/// The padding of an RSA encryption algorithm.
fn oaep(algorithm: EncryptionAlgorithm) -> Result<&'static OaepAlgorithm, CryptoError> {
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        EncryptionAlgorithm::RsaesOaepSha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => {
            Err(CryptoError::Unsupported(algorithm.as_str()))
        }
    }
}

impl RsaKey {
    /// Generates a key, which takes between a tenth of a second and several seconds.
    pub(super) fn generate(size: RsaSize, random: &Random) -> Result<Self, CryptoError> {
        if random.is_seeded() {
            return Self::from_random(size, &mut |bytes| random.fill(bytes));
        }
        let failed = |_| CryptoError::Failed("generate an RSA key");
        let pair = KeyPair::generate(key_size(size)).map_err(failed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        Ok(Self {
            size,
            pkcs8: SecretBytes::new(der.as_ref().to_vec()),
            pair,
            cipher: OnceLock::new(),
        })
    }

    /// Generates a key that depends only on the bytes of `random`.
    pub(super) fn from_random(
        size: RsaSize,
        random: &mut RandomSource<'_>,
    ) -> Result<Self, CryptoError> {
        let bits = 8 * u32::try_from(size.modulus_length()).map_err(|_| invalid(size))?;
        Self::decode(size, primes::generate(bits, random)?.expose())
    }

    /// Decodes a key in PKCS#8.
    pub(super) fn decode(size: RsaSize, pkcs8: &[u8]) -> Result<Self, CryptoError> {
        let pair = KeyPair::from_pkcs8(pkcs8).map_err(|_| invalid(size))?;
        if pair.public_modulus_len() != size.modulus_length() {
            return Err(invalid(size));
        }
        Ok(Self {
            size,
            pkcs8: SecretBytes::new(pkcs8.to_vec()),
            pair,
            cipher: OnceLock::new(),
        })
    }

    /// PKCS#8, both for the store and for a data key pair.
    pub(super) fn encode(&self) -> SecretBytes {
        self.pkcs8.clone()
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der<'_> = self
            .pair
            .public_key()
            .as_der()
            .map_err(|_| CryptoError::Failed("encode an RSA public key"))?;
        Ok(der.as_ref().to_vec())
    }

    pub(super) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        if random.is_seeded()
            && let Some(signature) = self.sign_pss_deterministic(algorithm, message, random)
        {
            return signature;
        }
        let Scheme {
            encoding, digest, ..
        } = Scheme::of(algorithm)?;
        let mut signature = vec![0; self.size.modulus_length()];
        let signed = match message {
            Message::Raw(message) => {
                self.pair
                    .sign(encoding, &SystemRandom::new(), message, &mut signature)
            }
            Message::Digest(bytes) => Digest::import_less_safe(bytes, digest)
                .and_then(|digest| self.pair.sign_digest(encoding, &digest, &mut signature)),
            Message::ExternalMu(_) => return Err(CryptoError::Unsupported("EXTERNAL_MU")),
        };
        signed.map_err(|_| CryptoError::Failed("sign with RSA"))?;
        Ok(signature)
    }

    pub(super) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        let Scheme {
            verification,
            digest,
            ..
        } = Scheme::of(algorithm)?;
        let public = self.pair.public_key().as_ref();
        let verified = match message {
            Message::Raw(message) => verification.verify_sig(public, message, signature),
            Message::Digest(bytes) => Digest::import_less_safe(bytes, digest)
                .and_then(|digest| verification.verify_digest_sig(public, &digest, signature)),
            Message::ExternalMu(_) => return Err(CryptoError::Unsupported("EXTERNAL_MU")),
        };
        Ok(verified.is_ok())
    }

    /// Signs with RSA-PSS and a salt from the seeded generator; `None` for other algorithms, which
    /// are deterministic already.
    fn sign_pss_deterministic(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        random: &Random,
    ) -> Option<Result<Vec<u8>, CryptoError>> {
        use SigningAlgorithm as A;
        match algorithm {
            A::RsassaPssSha256 => Some(self.sign_pss::<Sha256>(message, random)),
            A::RsassaPssSha384 => Some(self.sign_pss::<Sha384>(message, random)),
            A::RsassaPssSha512 => Some(self.sign_pss::<Sha512>(message, random)),
            A::RsassaPkcs1V15Sha256
            | A::RsassaPkcs1V15Sha384
            | A::RsassaPkcs1V15Sha512
            | A::EcdsaSha256
            | A::EcdsaSha384
            | A::EcdsaSha512
            | A::Ed25519Sha512
            | A::Ed25519PhSha512
            | A::Sm2Dsa
            | A::MlDsaShake256
            | A::SymmetricDefault => None,
        }
    }

    fn sign_pss<D: RustCryptoDigest + FixedOutputReset>(
        &self,
        message: Message<'_>,
        mut random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("sign with RSA-PSS");
        let key = PrivateKey::from_pkcs8_der(self.pkcs8.expose()).map_err(|_| FAILED)?;
        match message {
            Message::Raw(message) => key.pss_sign_with_rng::<D, _>(&mut random, message),
            Message::Digest(digest) => key.pss_sign_prehash_with_rng::<D, _>(&mut random, digest),
            Message::ExternalMu(_) => return Err(CryptoError::Unsupported("EXTERNAL_MU")),
        }
        .map_err(|_| FAILED)
    }

    /// Encrypts a plaintext, which must not be too long for the algorithm.
    pub(super) fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("encrypt with RSA");
        if random.is_seeded() {
            return encrypt_deterministic(&self.public_key()?, algorithm, plaintext, random);
        }
        let algorithm = oaep(algorithm)?;
        let mut ciphertext = vec![0; self.size.modulus_length()];
        self.cipher()?
            .public
            .encrypt(algorithm, plaintext, &mut ciphertext, None)
            .map_err(|_| FAILED)?;
        Ok(ciphertext)
    }

    /// The plaintext; `None` if the ciphertext is not valid for this key and algorithm.
    pub(super) fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Option<SecretBytes>, CryptoError> {
        let algorithm = oaep(algorithm)?;
        let key = &self.cipher()?.private;
        let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
        let plaintext = key.decrypt(algorithm, ciphertext, &mut buffer, None);
        Ok(plaintext
            .ok()
            .map(|plaintext| SecretBytes::new(plaintext.to_vec())))
    }

    fn cipher(&self) -> Result<&Cipher, CryptoError> {
        if let Some(cipher) = self.cipher.get() {
            return Ok(cipher);
        }
        let failed = |_| invalid(self.size);
        let private = PrivateDecryptingKey::from_pkcs8(self.pkcs8.expose())
            .map_err(|_| invalid(self.size))?;
        let cipher = Cipher {
            public: OaepPublicEncryptingKey::new(private.public_key()).map_err(failed)?,
            private: OaepPrivateDecryptingKey::new(private).map_err(failed)?,
        };
        Ok(self.cipher.get_or_init(|| cipher))
    }
}

/// Encrypts under a DER `SubjectPublicKeyInfo` with the padding from the seeded generator.
pub(super) fn encrypt_deterministic(
    public_key: &[u8],
    algorithm: EncryptionAlgorithm,
    plaintext: &[u8],
    mut random: &Random,
) -> Result<Vec<u8>, CryptoError> {
    let key = PublicKey::from_public_key_der(public_key)
        .map_err(|_| CryptoError::Failed("read an RSA public key"))?;
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => {
            key.oaep_encrypt_with_rng::<Sha1, _>(&mut random, plaintext)
        }
        EncryptionAlgorithm::RsaesOaepSha256 => {
            key.oaep_encrypt_with_rng::<Sha256, _>(&mut random, plaintext)
        }
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => {
            return Err(CryptoError::Unsupported(algorithm.as_str()));
        }
    }
    .map_err(|_| CryptoError::Failed("encrypt with RSA"))
}

const fn key_size(size: RsaSize) -> KeySize {
    match size {
        RsaSize::Rsa2048 => KeySize::Rsa2048,
        RsaSize::Rsa3072 => KeySize::Rsa3072,
        RsaSize::Rsa4096 => KeySize::Rsa4096,
    }
}

const fn invalid(size: RsaSize) -> CryptoError {
    CryptoError::InvalidMaterial(size.spec())
}

#[cfg(test)]
mod tests;
