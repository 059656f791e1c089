//! ML-DSA (FIPS 204), with `aws-lc-rs`. `ml-dsa` covers what it does not support: message
//! representatives from the client (`EXTERNAL_MU`), and randomness from a seed.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    KeyPair, ML_DSA_44, ML_DSA_44_SIGNING, ML_DSA_65, ML_DSA_65_SIGNING, ML_DSA_87,
    ML_DSA_87_SIGNING, ParsedPublicKey, PqdsaKeyPair, PqdsaSigningAlgorithm,
    PqdsaVerificationAlgorithm,
};
use ml_dsa::common::array::{Array, sizes::U64};
use ml_dsa::{
    EncodedVerifyingKey, ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed,
    Signature, VerifyingKey,
};

use super::{CryptoError, Message, Random, SecretBytes};
use crate::api::KeySpec;

/// The length of the seed, which is also the stored form of a key.
const SEED_LENGTH: usize = 32;

/// A message representative, `µ` of FIPS 204.
type Mu = Array<u8, U64>;

/// An ML-DSA key pair.
pub(crate) struct MlDsa {
    set: ParameterSet,
    seed: SecretBytes,
    pair: PqdsaKeyPair,
    verifier: ParsedPublicKey,
}

/// A parameter set of FIPS 204.
#[derive(Clone, Copy)]
pub(super) enum ParameterSet {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl ParameterSet {
    const fn spec(self) -> KeySpec {
        match self {
            Self::MlDsa44 => KeySpec::MlDsa44,
            Self::MlDsa65 => KeySpec::MlDsa65,
            Self::MlDsa87 => KeySpec::MlDsa87,
        }
    }

    const fn signing(self) -> &'static PqdsaSigningAlgorithm {
        match self {
            Self::MlDsa44 => &ML_DSA_44_SIGNING,
            Self::MlDsa65 => &ML_DSA_65_SIGNING,
            Self::MlDsa87 => &ML_DSA_87_SIGNING,
        }
    }

    pub(super) const fn verification(self) -> &'static PqdsaVerificationAlgorithm {
        match self {
            Self::MlDsa44 => &ML_DSA_44,
            Self::MlDsa65 => &ML_DSA_65,
            Self::MlDsa87 => &ML_DSA_87,
        }
    }

    const fn invalid(self) -> CryptoError {
        CryptoError::InvalidMaterial(self.spec())
    }
}

const FAILED: CryptoError = CryptoError::Failed("sign with ML-DSA");

impl MlDsa {
    pub(super) fn generate(set: ParameterSet, random: &Random) -> Result<Self, CryptoError> {
        Self::decode(set, random.secret(SEED_LENGTH)?.expose())
    }

    /// The key of this seed.
    pub(super) fn decode(set: ParameterSet, seed: &[u8]) -> Result<Self, CryptoError> {
        let pair = PqdsaKeyPair::from_seed(set.signing(), seed).map_err(|_| set.invalid())?;
        let verifier = ParsedPublicKey::new(set.verification(), pair.public_key())
            .map_err(|_| set.invalid())?;
        Ok(Self {
            set,
            seed: SecretBytes::new(seed.to_vec()),
            pair,
            verifier,
        })
    }

    /// The seed.
    pub(super) fn encode(&self) -> SecretBytes {
        self.seed.clone()
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der<'_> = self
            .pair
            .public_key()
            .as_der()
            .map_err(|_| CryptoError::Failed("encode an ML-DSA public key"))?;
        Ok(der.as_ref().to_vec())
    }

