//! ML-KEM (FIPS 203), with `aws-lc-rs`; randomness from a seed, which that does not take, with
//! `ml-kem`.

use std::ops::Range;

use aws_lc_rs::kem::{
    Algorithm, AlgorithmId, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_512, ML_KEM_768,
    ML_KEM_1024,
};

use super::{CryptoError, Random, SecretBytes, der, foretold};
use crate::api::KeySpec;

/// The length of the seed that a key can be made from.
const SEED_LENGTH: usize = 64;

/// An ML-KEM key pair.
pub(crate) struct MlKem {
    set: ParameterSet,
    /// The expanded key of FIPS 203, which has the public key inside.
    secret: SecretBytes,
    decapsulation: DecapsulationKey,
    encapsulation: EncapsulationKey,
}

/// One of the three sizes.
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

    /// The set of a spec, if it is one of ML-KEM.
    pub(super) const fn of(spec: KeySpec) -> Option<Self> {
        match spec {
            KeySpec::MlKem512 => Some(Self::MlKem512),
            KeySpec::MlKem768 => Some(Self::MlKem768),
            KeySpec::MlKem1024 => Some(Self::MlKem1024),
            _ => None,
        }
    }

    const fn spec(self) -> KeySpec {
        match self {
            Self::MlKem512 => KeySpec::MlKem512,
            Self::MlKem768 => KeySpec::MlKem768,
            Self::MlKem1024 => KeySpec::MlKem1024,
        }
    }

    /// Where the public key lies in the expanded key: behind 384 bytes for each of the
    /// polynomials, and 32 bytes longer than these.
    const fn public_key(self) -> Range<usize> {
        let polynomials = match self {
            Self::MlKem512 => 2 * 384,
            Self::MlKem768 => 3 * 384,
            Self::MlKem1024 => 4 * 384,
        };
        polynomials..2 * polynomials + 32
    }

    /// `AlgorithmIdentifier`: `id-alg-ml-kem-512` to `-1024`, 2.16.840.1.101.3.4.4.1 to 3,
    /// without parameters.
    const fn identifier(self) -> [u8; 13] {
        let last = match self {
            Self::MlKem512 => 1,
            Self::MlKem768 => 2,
            Self::MlKem1024 => 3,
        };
        [
            der::SEQUENCE,
            11,
            6,
            9,
            0x60,
            0x86,
            0x48,
            0x01,
            0x65,
            3,
            4,
            4,
            last,
        ]
    }
}

impl MlKem {
    pub(super) fn generate(set: ParameterSet, random: &Random) -> Result<Self, CryptoError> {
        if random.is_seeded() {
            return Self::from_seed(set, random.secret(SEED_LENGTH)?.expose());
        }
        let failed = |_| CryptoError::Failed("generate an ML-KEM key");
        let key = DecapsulationKey::generate(set.algorithm()).map_err(failed)?;
        Self::decode(set, key.key_bytes().map_err(failed)?.as_ref())
    }

    /// The key that this seed makes: `d` and `z` of FIPS 203.
    pub(super) fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self, CryptoError> {
        let expanded = foretold::ml_kem_expanded(set, seed);
        Self::decode(
            set,
            &expanded.ok_or_else(|| CryptoError::InvalidMaterial(set.spec()))?,
        )
    }

    /// The key with these bytes, the expanded form of FIPS 203.
    pub(super) fn decode(set: ParameterSet, secret: &[u8]) -> Result<Self, CryptoError> {
        let invalid = || CryptoError::InvalidMaterial(set.spec());
        let public = secret.get(set.public_key()).ok_or_else(invalid)?;
        let algorithm = set.algorithm();
        Ok(Self {
            set,
            secret: SecretBytes::new(secret.to_vec()),
            decapsulation: DecapsulationKey::new(algorithm, secret).map_err(|_| invalid())?,
            encapsulation: EncapsulationKey::new(algorithm, public).map_err(|_| invalid())?,
        })
    }

    pub(super) fn encode(&self) -> SecretBytes {
        self.secret.clone()
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let raw = self.secret.expose().get(self.set.public_key());
        let raw = raw.ok_or(CryptoError::Failed("encode an ML-KEM public key"))?;
        let key = der::value(der::BIT_STRING, &[&[0], raw]);
        Ok(der::value(der::SEQUENCE, &[&self.set.identifier(), &key]).to_vec())
    }

    /// PKCS#8 with the expanded key, one of the three forms that the LAMPS profile allows. Which
    /// of them AWS returns is not known.
    pub(super) fn private_key(&self) -> SecretBytes {
        let key = der::value(der::OCTET_STRING, &[self.secret.expose()]);
        let key = der::value(der::OCTET_STRING, &[&key]);
        let version = [der::INTEGER, 1, 0];
        let pkcs8 = der::value(der::SEQUENCE, &[&version, &self.set.identifier(), &key]);
        SecretBytes::new(pkcs8.to_vec())
    }

    /// A new shared secret, and the ciphertext that holds it.
    pub(crate) fn encapsulate(
        &self,
        random: &Random,
    ) -> Result<(Vec<u8>, SecretBytes), CryptoError> {
        if random.is_seeded() {
            let public = self.secret.expose().get(self.set.public_key());
            let made = foretold::ml_kem_encapsulate(self.set, public.unwrap_or_default(), random)?;
            return made.ok_or(CryptoError::Failed("encapsulate with ML-KEM"));
        }
        let (ciphertext, secret) = self
            .encapsulation
            .encapsulate()
            .map_err(|_| CryptoError::Failed("encapsulate with ML-KEM"))?;
        Ok((
            ciphertext.as_ref().to_vec(),
            SecretBytes::new(secret.as_ref().to_vec()),
        ))
    }

    /// The shared secret of a ciphertext; `None` for one of another length. A ciphertext that
    /// was changed has a secret too, another one: the implicit rejection of FIPS 203.
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Option<SecretBytes> {
        let secret = self
            .decapsulation
            .decapsulate(Ciphertext::from(ciphertext))
            .ok()?;
        Some(SecretBytes::new(secret.as_ref().to_vec()))
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
    fn both_sides_share_a_secret_and_a_changed_ciphertext_shares_another() {
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
            // The rejection is a function of the key and the ciphertext.
            assert_eq!(
                key.decapsulate(&ciphertext).unwrap().expose(),
                rejected.expose()
            );
            assert!(key.decapsulate(&ciphertext[1..]).is_none());
            assert!(MlKem::decode(set, &key.encode().expose()[1..]).is_err());
        }
    }
}
