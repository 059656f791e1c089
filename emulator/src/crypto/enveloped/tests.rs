//! Tests of the envelope, and an enclave for other tests.

use aws_lc_rs::cipher::{DecryptionContext, PaddedBlockDecryptingKey};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};

use super::*;
use crate::crypto::tests::hex;

/// An enclave with an RSA private key.
pub(crate) struct Enclave(PrivateDecryptingKey);

impl Enclave {
    pub(crate) fn new() -> Self {
        Self(PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.0.public_key().as_der().unwrap().as_ref().to_vec()
    }

    /// Decrypts a secret; `None` if it was not encrypted for this enclave or is damaged.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let mut rest = sealed;
        enter(&mut rest, 0x30)?;
        skip(&mut rest, &der::oid(ID_ENVELOPED_DATA))?;
        enter(&mut rest, 0xa0)?;
        enter(&mut rest, 0x30)?;
        skip(&mut rest, VERSION_2)?;
        let mut recipients = take(&mut rest, SET)?;
        let mut recipient = take(&mut recipients, 0x30)?;
        skip(&mut recipient, VERSION_2)?;
        let identifier = Sha256::digest(self.public_key());
        skip(&mut recipient, &der::value(0x80, &[&identifier]))?;
        take(&mut recipient, 0x30)?;
        let content_key = take(&mut recipient, 4)?;
        enter(&mut rest, 0x30)?;
        skip(&mut rest, &der::oid(ID_DATA))?;
        let mut algorithm = take(&mut rest, 0x30)?;
        skip(&mut algorithm, &der::oid(ID_AES_256_CBC))?;
        let nonce: [u8; 16] = take(&mut algorithm, 4)?.try_into().ok()?;
        enter(&mut rest, 0xa0)?;
        let mut content = take(&mut rest, 4)?.to_vec();
        skip(&mut rest, &[0; 10])?;
        if !rest.is_empty() {
            return None;
        }

        let key = OaepPrivateDecryptingKey::new(self.0.clone()).unwrap();
        let mut buffer = vec![0; key.min_output_size()];
        let content_key = key
            .decrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut buffer, None)
            .ok()?;
        let key = UnboundCipherKey::new(&AES_256, content_key).ok()?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).unwrap();
        let nonce = DecryptionContext::Iv128(nonce.into());
        let secret = key.decrypt(&mut content, nonce).ok()?;
        Some(secret.to_vec())
    }
}

/// Enters a value of indefinite length.
fn enter(rest: &mut &[u8], tag: u8) -> Option<()> {
    skip(rest, &[tag, 0x80])
}

/// Skips expected bytes.
fn skip(rest: &mut &[u8], expected: &[u8]) -> Option<()> {
    *rest = rest.strip_prefix(expected)?;
    Some(())
}

/// The content of a value of definite length.
fn take<'a>(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let [first, length, after @ ..] = *rest else {
        return None;
    };
    let (length, after) = match (length, after) {
        (0x82, [high, low, after @ ..]) => (usize::from(*high) << 8 | usize::from(*low), after),
        (0x81, [low, after @ ..]) | (low, after) => (usize::from(*low), after),
    };
    (*first == tag).then_some(())?;
    let (content, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(content)
}

#[test]
fn only_the_recipient_decrypts() {
    let (enclave, other) = (Enclave::new(), Enclave::new());
    let recipient = RecipientKey::parse(&enclave.public_key()).unwrap();
    for length in [0, 1, 15, 16, 17, 32, 1024, 2400, 4096] {
        let secret: Vec<u8> = (0..=250).cycle().take(length).collect();
        let sealed = recipient.seal(&secret, &Random::System).unwrap();
        assert_eq!(enclave.open(&sealed).unwrap(), secret, "{length}");
        assert_eq!(other.open(&sealed), None);
        let again = recipient.seal(&secret, &Random::System).unwrap();
        assert_ne!(again, sealed);
    }
}

/// The constant parts of a recorded response of KMS for a key of 2048 bits, from the tests of
/// `source/cms.c` in aws-nitro-enclaves-sdk-c.
#[test]
fn encoding_matches_a_recorded_response() {
    let enclave = Enclave::new();
    let recipient = RecipientKey::parse(&enclave.public_key()).unwrap();
    let sealed = recipient.seal(&[7; 32], &Random::System).unwrap();
    let recorded = [
        (
            0,
            "308006092a864886f70d010703a08030800201023182016b308201670201028020",
        ),
        (
            65,
            "303c06092a864886f70d010107302fa00f300d06096086480165030402010500\
             a11c301a06092a864886f70d010108300d0609608648016503040201050004820100",
        ),
        (
            387,
            "308006092a864886f70d010701301d060960864801650304012a0410",
        ),
        (431, "a0800430"),
        (483, "00000000000000000000"),
    ];
    for (position, bytes) in recorded {
        let bytes = hex(bytes);
        assert_eq!(sealed[position..][..bytes.len()], bytes, "{position}");
    }
    assert_eq!(sealed.len(), 493);
}

#[test]
fn parses_only_rsa_keys_of_2048_to_4096_bits() {
    let parse = |size| {
        let key = PrivateDecryptingKey::generate(size).unwrap().public_key();
        RecipientKey::parse(key.as_der().unwrap().as_ref())
    };
    assert!(parse(KeySize::Rsa2048).is_some());
    assert!(parse(KeySize::Rsa3072).is_some());
    let key = Enclave::new().public_key();
    assert!(RecipientKey::parse(&[key.as_slice(), &[0]].concat()).is_none());
    assert!(RecipientKey::parse(&key[..key.len() - 1]).is_none());
    assert!(RecipientKey::parse(&[]).is_none());
    // Moduli of 1024 bits and 8192 bits.
    for modulus in [128, 1024] {
        let modulus = der::value(der::INTEGER, &[&[0], &vec![0xff; modulus]]);
        let pair = der::value(der::SEQUENCE, &[&modulus, &[2, 3, 1, 0, 1]]);
        let rsa = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
        let algorithm = der::value(der::SEQUENCE, &[&rsa]);
        let bits = der::value(0x03, &[&[0], &pair]);
        let key = der::value(der::SEQUENCE, &[&algorithm, &bits]);
        assert!(RecipientKey::parse(&key).is_none());
    }
}