    /// Hedged, as on KMS: two signatures of the same message differ.
    pub(super) fn sign(
        &self,
        message: Message<'_>,
        random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        match message {
            Message::Raw(message) if random.is_seeded() => match self.set {
                ParameterSet::MlDsa44 => self.sign_deterministic::<MlDsa44>(message, random),
                ParameterSet::MlDsa65 => self.sign_deterministic::<MlDsa65>(message, random),
                ParameterSet::MlDsa87 => self.sign_deterministic::<MlDsa87>(message, random),
            },
            Message::Raw(message) => {
                let mut signature = vec![0; self.set.signing().signature_len()];
                self.pair
                    .sign(message, &mut signature)
                    .map_err(|_| FAILED)?;
                Ok(signature)
            }
            Message::ExternalMu(mu) => match self.set {
                ParameterSet::MlDsa44 => self.sign_mu::<MlDsa44>(mu, random),
                ParameterSet::MlDsa65 => self.sign_mu::<MlDsa65>(mu, random),
                ParameterSet::MlDsa87 => self.sign_mu::<MlDsa87>(mu, random),
            },
            Message::Digest(_) => Err(CryptoError::Unsupported("DIGEST")),
        }
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> bool {
        match message {
            Message::Raw(message) => self.verifier.verify_sig(message, signature).is_ok(),
            Message::ExternalMu(mu) => match self.set {
                ParameterSet::MlDsa44 => self.verify_mu::<MlDsa44>(mu, signature),
                ParameterSet::MlDsa65 => self.verify_mu::<MlDsa65>(mu, signature),
                ParameterSet::MlDsa87 => self.verify_mu::<MlDsa87>(mu, signature),
            },
            Message::Digest(_) => false,
        }
    }

    /// Signs with randomness from the seeded generator.
    fn sign_deterministic<P: MlDsaParams>(
        &self,
        message: &[u8],
        mut random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        let seed = Seed::try_from(self.seed.expose()).map_err(|_| self.set.invalid())?;
        let signature = ExpandedSigningKey::<P>::from_seed(&seed)
            .sign_randomized(message, &[], &mut random)
            .map_err(|_| FAILED)?;
        Ok(signature.encode().to_vec())
    }

    fn sign_mu<P: MlDsaParams>(
        &self,
        mu: &[u8],
        mut random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        let seed = Seed::try_from(self.seed.expose()).map_err(|_| self.set.invalid())?;
        let mu = Mu::try_from(mu).map_err(|_| FAILED)?;
        let signature = ExpandedSigningKey::<P>::from_seed(&seed)
            .sign_mu_randomized(&mu, &mut random)
            .map_err(|_| FAILED)?;
        Ok(signature.encode().to_vec())
    }

    fn verify_mu<P: MlDsaParams>(&self, mu: &[u8], signature: &[u8]) -> bool {
        let public = EncodedVerifyingKey::<P>::try_from(self.pair.public_key().as_ref());
        let (Ok(public), Ok(mu), Ok(signature)) = (
            public,
            Mu::try_from(mu),
            Signature::<P>::try_from(signature),
        ) else {
            return false;
        };
        VerifyingKey::<P>::decode(&public).verify_mu(&mu, &signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ml_dsa::signature::digest::Update;

    const ALL: [(ParameterSet, usize, usize); 3] = [
        (ParameterSet::MlDsa44, 1334, 2420),
        (ParameterSet::MlDsa65, 1974, 3309),
        (ParameterSet::MlDsa87, 2614, 4627),
    ];

    #[test]
    fn keys_and_signatures_have_the_recorded_lengths() {
        for (set, public_length, signature_length) in ALL {
            let key = MlDsa::generate(set, &Random::System).unwrap();
            let key = MlDsa::decode(set, key.encode().expose()).unwrap();
            assert_eq!(key.public_key().unwrap().len(), public_length);
            let signature = key.sign(Message::Raw(b"message"), &Random::System).unwrap();
            assert_eq!(signature.len(), signature_length);
            assert!(key.verify(Message::Raw(b"message"), &signature));
            assert!(!key.verify(Message::Raw(b"massage"), &signature));
            assert!(!key.verify(Message::Raw(b"message"), &signature[1..]));
            assert_ne!(
                key.sign(Message::Raw(b"message"), &Random::System).unwrap(),
                signature
            );
            assert!(MlDsa::decode(set, &[0; 31]).is_err());
        }
    }

    /// `ml-dsa` computes the message representative, so each library checks the other.
    #[test]
    fn message_and_representative_have_the_same_signatures() {
        fn check<P: MlDsaParams>(set: ParameterSet) {
            let key = MlDsa::generate(set, &Random::System).unwrap();
            let public = EncodedVerifyingKey::<P>::try_from(key.pair.public_key().as_ref());
            let public = VerifyingKey::<P>::decode(&public.unwrap());
            let mu = public
                .compute_mu(
                    |hash| {
                        hash.update(b"message");
                        Ok(())
                    },
                    &[],
                )
                .unwrap();

            let signature = key.sign(Message::ExternalMu(&mu), &Random::System).unwrap();
            assert!(key.verify(Message::Raw(b"message"), &signature));
            let signature = key.sign(Message::Raw(b"message"), &Random::System).unwrap();
            assert!(key.verify(Message::ExternalMu(&mu), &signature));
            assert!(!key.verify(Message::ExternalMu(&[0; 64]), &signature));
            assert!(!key.verify(Message::ExternalMu(&mu), &signature[1..]));
            assert!(!key.verify(Message::ExternalMu(&[]), &signature));
        }
        check::<MlDsa44>(ParameterSet::MlDsa44);
        check::<MlDsa65>(ParameterSet::MlDsa65);
        check::<MlDsa87>(ParameterSet::MlDsa87);
    }
}
