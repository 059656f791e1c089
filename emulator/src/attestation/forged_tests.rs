//! Documents that are signed as they should be, and say what they should not.

use super::leaf::{EXTENSIONS, ROOT_KEY, certificate, issue, name};
use super::*;
use crate::crypto::enveloped::tests::Enclave;
use crate::crypto::es384::Es384Key;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Critical basic constraints of an authority, critical key usage to sign certificates.
const AUTHORITY: &[u8] = &[
    0x30, 15, 6, 3, 0x55, 0x1d, 19, 1, 1, 0xff, 4, 5, 0x30, 3, 1, 1, 0xff, //
    0x30, 14, 6, 3, 0x55, 0x1d, 15, 1, 1, 0xff, 4, 4, 3, 2, 2, 0x04,
];
/// The same, of one that may issue no other authority.
const LAST_AUTHORITY: &[u8] = &[
    0x30, 18, 6, 3, 0x55, 0x1d, 19, 1, 1, 0xff, 4, 8, 0x30, 6, 1, 1, 0xff, 2, 1, 0, //
    0x30, 14, 6, 3, 0x55, 0x1d, 15, 1, 1, 0xff, 4, 4, 3, 2, 2, 0x04,
];
/// An extension that nobody knows, 2.5.29.127, critical.
const UNKNOWN: &[u8] = &[0x30, 12, 6, 3, 0x55, 0x1d, 127, 1, 1, 0xff, 4, 2, 5, 0];

fn reason(document: &[u8], trust: Trust) -> Result<(), &'static str> {
    verify(document, trust, NOW)
        .map(|_| ())
        .map_err(|Refused(reason)| reason)
}

