//! Tests of ECDSA and ECDH on the NIST curves.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{self, CurveArithmetic};
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey};
use sha2::{Digest, Sha256};

use super::super::der;
use super::super::tests::hex;
use super::*;

const CURVES: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

/// RFC 6979, A.2.5 to A.2.7: private keys, and the halves of the signature of "sample" with the
/// curve's hash.
fn rfc_6979(curve: Curve) -> [Vec<u8>; 3] {
    let vectors = match curve {
        Curve::P256 => [
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ],
        Curve::P384 => [
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8\
             96d5724e4c70a825f872c9ea60d2edf5",
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c\
             81a648152e44acf96e36dd1e80fabe46",
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f\
             a329c145786e679e7b82c71a38628ac8",
        ],
        Curve::P521 => [
            "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75\
             caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8\
             3538",
            "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f\
             174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3\
             77fa",
            "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af\
             282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4\
             a67a",
        ],
    };
    vectors.map(hex)
}

/// The order of the curve's group (SEC 2), which is the first scalar that is too large.
fn order(curve: Curve) -> Vec<u8> {
    hex(match curve {
        Curve::P256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Curve::P384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
             581a0db248b0a77aecec196accc52973"
        }
        Curve::P521 => {
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138\
             6409"
        }
    })
}

/// A DER signature of two integers.
fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let first = bytes.iter().position(|byte| *byte != 0).unwrap();
        let zero: &[u8] = if bytes[first] >= 0x80 { &[0] } else { &[] };
        der::value(der::INTEGER, &[zero, &bytes[first..]])
    };
    der::value(der::SEQUENCE, &[&integer(r), &integer(s)]).to_vec()
}

#[test]
fn verifies_only_the_signatures_of_rfc_6979() {
    for curve in CURVES {
        let [scalar, r, s] = rfc_6979(curve);
        let key = EcKey::decode(curve, &scalar).unwrap();
        let genuine = signature(&r, &s);
        assert!(key.verify(Message::Raw(b"sample"), &genuine));
        assert!(!key.verify(Message::Raw(b"test"), &genuine));
        for index in 0..genuine.len() {
            let mut changed = genuine.clone();
            changed[index] ^= 1;
            assert!(
                !key.verify(Message::Raw(b"sample"), &changed),
                "byte {index}"
            );
        }
        for wrong in [
            signature(&s, &r),
            genuine[..genuine.len() - 1].to_vec(),
            [&genuine[..], &[0]].concat(),
            Vec::new(),
        ] {
            assert!(!key.verify(Message::Raw(b"sample"), &wrong), "{wrong:?}");
        }
        assert_eq!(key.encode().expose(), scalar);
    }
}

/// Like Wycheproof's "Signature with special case values for r and s".
#[test]
fn rejects_zeros_and_ones_as_signatures() {
    let key = EcKey::generate(Curve::P256, &Random::System).unwrap();
    for (r, s) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let signature = [0x30, 6, 2, 1, r, 2, 1, s];
        assert!(
            !key.verify(Message::Raw(b"sample"), &signature),
            "r {r}, s {s}"
        );
    }
}

#[test]
fn p256_and_aws_lc_verify_each_other() {
    let key = EcKey::generate(Curve::P256, &Random::System).unwrap();
    let theirs = SigningKey::from_slice(key.encode().expose()).unwrap();
    let public = VerifyingKey::from_public_key_der(&key.public_key().unwrap()).unwrap();
    let digest = Sha256::digest(b"message");

    let signature = key.sign(Message::Raw(b"message"), &Random::System).unwrap();
    let parsed = DerSignature::try_from(signature.as_slice()).unwrap();
    assert!(public.verify_prehash(&digest, &parsed).is_ok());

    let signature: DerSignature = theirs.sign_prehash(&digest).unwrap();
    assert!(key.verify(Message::Raw(b"message"), signature.as_bytes()));
}

/// The uncompressed public key, computed by `RustCrypto`.
fn witness<C>(scalar: &[u8]) -> Vec<u8>
where
    C: CurveArithmetic,
    C::AffinePoint: ToSec1Point<C> + FromSec1Point<C>,
    C::FieldBytesSize: ModulusSize,
{
    let key = elliptic_curve::SecretKey::<C>::from_slice(scalar).unwrap();
    key.public_key().to_sec1_point(false).as_bytes().to_vec()
}

