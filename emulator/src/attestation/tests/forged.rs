//! Documents with a valid signature over invalid content.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P384_SHA384, PublicKeyData,
};

use super::*;
use crate::crypto::es384::Es384Key;

/// Changes the content of a certificate.
type Change = fn(&mut CertificateParams);

/// An authority without a path length constraint.
const AUTHORITY: Change = |params| {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
};
/// An authority that may not issue other authorities.
const LAST_AUTHORITY: Change = |params| {
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
};
const SIGNER: Change = |_| ();

/// Adds the critical extension 2.5.29.127, which does not exist.
fn add_unknown_extension(params: &mut CertificateParams) {
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 127], vec![5, 0]);
    extension.set_criticality(true);
    params.custom_extensions.push(extension);
}

fn key_pair() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap()
}

fn certificate(change: Change, key: &impl PublicKeyData, issuer: &Issuer<'_, KeyPair>) -> Vec<u8> {
    let mut params = leaf::params(NOW).unwrap();
    change(&mut params);
    params.signed_by(key, issuer).unwrap().der().to_vec()
}

/// An issuer with the subject of every certificate except the root.
fn issuer(key: KeyPair) -> Issuer<'static, KeyPair> {
    Issuer::new(leaf::params(NOW).unwrap(), key)
}

/// Why a document is rejected.
fn rejection_reason(document: &[u8], trust: Trust) -> Option<String> {
    let error = verify(document, trust, NOW).err()?;
    Some(error.to_string())
}

/// A payload with the required members.
fn payload<'d>(leaf: &'d [u8], root: &'d [u8], public_key: &'d [u8]) -> Payload<'d> {
    Payload {
        module_id: Some("i-1"),
        digest: Some("SHA384"),
        timestamp: Some(1),
        pcrs: Some([(0, [0; 48].as_slice())].into()),
        certificate: Some(leaf),
        cabundle: Some(vec![root]),
        public_key: Some(public_key),
        ..Payload::default()
    }
}

