//! ML-KEM (FIPS 203), with `aws-lc-rs`. It accepts no randomness from a seed, so a deterministic KMS
//! uses `ml-kem`.

use std::ops::Range;

use ::pkcs8::der::Encode as _;
use ::pkcs8::der::asn1::{BitStringRef, OctetStringRef};
use ::pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use ::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use aws_lc_rs::kem::{
    Algorithm, AlgorithmId, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_512, ML_KEM_768,
    ML_KEM_1024,
};
use const_oid::db::fips203::{ID_ALG_ML_KEM_512, ID_ALG_ML_KEM_768, ID_ALG_ML_KEM_1024};
use zeroize::Zeroizing;

use super::{CryptoError, Random, SecretBytes, der};
use crate::api::KeySpec;

/// The length of a seed: `d` and `z` of FIPS 203.
const SEED_LENGTH: usize = 64;

/// An ML-KEM key pair.
pub(crate) struct MlKem {
    set: ParameterSet,
    /// The expanded key of FIPS 203, which contains the public key.
    secret: SecretBytes,
    /// The seed of a key that was just generated. The store has expanded keys only.
    seed: Option<SecretBytes>,
    decapsulation: DecapsulationKey,
    encapsulation: EncapsulationKey,
}

/// A parameter set of FIPS 203.
#[derive(Clone, Copy)]
pub(super) enum ParameterSet {
    MlKem512,
    MlKem768,
    MlKem1024,
}

impl ParameterSet {
    const fn algorithm(self) -> &'static Algorithm<AlgorithmId> {
        match self {
            Self::MlKem512 => &ML_KEM_512,
            Self::MlKem768 => &ML_KEM_768,
            Self::MlKem1024 => &ML_KEM_1024,
        }
    }

    const fn spec(self) -> KeySpec {
        match self {
            Self::MlKem512 => KeySpec::MlKem512,
            Self::MlKem768 => KeySpec::MlKem768,
            Self::MlKem1024 => KeySpec::MlKem1024,
        }
    }

    /// The range of the public key in the expanded key. It starts after 384 bytes for each
    /// polynomial and is 32 bytes longer than the polynomials.
    const fn public_key(self) -> Range<usize> {
        let polynomials = match self {
            Self::MlKem512 => 2 * 384,
            Self::MlKem768 => 3 * 384,
            Self::MlKem1024 => 4 * 384,
        };
        polynomials..2 * polynomials + 32
    }

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::MlKem512 => ID_ALG_ML_KEM_512,
            Self::MlKem768 => ID_ALG_ML_KEM_768,
            Self::MlKem1024 => ID_ALG_ML_KEM_1024,
        }
    }

    const fn identifier(self) -> AlgorithmIdentifierRef<'static> {
        AlgorithmIdentifierRef {
            oid: self.oid(),
            parameters: None,
        }
    }
}

const FAILED: CryptoError = CryptoError::Failed("encapsulate with ML-KEM");

impl MlKem {
    pub(super) fn generate(set: ParameterSet, random: &Random) -> Result<Self, CryptoError> {
        let seed = random.secret(SEED_LENGTH)?;
        let key = Self::from_seed(set, seed.expose())?;
        Ok(Self {
            seed: Some(seed),
            ..key
        })
    }

    /// The key of a seed.
    pub(super) fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self, CryptoError> {
        let expanded = expand_seed(set, seed);
        Self::decode(
            set,
            &expanded.ok_or_else(|| CryptoError::InvalidMaterial(set.spec()))?,
        )
    }

    /// Decodes a seed, or an expanded key of FIPS 203.
    pub(super) fn decode(set: ParameterSet, secret: &[u8]) -> Result<Self, CryptoError> {
        if secret.len() == SEED_LENGTH {
            return Self::from_seed(set, secret);
        }
        let invalid = || CryptoError::InvalidMaterial(set.spec());
        let public = secret.get(set.public_key()).ok_or_else(invalid)?;
        let algorithm = set.algorithm();
        Ok(Self {
            set,
            secret: SecretBytes::new(secret.to_vec()),
            seed: None,
            decapsulation: DecapsulationKey::new(algorithm, secret).map_err(|_| invalid())?,
            encapsulation: EncapsulationKey::new(algorithm, public).map_err(|_| invalid())?,
        })
    }

    pub(super) fn encode(&self) -> SecretBytes {
        self.secret.clone()
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let encode = || {
            SubjectPublicKeyInfoRef {
                algorithm: self.set.identifier(),
                subject_public_key: BitStringRef::from_bytes(self.raw_public_key())?,
            }
            .to_der()
        };
        encode().map_err(|_| CryptoError::Failed("encode an ML-KEM public key"))
    }

