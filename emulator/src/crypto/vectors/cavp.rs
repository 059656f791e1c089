//! Test vectors of NIST's validation program. `nist/README.md` documents their origin.

use aws_lc_rs::signature::ParsedPublicKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::crypto::symmetric::Aes256;
use crate::crypto::tests::hex;
use crate::crypto::{Random, der, ec};

#[derive(Deserialize)]
struct Point {
    curve: String,
    x: String,
    y: String,
}

#[derive(Deserialize)]
struct Signature {
    #[serde(flatten)]
    point: Point,
    message: String,
    r: String,
    s: String,
    valid: bool,
}

#[derive(Deserialize)]
struct PublicKey {
    #[serde(flatten)]
    point: Point,
    valid: bool,
}

#[derive(Deserialize)]
struct Sealed {
    key: String,
    nonce: String,
    ciphertext: String,
    authenticated: String,
    tag: String,
    plaintext: Option<String>,
}

fn read<T: DeserializeOwned>(json: &str, vectors: usize) -> Vec<T> {
    let read: Vec<T> = serde_json::from_str(json).unwrap();
    assert_eq!(read.len(), vectors);
    read
}

impl Point {
    fn curve(&self) -> ec::Curve {
        match self.curve.as_str() {
            "P-256" => ec::Curve::P256,
            "P-384" => ec::Curve::P384,
            "P-521" => ec::Curve::P521,
            other => panic!("{other}"),
        }
    }

    /// The uncompressed point. A coordinate that is too large has an odd number of digits.
    fn bytes(&self) -> Vec<u8> {
        let coordinate = |digits: &str| {
            let length = digits.len().next_multiple_of(2);
            hex(&format!("{digits:0>length$}"))
        };
        [vec![4], coordinate(&self.x), coordinate(&self.y)].concat()
    }
}

/// One integer of a signature as DER: without leading zeros, except before a high bit.
fn integer(digits: &str) -> Vec<u8> {
    let bytes = hex(digits);
    let first = bytes.iter().position(|byte| *byte != 0).unwrap();
    let bytes = &bytes[first..];
    let sign: &[u8] = if bytes[0] < 0x80 { &[] } else { &[0] };
    der::value(der::INTEGER, &[sign, bytes]).to_vec()
}

#[test]
fn ecdsa_signatures() {
    let vectors = include_str!("nist/ecdsa_verify.json");
    for vector in read::<Signature>(vectors, 45) {
        let signature = der::value(der::SEQUENCE, &[&integer(&vector.r), &integer(&vector.s)]);
        let curve = vector.point.curve();
        let accepted = ParsedPublicKey::new(curve.verification(), vector.point.bytes())
            .is_ok_and(|key| key.verify_sig(&hex(&vector.message), &signature).is_ok());
        assert_eq!(accepted, vector.valid, "{}", vector.message);
    }
}

/// Includes points that are not on the curve and coordinates that are too large.
#[test]
fn public_keys() {
    let vectors = include_str!("nist/ec_public_keys.json");
    for vector in read::<PublicKey>(vectors, 36) {
        let own = ec::EcKey::generate(vector.point.curve(), &Random::System).unwrap();
        // A public key of the same curve, with another point.
        let (mut theirs, point) = (own.public_key().unwrap(), vector.point.bytes());
        let start = theirs.len() - point.len();
        theirs[start..].copy_from_slice(&point);
        let agreed = own.agree(&theirs).unwrap();
        assert_eq!(agreed.is_some(), vector.valid, "{}", vector.point.x);
    }
}

#[test]
fn aes_256_gcm() {
    let vectors = include_str!("nist/aes_256_gcm_decrypt.json");
    for vector in read::<Sealed>(vectors, 60) {
        let key = Aes256::decode(&hex(&vector.key)).unwrap();
        let nonce = hex(&vector.nonce).try_into().unwrap();
        let mut sealed = [hex(&vector.ciphertext), hex(&vector.tag)].concat();
        let opened = key.decrypt(nonce, &hex(&vector.authenticated), &mut sealed);
        let expected = vector.plaintext.as_deref().map(hex);
        assert_eq!(opened.map(<[u8]>::to_vec), expected);
    }
}