/// A document whose payload was changed before it was signed.
fn changed(change: impl FnOnce(&mut Payload<'_>)) -> Vec<u8> {
    let key = Es384Key::generate().unwrap();
    let leaf = leaf::issue(&key, NOW).unwrap();
    let public_key = Enclave::new().public_key();
    let mut payload = payload(&leaf, ROOT, &public_key);
    change(&mut payload);
    signed(&payload.encode().unwrap(), &key)
}

fn signed(payload: &[u8], key: &Es384Key) -> Vec<u8> {
    cose::envelope(payload, |message| Ok(key.sign(message)?)).unwrap()
}

#[test]
fn rejects_members_outside_their_limits() {
    const LONG: &[u8] = &[0; 1025];
    type Change = fn(&mut Payload<'_>);
    let untouched: Change = |_| ();
    assert_eq!(rejection_reason(&changed(untouched), Trust::OwnRoot), None);
    let changes: [(Change, &str); 23] = [
        (|it| it.module_id = None, "module_id is missing"),
        (|it| it.module_id = Some(""), "module_id is missing"),
        (|it| it.digest = None, "digest is not SHA384"),
        (|it| it.digest = Some("SHA256"), "digest is not SHA384"),
        (|it| it.timestamp = None, "timestamp is missing"),
        (|it| it.timestamp = Some(0), "timestamp is missing"),
        (|it| it.pcrs = None, "pcrs is missing"),
        (|it| it.pcrs = Some([].into()), "pcrs is missing"),
        (
            |it| it.pcrs = Some([(32, [0; 48].as_slice())].into()),
            "pcrs has an index above 31",
        ),
        (
            |it| it.pcrs = Some([(0, [0; 49].as_slice())].into()),
            "a PCR does not have 32, 48 or 64 bytes",
        ),
        (
            |it| it.certificate = None,
            "certificate is missing or too long",
        ),
        (
            |it| it.certificate = Some(LONG),
            "certificate is missing or too long",
        ),
        (
            |it| it.certificate = Some(b"x"),
            "a certificate is not valid X.509",
        ),
        (
            |it| it.certificate = Some(ROOT),
            "certificate is an authority",
        ),
        (|it| it.cabundle = None, "cabundle is missing"),
        (|it| it.cabundle = Some(vec![]), "cabundle is missing"),
        (
            |it| it.cabundle = Some(vec![ROOT, LONG]),
            "a certificate of cabundle is empty or too long",
        ),
        (
            |it| it.cabundle = Some(vec![b"x", ROOT]),
            "cabundle has another root",
        ),
        (|it| it.public_key = None, "public_key is missing"),
        (
            |it| it.public_key = Some(b"x"),
            "public_key is not an RSA key of 2048 to 4096 bits",
        ),
        (|it| it.public_key = Some(LONG), "public_key is too long"),
        (|it| it.user_data = Some(LONG), "user_data is too long"),
        (|it| it.nonce = Some(LONG), "nonce is too long"),
    ];
    for (change, expected) in changes {
        assert_eq!(
            rejection_reason(&changed(change), Trust::OwnRoot),
            Some(expected.to_owned())
        );
    }
}

/// The encoder cannot write duplicate members, unknown members or other types.
#[test]
fn rejects_duplicate_unknown_and_mistyped_members() {
    let document = changed(|_| ());
    let payload = Sign1::parse(&document).unwrap().payload;
    let key = Es384Key::generate().unwrap();
    let with = |member: &[u8]| {
        let members = payload.split_first().unwrap().1;
        signed(&[&[0xaa], members, member].concat(), &key)
    };
    let twice = with(b"\x69module_id\x61x");
    for trust in [Trust::OwnRoot, Trust::Any] {
        let expected = Some("the payload has a duplicate member".to_owned());
        assert_eq!(rejection_reason(&twice, trust), expected);
    }
    let more = with(b"\x64more\x80");
    let expected = Some("the payload has an unknown member".to_owned());
    assert_eq!(rejection_reason(&more, Trust::OwnRoot), expected);
    assert_eq!(rejection_reason(&more, Trust::Any), None);
    // The last member, the nonce, as text of one byte.
    let nonce_of_text = [&payload[..payload.len() - 1], &[0x61, b'x']].concat();
    assert!(rejection_reason(&signed(&nonce_of_text, &key), Trust::Any).is_some());
    let followed = signed(&[payload, &[0]].concat(), &key);
    let expected = Some("extra bytes follow the payload".to_owned());
    assert_eq!(rejection_reason(&followed, Trust::Any), expected);
}

#[test]
fn accepts_another_root_only_if_any_document_is_trusted() {
    let foreign_key = key_pair();
    let mut params = leaf::params(NOW).unwrap();
    AUTHORITY(&mut params);
    let foreign = params.self_signed(&foreign_key).unwrap().der().to_vec();
    let key = Es384Key::generate().unwrap();
    let leaf = certificate(SIGNER, &key, &issuer(foreign_key));
    chain::verify(&[&foreign], &leaf, NOW).unwrap();

    let public_key = Enclave::new().public_key();
    let mut payload = payload(&leaf, &foreign, &public_key);
    let document = signed(&payload.encode().unwrap(), &key);
    let expected = Some("cabundle has another root".to_owned());
    assert_eq!(rejection_reason(&document, Trust::OwnRoot), expected);
    assert_eq!(rejection_reason(&document, Trust::Any), None);

    // The certificate's issuer is not the root.
    payload.cabundle = Some(vec![ROOT]);
    let document = signed(&payload.encode().unwrap(), &key);
    let expected = Some("the issuer of a certificate is not the certificate before it".to_owned());
    assert_eq!(rejection_reason(&document, Trust::OwnRoot), expected);

    // Only a public key, in a map of indefinite length, as some libraries write it.
    let mut cbor = minicbor::Encoder::new(Vec::new());
    cbor.begin_map().unwrap().str("public_key").unwrap();
    cbor.bytes(&public_key).unwrap().end().unwrap();
    let least = cose::envelope(cbor.writer(), |_| Ok(vec![])).unwrap();
    assert_eq!(rejection_reason(&least, Trust::Any), None);
    let expected = Some("module_id is missing".to_owned());
    assert_eq!(rejection_reason(&least, Trust::OwnRoot), expected);
}

#[test]
fn verifies_chain_constraints() {
    let signer = Es384Key::generate().unwrap();
    let verify = |first: Change, second: Change, leaf: Change| {
        let [first_key, second_key] = [(); 2].map(|()| key_pair());
        let first = certificate(first, &first_key, &leaf::root().unwrap());
        let second = certificate(second, &second_key, &issuer(first_key));
        let leaf = certificate(leaf, &signer, &issuer(second_key));
        chain::verify(&[ROOT, &first, &second], &leaf, NOW).map_err(|reason| reason.to_string())
    };
    let point = verify(AUTHORITY, LAST_AUTHORITY, SIGNER).unwrap();
    assert_eq!(point, signer.point());
    let unknown_in_authority: Change = |params| {
        AUTHORITY(params);
        add_unknown_extension(params);
    };
    let without_constraints: Change = |params| {
        AUTHORITY(params);
        params.is_ca = IsCa::NoCa;
    };
    let without_usage: Change = |params| {
        AUTHORITY(params);
        params.key_usages.clear();
    };
    let with_other_usage: Change = |params| {
        AUTHORITY(params);
        params.key_usages = vec![KeyUsagePurpose::CrlSign];
    };
    let certifying_leaf: Change = |params| {
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    };
    let cases: [(Change, Change, Change, &str); 9] = [
        (
            LAST_AUTHORITY,
            AUTHORITY,
            SIGNER,
            "a certificate may not issue the certificate after it",
        ),
        (
            AUTHORITY,
            SIGNER,
            SIGNER,
            "a certificate may not issue the certificate after it",
        ),
        (
            AUTHORITY,
            AUTHORITY,
            AUTHORITY,
            "certificate is an authority",
        ),
        (
            unknown_in_authority,
            AUTHORITY,
            SIGNER,
            "a certificate has an unknown critical extension",
        ),
        (
            AUTHORITY,
            AUTHORITY,
            add_unknown_extension,
            "a certificate has an unknown critical extension",
        ),
        (
            without_constraints,
            AUTHORITY,
            SIGNER,
            "an authority has no critical basic constraints",
        ),
        (
            without_usage,
            AUTHORITY,
            SIGNER,
            "a certificate has no key usage",
        ),
        (
            with_other_usage,
            AUTHORITY,
            SIGNER,
            "the key usage of an authority does not include certificate signing",
        ),
        (
            AUTHORITY,
            AUTHORITY,
            certifying_leaf,
            "the key usage of certificate does not include digital signatures",
        ),
    ];
    for (first, second, leaf, expected) in cases {
        assert_eq!(verify(first, second, leaf), Err(expected.to_owned()));
    }
}