    /// PKCS#8 of a generated key with its seed, one of the three forms of RFC 9935, and the only one
    /// that most libraries read. It is unknown which form AWS returns.
    pub(super) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        let seed = self.seed.as_ref();
        let seed = seed.ok_or(CryptoError::Unsupported("a private key without its seed"))?;
        let encode = || {
            let key = der::value(der::IMPLICIT_0, &[seed.expose()]);
            PrivateKeyInfoRef::new(self.set.identifier(), OctetStringRef::new(&key)?).to_der()
        };
        encode()
            .map(SecretBytes::new)
            .map_err(|_| CryptoError::Failed("encode an ML-KEM private key"))
    }

    fn raw_public_key(&self) -> &[u8] {
        // `decode` has checked that the range is inside.
        let key = self.secret.expose().get(self.set.public_key());
        key.unwrap_or_default()
    }

    /// Creates a shared secret and its ciphertext.
    pub(crate) fn encapsulate(
        &self,
        random: &Random,
    ) -> Result<(Vec<u8>, SecretBytes), CryptoError> {
        if random.is_seeded() {
            return encapsulate_deterministic(self.set, self.raw_public_key(), random);
        }
        let (ciphertext, secret) = self.encapsulation.encapsulate().map_err(|_| FAILED)?;
        Ok((
            ciphertext.as_ref().to_vec(),
            SecretBytes::new(secret.as_ref().to_vec()),
        ))
    }

    /// The shared secret of a ciphertext; `None` if the ciphertext has a wrong length. A changed
    /// ciphertext yields another secret: the implicit rejection of FIPS 203.
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Option<SecretBytes> {
        let secret = self
            .decapsulation
            .decapsulate(Ciphertext::from(ciphertext))
            .ok()?;
        Some(SecretBytes::new(secret.as_ref().to_vec()))
    }
}

/// Expands a seed; `None` if it has another length.
#[expect(
    deprecated,
    reason = "`ml-kem` recommends to store seeds; the store has expanded keys"
)]
fn expand_seed(set: ParameterSet, seed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    use ::ml_kem::{
        DecapsulationKey, ExpandedKeyEncoding as _, MlKem512, MlKem768, MlKem1024, Seed,
    };

    let seed = Seed::try_from(seed).ok()?;
    Some(Zeroizing::new(match set {
        ParameterSet::MlKem512 => DecapsulationKey::<MlKem512>::from_seed(seed)
            .to_expanded_bytes()
            .to_vec(),
        ParameterSet::MlKem768 => DecapsulationKey::<MlKem768>::from_seed(seed)
            .to_expanded_bytes()
            .to_vec(),
        ParameterSet::MlKem1024 => DecapsulationKey::<MlKem1024>::from_seed(seed)
            .to_expanded_bytes()
            .to_vec(),
    }))
}

/// Encapsulates with randomness from the seeded generator.
fn encapsulate_deterministic(
    set: ParameterSet,
    public_key: &[u8],
    random: &Random,
) -> Result<(Vec<u8>, SecretBytes), CryptoError> {
    use ::ml_kem::{EncapsulationKey, MlKem512, MlKem768, MlKem1024};

    macro_rules! encapsulate {
        ($parameters:ty, $random:expr) => {{
            let key = public_key.try_into().map_err(|_| FAILED)?;
            let key = EncapsulationKey::<$parameters>::new(key).map_err(|_| FAILED)?;
            let (ciphertext, secret) = key.encapsulate_deterministic($random);
            Ok((ciphertext.to_vec(), SecretBytes::new(secret.to_vec())))
        }};
    }
    let random = random.array::<32>()?.into();
    match set {
        ParameterSet::MlKem512 => encapsulate!(MlKem512, &random),
        ParameterSet::MlKem768 => encapsulate!(MlKem768, &random),
        ParameterSet::MlKem1024 => encapsulate!(MlKem1024, &random),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(ParameterSet, usize, usize); 3] = [
        (ParameterSet::MlKem512, 800, 768),
        (ParameterSet::MlKem768, 1184, 1088),
        (ParameterSet::MlKem1024, 1568, 1568),
    ];

    #[test]
    fn changed_ciphertext_has_another_secret() {
        for (set, public_length, ciphertext_length) in ALL {
            let key = MlKem::generate(set, &Random::System).unwrap();
            let key = MlKem::decode(set, key.encode().expose()).unwrap();
            assert_eq!(key.public_key().unwrap().len(), public_length + 22);

            let (mut ciphertext, secret) = key.encapsulate(&Random::System).unwrap();
            assert_eq!(ciphertext.len(), ciphertext_length);
            assert_eq!(
                key.decapsulate(&ciphertext).unwrap().expose(),
                secret.expose()
            );

            ciphertext[5] ^= 1;
            let rejected = key.decapsulate(&ciphertext).unwrap();
            assert_eq!(rejected.expose().len(), 32);
            assert_ne!(rejected.expose(), secret.expose());
            // The rejection depends only on the key and the ciphertext.
            assert_eq!(
                key.decapsulate(&ciphertext).unwrap().expose(),
                rejected.expose()
            );
            assert!(key.decapsulate(&ciphertext[1..]).is_none());
            assert!(MlKem::decode(set, &key.encode().expose()[1..]).is_err());
        }
    }
}
