//! ECDSA on the NIST curve P-256, with `p256`.
//!
//! Signatures are DER and not normalised to a low `s`, and both halves are accepted, as by KMS.
//! Nonces are RFC 6979's, hedged with randomness of the system.

use p256::SecretKey;
use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::elliptic_curve::Generate;
use p256::pkcs8::EncodePublicKey;
use sha2::{Digest, Sha256};

use super::{CryptoError, Message, SecretBytes, random};
use crate::key::KeySpec;

/// A P-256 key pair.
pub(crate) struct P256(SigningKey);

impl P256 {
    pub(super) fn generate() -> Result<Self, CryptoError> {
        let secret = SecretKey::try_generate_from_rng(&mut random::generator())
            .map_err(|_| CryptoError::Failed("generate a P-256 key"))?;
        Ok(Self(SigningKey::from(secret)))
    }

    /// The key with this scalar, big endian.
    pub(super) fn decode(secret: &[u8]) -> Result<Self, CryptoError> {
        const INVALID: CryptoError = CryptoError::InvalidMaterial(KeySpec::EccNistP256);
        // `from_slice` would take a scalar that lost its last bytes for a shorter one.
        let scalar: [u8; 32] = secret.try_into().map_err(|_| INVALID)?;
        SigningKey::from_bytes(&scalar.into())
            .map(Self)
            .map_err(|_| INVALID)
    }

    /// The scalar, big endian. PKCS#8 would take twice as long to read back.
    pub(super) fn encode(&self) -> SecretBytes {
        SecretBytes::new(self.0.to_bytes().to_vec())
    }

    pub(super) fn public_key(&self) -> Result<Vec<u8>, CryptoError> {
        let der = self.0.verifying_key().to_public_key_der();
        Ok(der
            .map_err(|_| CryptoError::Failed("encode a P-256 public key"))?
            .into_vec())
    }

    pub(super) fn sign(&self, message: Message<'_>) -> Result<Vec<u8>, CryptoError> {
        let signature: DerSignature = digest(message, |digest| {
            self.0
                .sign_prehash_with_rng(&mut random::generator(), digest)
        })
        .map_err(|_| CryptoError::Failed("sign with a P-256 key"))?;
        Ok(signature.as_bytes().to_vec())
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> bool {
        let Ok(signature) = DerSignature::try_from(signature) else {
            return false;
        };
        let key: &VerifyingKey = self.0.verifying_key();
        digest(message, |digest| key.verify_prehash(digest, &signature)).is_ok()
    }
}

fn digest<T>(message: Message<'_>, use_it: impl FnOnce(&[u8]) -> T) -> T {
    match message {
        Message::Raw(message) => use_it(&Sha256::digest(message)),
        Message::Digest(digest) => use_it(digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6979, A.2.5: the key, and its signature of "sample" with SHA-256.
    const SECRET: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    const R: &str = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    const S: &str = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let digits = hexadecimal.as_bytes().chunks(2);
        digits
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// Both halves of this signature have their highest bit set, so DER pads them with a zero.
    fn signature() -> Vec<u8> {
        let half = |half| [&[0x02, 0x21, 0x00], bytes(half).as_slice()].concat();
        [&[0x30, 0x46], half(R).as_slice(), half(S).as_slice()].concat()
    }

    #[test]
    fn a_signature_made_elsewhere_with_the_key_verifies() {
        let key = P256::decode(&bytes(SECRET)).unwrap();
        assert!(key.verify(Message::Raw(b"sample"), &signature()));
        assert!(key.verify(Message::Digest(&Sha256::digest(b"sample")), &signature()));
    }

    #[test]
    fn any_other_message_key_or_signature_does_not() {
        let key = P256::decode(&bytes(SECRET)).unwrap();
        assert!(!key.verify(Message::Raw(b"test"), &signature()));
        assert!(
            !P256::generate()
                .unwrap()
                .verify(Message::Raw(b"sample"), &signature())
        );
        for index in 0..signature().len() {
            let mut changed = signature();
            changed[index] ^= 1;
            assert!(
                !key.verify(Message::Raw(b"sample"), &changed),
                "byte {index}"
            );
        }
        for wrong in [
            &[][..],
            &[0],
            &signature()[1..],
            &[signature(), vec![0]].concat(),
        ] {
            assert!(!key.verify(Message::Raw(b"sample"), wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_reads_back_and_bytes_that_are_none_are_refused() {
        let key = P256::generate().unwrap();
        let signature = key.sign(Message::Raw(b"sample")).unwrap();
        let again = P256::decode(key.encode().expose()).unwrap();
        assert!(again.verify(Message::Raw(b"sample"), &signature));
        assert_eq!(again.public_key().unwrap(), key.public_key().unwrap());
        for wrong in [&[][..], &[1; 31], &[1; 33], &[0; 32], &[255; 32]] {
            assert!(P256::decode(wrong).is_err(), "{wrong:?}");
        }
    }
}