/// `aws-lc-rs` computes the public keys, and `RustCrypto` is the second witness.
#[test]
fn public_keys_are_those_of_rustcrypto() {
    for curve in CURVES {
        let length = curve.scalar_length();
        let one = [vec![0; length - 1], vec![1]].concat();
        let mut largest = order(curve);
        *largest.last_mut().unwrap() -= 1;
        let generated = EcKey::generate(curve, &Random::System).unwrap();
        let random = generated.encode();
        let decoded = EcKey::decode(curve, random.expose()).unwrap();
        assert_eq!(
            generated.public_key().unwrap(),
            decoded.public_key().unwrap()
        );
        for scalar in [&one, &largest, random.expose(), &rfc_6979(curve)[0]] {
            let key = EcKey::decode(curve, scalar).unwrap();
            assert_eq!(key.encode().expose(), scalar);
            let point = match curve {
                Curve::P256 => witness::<p256::NistP256>(scalar),
                Curve::P384 => witness::<p384::NistP384>(scalar),
                Curve::P521 => witness::<p521::NistP521>(scalar),
            };
            assert_eq!(key.pair.public_key().as_ref(), point);
            let der = key.public_key().unwrap();
            assert!(pkcs8::is_public_key_on(curve.oid(), &der));
            assert!(der.ends_with(&point));
            let theirs: PublicKeyX509Der<'_> = key.pair.public_key().as_der().unwrap();
            assert_eq!(der, theirs.as_ref());
        }
    }
}

#[test]
fn signs_messages_and_digests() {
    for curve in CURVES {
        let key = EcKey::generate(curve, &Random::System).unwrap();
        let again = EcKey::decode(curve, key.encode().expose()).unwrap();
        assert_eq!(again.public_key().unwrap(), key.public_key().unwrap());
        let digest = digest::digest(curve.digest(), b"message");
        let signature = key
            .sign(Message::Digest(digest.as_ref()), &Random::System)
            .unwrap();
        assert!(again.verify(Message::Raw(b"message"), &signature));
        assert_ne!(
            key.sign(Message::Raw(b"message"), &Random::System).unwrap(),
            signature
        );
    }
}

/// The probability of 64 low values in a row is 2^-64.
#[test]
fn signatures_are_not_normalized() {
    let key = EcKey::generate(Curve::P256, &Random::System).unwrap();
    let high = (0..64).any(|_| {
        let der = key.sign(Message::Raw(b"message"), &Random::System).unwrap();
        let parsed = DerSignature::try_from(der.as_slice()).unwrap();
        let parsed = p256::ecdsa::Signature::try_from(parsed).unwrap();
        parsed.normalize_s() != parsed
    });
    assert!(high);
}

#[test]
fn both_sides_and_p256_agree_on_a_secret() {
    for curve in CURVES {
        let (a, b) = (
            EcKey::generate(curve, &Random::System).unwrap(),
            EcKey::generate(curve, &Random::System).unwrap(),
        );
        let longer = [b.public_key().unwrap(), vec![0]].concat();
        assert!(a.agree(&longer).unwrap().is_none());
        let one = a.agree(&b.public_key().unwrap()).unwrap().unwrap();
        let other = b.agree(&a.public_key().unwrap()).unwrap().unwrap();
        assert_eq!(one.expose(), other.expose());
        assert_eq!(one.expose().len(), a.encode().expose().len());
        if let (Secret::P256(a), Secret::P256(b)) = (&a.secret, &b.secret) {
            let theirs =
                p256::ecdh::diffie_hellman(a.to_nonzero_scalar(), b.public_key().as_affine());
            assert_eq!(theirs.raw_secret_bytes().as_slice(), one.expose());
        }
    }
}

#[test]
fn rejects_public_keys_that_are_not_on_the_curve() {
    let key = EcKey::generate(Curve::P256, &Random::System).unwrap();
    let mut off_curve = key.public_key().unwrap();
    *off_curve.last_mut().unwrap() ^= 1;
    let other_curve = EcKey::generate(Curve::P384, &Random::System)
        .unwrap()
        .public_key()
        .unwrap();
    let point = key.pair.public_key().as_ref();
    for public in [
        off_curve.as_slice(),
        &other_curve,
        point,
        b"InvalidPublicKey",
        &[],
    ] {
        assert!(key.agree(public).unwrap().is_none());
    }
}

#[test]
fn rejects_scalars_out_of_range() {
    for curve in CURVES {
        let length = EcKey::generate(curve, &Random::System)
            .unwrap()
            .encode()
            .expose()
            .len();
        for scalar in [
            vec![0; length],
            order(curve),
            vec![0xff; length],
            vec![1; length - 1],
            vec![],
        ] {
            assert!(EcKey::decode(curve, &scalar).is_err(), "{scalar:?}");
        }
    }
}

#[test]
fn private_key_has_the_format_of_kms() {
    let key = EcKey::generate(Curve::P256, &Random::System).unwrap();
    let der = key.private_key().unwrap();
    assert_eq!(der.expose().len(), 150);
    let read = SecretKey::from_pkcs8_der(der.expose()).unwrap();
    assert_eq!(read.to_bytes().as_slice(), key.encode().expose());
    for curve in CURVES {
        let key = EcKey::generate(curve, &Random::System).unwrap();
        let der = key.private_key().unwrap();
        let read = EcdsaKeyPair::from_pkcs8(curve.signing(), der.expose()).unwrap();
        assert_eq!(read.public_key().as_ref(), key.pair.public_key().as_ref());
    }
}
