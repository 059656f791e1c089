//! RSA, with `aws-lc-rs`: signatures (PKCS#1 v1.5, and PSS with a salt as long as the hash) and
//! OAEP. The crate `rsa` takes four times as long, and its private operations are not
//! constant-time (RUSTSEC-2023-0071).

use std::sync::OnceLock;

use aws_lc_rs::digest::{self, Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm,
    OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{self as s, KeyPair as _, RsaEncoding, VerificationAlgorithm};
use zeroize::Zeroizing;

use super::rsa_primes::{self, Draw};
use super::{CryptoError, Message, Random, SecretBytes, foretold};
use crate::api::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};

/// An RSA key pair.
pub(crate) struct RsaKey {
    size: Size,
    pkcs8: SecretBytes,
    pair: KeyPair,
    /// Made at the first encryption or decryption: most keys sign.
    cipher: OnceLock<Cipher>,
}

/// The pair as the library wants it for encryption.
struct Cipher {
    public: OaepPublicEncryptingKey,
    private: OaepPrivateDecryptingKey,
}

/// The length of the modulus.
#[derive(Clone, Copy)]
pub(super) enum Size {
    Rsa2048,
    Rsa3072,
    Rsa4096,
}

/// What the name of a signing algorithm stands for.
pub(super) struct Scheme {
    encoding: &'static dyn RsaEncoding,
    pub(super) verification: &'static dyn VerificationAlgorithm,
    digest: &'static digest::Algorithm,
}

impl Size {
    pub(super) const ALL: [Self; 3] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    pub(super) const fn spec(self) -> KeySpec {
        match self {
            Self::Rsa2048 => KeySpec::Rsa2048,
            Self::Rsa3072 => KeySpec::Rsa3072,
            Self::Rsa4096 => KeySpec::Rsa4096,
        }
    }

    /// The size of a spec, if it is one of RSA.
    pub(super) fn of(spec: KeySpec) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.spec() == spec)
    }

    const fn key_size(self) -> KeySize {
        match self {
            Self::Rsa2048 => KeySize::Rsa2048,
            Self::Rsa3072 => KeySize::Rsa3072,
            Self::Rsa4096 => KeySize::Rsa4096,
        }
    }

    /// The length in bytes of the modulus, and of a signature and a ciphertext.
    const fn bytes(self) -> usize {
        match self {
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
        }
    }

    const fn invalid(self) -> CryptoError {
        CryptoError::InvalidMaterial(self.spec())
    }
}

impl Scheme {
    /// The scheme of a signing algorithm, if it is one of RSA.
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
                | A::SymmetricDefault => return Err(CryptoError::Mismatch(algorithm.as_str())),
            };
        Ok(Self {
            encoding,
            verification,
            digest,
        })
    }
}

/// The padding of an encryption algorithm, if it is one of RSA.
fn oaep(algorithm: EncryptionAlgorithm) -> Result<&'static OaepAlgorithm, CryptoError> {
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        EncryptionAlgorithm::RsaesOaepSha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => {
            Err(CryptoError::Mismatch(algorithm.as_str()))
        }
    }
}

impl RsaKey {
    /// Makes a key; this takes from a tenth of a second to several.
    pub(super) fn generate(size: Size, random: &Random) -> Result<Self, CryptoError> {
        if random.is_seeded() {
            return Self::from_draws(size, &mut |bytes| random.fill(bytes));
        }
        let failed = |_| CryptoError::Failed("generate an RSA key");
        let pair = KeyPair::generate(size.key_size()).map_err(failed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        Ok(Self {
            size,
            pkcs8: SecretBytes::new(der.as_ref().to_vec()),
            pair,
            cipher: OnceLock::new(),
        })
    }

    /// The key that drawn bytes make.
    pub(super) fn from_draws(size: Size, draw: &mut Draw<'_>) -> Result<Self, CryptoError> {
        let bits = 8 * u32::try_from(size.bytes()).map_err(|_| size.invalid())?;
        Self::decode(size, rsa_primes::pkcs8(bits, draw)?.expose())
    }

    /// The key in this PKCS#8.
    pub(super) fn decode(size: Size, pkcs8: &[u8]) -> Result<Self, CryptoError> {
        let pair = KeyPair::from_pkcs8(pkcs8).map_err(|_| size.invalid())?;
        if pair.public_modulus_len() != size.bytes() {
            return Err(size.invalid());
        }
        Ok(Self {
            size,
            pkcs8: SecretBytes::new(pkcs8.to_vec()),
            pair,
            cipher: OnceLock::new(),
        })
    }

    /// PKCS#8, for the store and for a data key pair alike.
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
            && let Some(signature) = foretold::sign_pss(self, algorithm, message, random)
        {
            return signature;
        }
        let Scheme {
            encoding, digest, ..
        } = Scheme::of(algorithm)?;
        let mut signature = vec![0; self.size.bytes()];
        let signed = match message {
            Message::Raw(message) => {
                self.pair
                    .sign(encoding, &SystemRandom::new(), message, &mut signature)
            }
            Message::Digest(bytes) => Digest::import_less_safe(bytes, digest)
                .and_then(|digest| self.pair.sign_digest(encoding, &digest, &mut signature)),
            Message::ExternalMu(_) => return Err(CryptoError::Mismatch("EXTERNAL_MU")),
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
            Message::ExternalMu(_) => return Err(CryptoError::Mismatch("EXTERNAL_MU")),
        };
        Ok(verified.is_ok())
    }

    /// Encrypts a plaintext that is not too long for the algorithm.
    pub(super) fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        const FAILED: CryptoError = CryptoError::Failed("encrypt with RSA");
        if random.is_seeded() {
            return foretold::encrypt(&self.public_key()?, algorithm, plaintext, random);
        }
        let algorithm = oaep(algorithm)?;
        let mut ciphertext = vec![0; self.size.bytes()];
        self.cipher()?
            .public
            .encrypt(algorithm, plaintext, &mut ciphertext, None)
            .map_err(|_| FAILED)?;
        Ok(ciphertext)
    }

    /// The plaintext; `None` if the ciphertext is none of this key and algorithm.
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
        let invalid = |_| self.size.invalid();
        let private = PrivateDecryptingKey::from_pkcs8(self.pkcs8.expose())
            .map_err(|_| self.size.invalid())?;
        let cipher = Cipher {
            public: OaepPublicEncryptingKey::new(private.public_key()).map_err(invalid)?,
            private: OaepPrivateDecryptingKey::new(private).map_err(invalid)?,
        };
        Ok(self.cipher.get_or_init(|| cipher))
    }
}

#[cfg(test)]
#[path = "rsa_tests.rs"]
mod tests;
