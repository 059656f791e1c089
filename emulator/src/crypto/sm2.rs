//! SM2, with `sm2`. Only the China Regions of AWS offer it.
//!
//! Signatures (SM2DSA) are DER, over SM3 of the message and the signer's standard distinguishing
//! identifier. Ciphertexts (SM2PKE) are the DER of GM/T 0009. Key agreement is plain ECDH.

use const_oid::AssociatedOid as _;
use sm2::dsa::signature::RandomizedSigner;
use sm2::dsa::signature::Verifier;
use sm2::dsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use sm2::dsa::{DerSignature, Signature, SigningKey};
use sm2::elliptic_curve::Generate;
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::pkcs8::{DecodePublicKey, EncodePublicKey};
use sm2::pke::DecryptingKey;
use sm2::{PublicKey, SecretKey};

use super::{CryptoError, Message, Random, SecretBytes, pkcs8};
use crate::api::KeySpec;

/// The default identifier of a signer: GM/T 0009, section 10.
const DISTINGUISHING_ID: &str = "1234567812345678";

/// An SM2 key pair.
pub(crate) struct Sm2 {
    secret: SecretKey,
    signing: SigningKey,
}

const INVALID: CryptoError = CryptoError::InvalidMaterial(KeySpec::Sm2);

impl Sm2 {
    pub(super) fn generate(mut random: &Random) -> Result<Self, CryptoError> {
        let secret = SecretKey::try_generate_from_rng(&mut random)
            .map_err(|_| CryptoError::Failed("generate an SM2 key"))?;
        Self::new(secret)
    }

    /// The key with this scalar, big endian.
    pub(super) fn decode(scalar: &[u8]) -> Result<Self, CryptoError> {
        let scalar: [u8; 32] = scalar.try_into().map_err(|_| INVALID)?;
        Self::new(SecretKey::from_bytes(&scalar.into()).map_err(|_| INVALID)?)
    }

    fn new(secret: SecretKey) -> Result<Self, CryptoError> {
        let signing = SigningKey::new(DISTINGUISHING_ID, &secret).map_err(|_| INVALID)?;
        Ok(Self { secret, signing })
    }

    /// The scalar, big endian.
    pub(super) fn encode(&self) -> SecretBytes {
        SecretBytes::new(self.secret.to_bytes().to_vec())
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der = self.secret.public_key().to_public_key_der();
        Ok(der
            .map_err(|_| CryptoError::Failed("encode an SM2 public key"))?
            .into_vec())
    }

    pub(super) fn private_key(&self) -> Result<SecretBytes, CryptoError> {
        let point = self.secret.public_key().to_sec1_point(false);
        pkcs8::elliptic_curve(
            sm2::Sm2::OID,
            self.encode().expose(),
            Some(point.as_bytes()),
        )
    }

    pub(super) fn sign(
        &self,
        message: Message<'_>,
        mut random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        let generator = &mut random;
        let signature: Signature = match message {
            Message::Raw(message) => self.signing.try_sign_with_rng(generator, message),
            Message::Digest(digest) => self.signing.sign_prehash_with_rng(generator, digest),
            Message::ExternalMu(_) => return Err(CryptoError::Unsupported("EXTERNAL_MU")),
        }
        .map_err(|_| CryptoError::Failed("sign with SM2"))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> bool {
        // `DerSignature` ignores bytes after the two integers.
        let is_whole =
            DerSignature::try_from(signature).is_ok_and(|der| der.as_bytes() == signature);
        let Ok(signature) = Signature::from_der(signature) else {
            return false;
        };
        let key = self.signing.verifying_key();
        let verified = match message {
            Message::Raw(message) => key.verify(message, &signature),
            Message::Digest(digest) => key.verify_prehash(digest, &signature),
            Message::ExternalMu(_) => return false,
        };
        is_whole && verified.is_ok()
    }

    pub(super) fn encrypt(
        &self,
        plaintext: &[u8],
        mut random: &Random,
    ) -> Result<Vec<u8>, CryptoError> {
        self.decrypting()
            .encrypting_key()
            .encrypt_der(&mut random, plaintext)
            .map_err(|_| CryptoError::Failed("encrypt with SM2"))
    }

    /// The plaintext; `None` if the ciphertext is not valid for this key.
    pub(super) fn decrypt(&self, ciphertext: &[u8]) -> Option<SecretBytes> {
        self.decrypting()
            .decrypt_der(ciphertext)
            .ok()
            .map(SecretBytes::new)
    }

    /// The secret shared with the owner of a public key; `None` if the key is not a DER
    /// `SubjectPublicKeyInfo` of a point on this curve.
    pub(crate) fn agree(&self, public_key: &[u8]) -> Option<SecretBytes> {
        let theirs = PublicKey::from_public_key_der(public_key).ok()?;
        let point = theirs.to_projective() * *self.secret.to_nonzero_scalar();
        Some(SecretBytes::new(point.to_affine().x().to_vec()))
    }

    fn decrypting(&self) -> DecryptingKey {
        DecryptingKey::new(self.secret.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hex;
    use super::*;

    /// GM/T 0003.5, annex A: the curve of the standard, its identifier and its message.
    #[test]
    fn verifies_signature_of_the_standard() {
        let key = hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
        let key = Sm2::decode(&key).unwrap();
        let signature = hex(
            "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
             022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
        );
        assert!(key.verify(Message::Raw(b"message digest"), &signature));
        assert!(!key.verify(Message::Raw(b"message digests"), &signature));
    }

    #[test]
    fn signs_messages_and_digests() {
        let key = Sm2::generate(&Random::System).unwrap();
        let key = Sm2::decode(key.encode().expose()).unwrap();
        let signature = key.sign(Message::Raw(b"message"), &Random::System).unwrap();
        assert!(key.verify(Message::Raw(b"message"), &signature));
        assert!(!key.verify(Message::Raw(b"massage"), &signature));
        assert!(!key.verify(Message::Raw(b"message"), &signature[1..]));
        assert!(!key.verify(Message::Raw(b"message"), &[&signature[..], &[0]].concat()));
        assert!(!key.verify(Message::Raw(b"message"), &[]));
        let signature = key
            .sign(Message::Digest(&[7; 32]), &Random::System)
            .unwrap();
        assert!(key.verify(Message::Digest(&[7; 32]), &signature));
        assert!(!key.verify(Message::Digest(&[8; 32]), &signature));
    }

    #[test]
    fn rejects_changed_ciphertexts() {
        let key = Sm2::generate(&Random::System).unwrap();
        let ciphertext = key.encrypt(b"plaintext", &Random::System).unwrap();
        assert_eq!(key.decrypt(&ciphertext).unwrap().expose(), b"plaintext");
        for index in 0..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[index] ^= 1;
            assert!(key.decrypt(&changed).is_none(), "byte {index}");
        }
        assert!(key.decrypt(&ciphertext[1..]).is_none());
        assert!(key.decrypt(&[]).is_none());
    }

    #[test]
    fn both_sides_agree_on_a_secret() {
        let (a, b) = (
            Sm2::generate(&Random::System).unwrap(),
            Sm2::generate(&Random::System).unwrap(),
        );
        let one = a.agree(&b.public_key().unwrap()).unwrap();
        assert_eq!(
            one.expose(),
            b.agree(&a.public_key().unwrap()).unwrap().expose()
        );
        assert_eq!(one.expose().len(), 32);
        assert!(a.agree(b"InvalidPublicKey").is_none());
    }
}