/// A payload, changed and then signed.
fn changed(change: impl FnOnce(&mut Payload<'_>)) -> Vec<u8> {
    let key = Es384Key::generate(Form::Fixed).unwrap();
    let leaf = issue(key.point(), NOW).unwrap();
    let public_key = Enclave::new().public_key();
    let mut payload = Payload {
        module_id: Some("i-1"),
        digest: Some("SHA384"),
        timestamp: Some(1),
        pcrs: Some([(0, [0; 48].as_slice())].into()),
        certificate: Some(&leaf),
        cabundle: Some(vec![ROOT]),
        public_key: Some(&public_key),
        ..Payload::default()
    };
    change(&mut payload);
    signed(&payload.encode().unwrap(), &key)
}

fn signed(payload: &[u8], key: &Es384Key) -> Vec<u8> {
    cose::envelope(payload, |message| Ok(key.sign(message)?)).unwrap()
}

#[test]
fn each_member_has_its_limits() {
    const LONG: &[u8] = &[0; 1025];
    type Change = fn(&mut Payload<'_>);
    let untouched: Change = |_| ();
    assert_eq!(reason(&changed(untouched), Trust::OwnRoot), Ok(()));
    let changes: [(Change, &str); 23] = [
        (|it| it.module_id = None, "its module_id is missing"),
        (|it| it.module_id = Some(""), "its module_id is missing"),
        (|it| it.digest = None, "its digest is not SHA384"),
        (|it| it.digest = Some("SHA256"), "its digest is not SHA384"),
        (|it| it.timestamp = None, "its timestamp is missing"),
        (|it| it.timestamp = Some(0), "its timestamp is missing"),
        (|it| it.pcrs = None, "its pcrs are missing"),
        (|it| it.pcrs = Some([].into()), "its pcrs are missing"),
        (
            |it| it.pcrs = Some([(32, [0; 48].as_slice())].into()),
            "it has a PCR beyond 31",
        ),
        (
            |it| it.pcrs = Some([(0, [0; 49].as_slice())].into()),
            "a PCR is not of 32, 48 or 64 bytes",
        ),
        (
            |it| it.certificate = None,
            "its certificate is missing or too long",
        ),
        (
            |it| it.certificate = Some(LONG),
            "its certificate is missing or too long",
        ),
        (
            |it| it.certificate = Some(b"x"),
            "a certificate is not one of X.509",
        ),
        (
            |it| it.certificate = Some(ROOT),
            "the certificate is one of an authority",
        ),
        (|it| it.cabundle = None, "its cabundle is missing"),
        (|it| it.cabundle = Some(vec![]), "its cabundle is missing"),
        (
            |it| it.cabundle = Some(vec![ROOT, LONG]),
            "a certificate of its cabundle is empty or too long",
        ),
        (
            |it| it.cabundle = Some(vec![b"x", ROOT]),
            "its root is not the emulator's",
        ),
        (|it| it.public_key = None, "it has no public_key"),
        (
            |it| it.public_key = Some(b"x"),
            "its public_key is not one of RSA with 2048 to 4096 bits",
        ),
        (
            |it| it.public_key = Some(LONG),
            "its public_key is too long",
        ),
        (|it| it.user_data = Some(LONG), "its user_data is too long"),
        (|it| it.nonce = Some(LONG), "its nonce is too long"),
    ];
    for (change, expected) in changes {
        assert_eq!(reason(&changed(change), Trust::OwnRoot), Err(expected));
    }
}

/// What no encoder of ours writes: members twice, unknown ones, and other types.
#[test]
fn a_payload_is_exactly_the_members_of_aws() {
    let document = changed(|_| ());
    let payload = Sign1::parse(&document).unwrap().payload;
    let key = Es384Key::generate(Form::Fixed).unwrap();
    let with = |member: &[u8]| {
        let members = payload.split_first().unwrap().1;
        signed(&[&[0xaa], members, member].concat(), &key)
    };
    let twice = with(b"\x69module_id\x61x");
    for trust in [Trust::OwnRoot, Trust::Anybody] {
        let expected = Err("its payload has a member twice");
        assert_eq!(reason(&twice, trust), expected);
    }
    let more = with(b"\x64more\x80");
    let expected = Err("its payload has an unknown member");
    assert_eq!(reason(&more, Trust::OwnRoot), expected);
    assert_eq!(reason(&more, Trust::Anybody), Ok(()));
    // A nonce of text, the last member but now of one byte.
    let nonce_of_text = [&payload[..payload.len() - 1], &[0x61, b'x']].concat();
    assert!(reason(&signed(&nonce_of_text, &key), Trust::Anybody).is_err());
    let followed = signed(&[payload, &[0]].concat(), &key);
    let expected = Err("something follows its payload");
    assert_eq!(reason(&followed, Trust::Anybody), expected);
}

#[test]
fn anybody_is_believed_only_if_that_was_asked_for() {
    let stranger = Es384Key::generate(Form::Der).unwrap();
    let foreign = certificate(&name(), &stranger, stranger.point(), AUTHORITY, NOW).unwrap();
    let key = Es384Key::generate(Form::Fixed).unwrap();
    let leaf = certificate(&name(), &stranger, key.point(), EXTENSIONS, NOW).unwrap();
    chain::verify(&[&foreign], &leaf, NOW).unwrap();

    let public_key = Enclave::new().public_key();
    let mut payload = Payload {
        module_id: Some("i-1"),
        digest: Some("SHA384"),
        timestamp: Some(1),
        pcrs: Some([(0, [0; 48].as_slice())].into()),
        certificate: Some(&leaf),
        cabundle: Some(vec![&foreign]),
        public_key: Some(&public_key),
        ..Payload::default()
    };
    let document = signed(&payload.encode().unwrap(), &key);
    let expected = Err("its root is not the emulator's");
    assert_eq!(reason(&document, Trust::OwnRoot), expected);
    assert_eq!(reason(&document, Trust::Anybody), Ok(()));

    // Signed by a key that the root did not certify.
    payload.cabundle = Some(vec![ROOT]);
    let document = signed(&payload.encode().unwrap(), &key);
    let expected = Err("a certificate was not issued by the one before it");
    assert_eq!(reason(&document, Trust::OwnRoot), expected);

    // Next to nothing: no certificate, no signature, no length, as some libraries write maps.
    let mut cbor = minicbor::Encoder::new(Vec::new());
    cbor.begin_map().unwrap().str("public_key").unwrap();
    cbor.bytes(&public_key).unwrap().end().unwrap();
    let least = cose::envelope(cbor.writer(), |_| Ok(vec![])).unwrap();
    assert_eq!(reason(&least, Trust::Anybody), Ok(()));
    let expected = Err("its module_id is missing");
    assert_eq!(reason(&least, Trust::OwnRoot), expected);
}

#[test]
fn a_chain_is_as_long_as_its_authorities_allow() {
    let root = Es384Key::decode(Form::Der, ROOT_KEY).unwrap();
    let root_name = x509_cert::der::Decode::from_der(ROOT)
        .map(|root: x509_cert::Certificate| root.tbs_certificate().subject().clone())
        .unwrap();
    let root_name = x509_cert::der::Encode::to_der(&root_name).unwrap();
    let [first, second] = [(); 2].map(|()| Es384Key::generate(Form::Der).unwrap());
    let chain = |extensions: [&[u8]; 3]| {
        let [of_first, of_second, of_leaf] = extensions;
        let first_certificate = certificate(&root_name, &root, first.point(), of_first, NOW);
        let second_certificate = certificate(&name(), &first, second.point(), of_second, NOW);
        let leaf = certificate(&name(), &second, root.point(), of_leaf, NOW).unwrap();
        let (first, second) = (first_certificate.unwrap(), second_certificate.unwrap());
        chain::verify(&[ROOT, &first, &second], &leaf, NOW).map_err(|Refused(reason)| reason)
    };
    let point = chain([AUTHORITY, LAST_AUTHORITY, EXTENSIONS]).unwrap();
    assert_eq!(point, root.point());
    let critical = |extensions: &[u8]| [extensions, UNKNOWN].concat();
    let expected = "a certificate may not issue the one after it";
    assert_eq!(
        chain([LAST_AUTHORITY, AUTHORITY, EXTENSIONS]),
        Err(expected)
    );
    assert_eq!(chain([AUTHORITY, EXTENSIONS, EXTENSIONS]), Err(expected));
    assert_eq!(
        chain([AUTHORITY, AUTHORITY, AUTHORITY]),
        Err("the certificate is one of an authority")
    );
    let expected = "a certificate has an unknown critical extension";
    assert_eq!(
        chain([&critical(AUTHORITY), AUTHORITY, EXTENSIONS]),
        Err(expected)
    );
    assert_eq!(
        chain([AUTHORITY, AUTHORITY, &critical(EXTENSIONS)]),
        Err(expected)
    );
    let (constraints, usage) = AUTHORITY.split_at(17);
    assert_eq!(
        chain([usage, AUTHORITY, EXTENSIONS]),
        Err("an authority has no critical basic constraints")
    );
    assert_eq!(
        chain([constraints, AUTHORITY, EXTENSIONS]),
        Err("a certificate has no key usage")
    );
    let (of_nobody, _) = EXTENSIONS.split_at(14);
    let to_certify = [of_nobody, usage].concat();
    assert_eq!(
        chain([AUTHORITY, AUTHORITY, &to_certify]),
        Err("the certificate's key may not sign")
    );
}
