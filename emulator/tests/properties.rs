//! Properties that hold for any input.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kms_emulator::Kms;
use kms_emulator::protocol::Request;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

type Context = BTreeMap<String, String>;

/// One KMS with one key of each kind. All cases share it.
struct Keys {
    kms: Kms,
    symmetric: String,
    other: String,
    p256: String,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let kms = Kms::builder().build_temporary().unwrap();
    let create = |body: Value| {
        let key = call(&kms, "CreateKey", &body).unwrap();
        key["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    };
    let symmetric = create(json!({}));
    let other = create(json!({}));
    let p256 = create(json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" }));
    Keys {
        kms,
        symmetric,
        other,
        p256,
    }
});

/// The response, or the name of the error.
fn call(kms: &Kms, operation: &str, body: &Value) -> Result<Value, String> {
    let (status, body) = raw(kms, operation, body.to_string().as_bytes());
    let body: Value = serde_json::from_slice(&body).unwrap();
    if status == 200 {
        return Ok(body);
    }
    Err(body["__type"].as_str().unwrap().to_owned())
}

fn raw(kms: &Kms, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let reply = kms.handle(&Request::new(&format!("TrentService.{operation}"), body));
    (reply.status, reply.body)
}

fn encrypt(plaintext: &[u8], context: &Context) -> Vec<u8> {
    let body = json!({
        "KeyId": KEYS.symmetric,
        "Plaintext": BASE64.encode(plaintext),
        "EncryptionContext": context,
    });
    bytes(&call(&KEYS.kms, "Encrypt", &body).unwrap()["CiphertextBlob"])
}

fn decrypt(ciphertext: &[u8], context: &Context) -> Result<Vec<u8>, String> {
    let body = json!({ "CiphertextBlob": BASE64.encode(ciphertext), "EncryptionContext": context });
    call(&KEYS.kms, "Decrypt", &body).map(|answer| bytes(&answer["Plaintext"]))
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64.decode(value.as_str().unwrap()).unwrap()
}

const INVALID: &str = "InvalidCiphertextException";

/// Whether a ciphertext was rejected. With a changed id of its material, it refers to no key.
fn is_rejected(decrypted: &Result<Vec<u8>, String>) -> bool {
    let error = decrypted.as_ref().err().map(String::as_str);
    matches!(error, Some(INVALID | "AccessDeniedException"))
}

fn plaintext() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 1..64), vec(any::<u8>(), 1..=4096)]
}

/// Names and values with any characters. No value is empty, because KMS refuses that. A few characters
/// are frequent, so that many texts are similar.
fn context() -> impl Strategy<Value = Context> {
    btree_map("[ab]{1,3}|\\PC{1,8}", "[ab]{1,3}|\\PC{1,8}", 0..4)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        // No regression files beside the sources.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn encryption_round_trip(plaintext in plaintext(), context in context()) {
        let ciphertext = encrypt(&plaintext, &context);
        prop_assert_eq!(decrypt(&ciphertext, &context).unwrap(), plaintext.clone());
        for run in plaintext.windows(8) {
            prop_assert!(!ciphertext.windows(8).any(|window| window == run));
        }
    }

    #[test]
    fn modified_ciphertext_is_rejected(
        plaintext in plaintext(),
        context in context(),
        at in any::<Index>(),
        bit in 0..8_u8,
    ) {
        let ciphertext = encrypt(&plaintext, &context);
        let at = at.index(ciphertext.len());
        let mut changed = ciphertext.clone();
        changed[at] ^= 1 << bit;
        prop_assert!(is_rejected(&decrypt(&changed, &context)));
        prop_assert!(is_rejected(&decrypt(&ciphertext[..at.max(1)], &context)));
        let mut longer = ciphertext;
        longer.insert(at, bit);
        prop_assert!(is_rejected(&decrypt(&longer, &context)));
    }

    #[test]
    fn other_context_is_rejected(one in context(), other in context()) {
        let ciphertext = encrypt(b"plaintext", &one);
        prop_assert_eq!(decrypt(&ciphertext, &other).is_ok(), one == other);
    }

    /// Splits the same text differently into names and values.
    #[test]
    fn contexts_with_equal_concatenation_differ(
        text in "[ab:=,]{2,12}",
        cuts in vec(any::<Index>(), 1..5),
        other_cuts in vec(any::<Index>(), 1..5),
    ) {
        let (one, other) = (cut(&text, &cuts), cut(&text, &other_cuts));
        let ciphertext = encrypt(b"plaintext", &one);
        prop_assert_eq!(decrypt(&ciphertext, &other).is_ok(), one == other);
    }

    #[test]
    fn re_encryption_keeps_the_plaintext(plaintext in plaintext(), from in context(), to in context()) {
        let body = json!({
            "CiphertextBlob": BASE64.encode(encrypt(&plaintext, &from)),
            "SourceEncryptionContext": from,
            "DestinationKeyId": KEYS.other,
            "DestinationEncryptionContext": to,
        });
        let answer = call(&KEYS.kms, "ReEncrypt", &body).unwrap();
        let ciphertext = bytes(&answer["CiphertextBlob"]);
        prop_assert_eq!(decrypt(&ciphertext, &to).unwrap(), plaintext);
    }

    #[test]
    fn data_key_round_trip(length in 1..=1024_usize, context in context()) {
        let body = json!({
            "KeyId": KEYS.symmetric,
            "NumberOfBytes": length,
            "EncryptionContext": context,
        });
        let answer = call(&KEYS.kms, "GenerateDataKey", &body).unwrap();
        let plaintext = bytes(&answer["Plaintext"]);
        prop_assert_eq!(plaintext.len(), length);
        prop_assert_eq!(decrypt(&bytes(&answer["CiphertextBlob"]), &context).unwrap(), plaintext);
    }

    #[test]
    fn signature_verifies_only_its_message(message in plaintext(), at in any::<Index>(), bit in 0..8_u8) {
        let mut body = json!({
            "KeyId": KEYS.p256,
            "Message": BASE64.encode(&message),
            "SigningAlgorithm": "ECDSA_SHA_256",
        });
        let signature = call(&KEYS.kms, "Sign", &body).unwrap()["Signature"].clone();
        body["Signature"] = signature.clone();
        prop_assert!(call(&KEYS.kms, "Verify", &body).is_ok());

        let mut changed = message.clone();
        changed[at.index(message.len())] ^= 1 << bit;
        body["Message"] = BASE64.encode(changed).into();
        prop_assert_eq!(
            call(&KEYS.kms, "Verify", &body),
            Err("KMSInvalidSignatureException".to_owned())
        );
        let mut changed = bytes(&signature);
        let at = at.index(changed.len());
        changed[at] ^= 1 << bit;
        body["Message"] = BASE64.encode(&message).into();
        body["Signature"] = BASE64.encode(changed).into();
        prop_assert_eq!(
            call(&KEYS.kms, "Verify", &body),
            Err("KMSInvalidSignatureException".to_owned())
        );
    }

    #[test]
    fn no_request_causes_an_internal_error(
        operation in prop::sample::select(OPERATIONS),
        body in prop_oneof![
            vec(any::<u8>(), 0..64).boxed(),
            json_value().prop_map(|value| value.to_string().into_bytes()).boxed(),
        ],
    ) {
        let (status, _) = raw(&KEYS.kms, operation, &body);
        prop_assert!(matches!(status, 200 | 400 | 501), "{operation}: {status}");
    }
}

/// Splits a text at these indices into names and values.
fn cut(text: &str, cuts: &[Index]) -> Context {
    let mut indices: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    indices.extend([0, text.len()]);
    indices.sort_unstable();
    let pieces: Vec<_> = indices
        .windows(2)
        .map(|range| &text[range[0]..range[1]])
        .collect();
    let pairs = pieces.chunks(2).map(|pair| match pair {
        [name, value] => ((*name).to_owned(), (*value).to_owned()),
        _ => ("rest".to_owned(), pair.concat()),
    });
    // No name and no value must be empty.
    let is_full = |(name, value): &(String, String)| !name.is_empty() && !value.is_empty();
    pairs.filter(is_full).collect()
}

/// Bodies with members that operations read, and with values of any type.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        vec(any::<u8>(), 0..100).prop_map(|bytes| BASE64.encode(bytes).into()),
        Just(Value::from(KEYS.symmetric.as_str())),
        Just(Value::from(KEYS.p256.as_str())),
        prop::sample::select(VALUES).prop_map(Value::from),
    ];
    let nested = leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("\\PC{0,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    btree_map(prop::sample::select(MEMBERS), nested, 0..8).prop_map(|members| {
        let members: Map<_, _> = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Value::Object(members)
    })
}

/// The cryptographic operations.
const OPERATIONS: &[&str] = &[
    "CreateKey",
    "Decapsulate",
    "Decrypt",
    "DeriveSharedSecret",
    "Encapsulate",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "GetPublicKey",
    "ReEncrypt",
    "Sign",
    "Verify",
    "VerifyMac",
];

const VALUES: &[&str] = &[
    "AES_256",
    "RAW",
    "ECDSA_SHA_256",
    "ECDH",
    "SYMMETRIC_DEFAULT",
];

const MEMBERS: &[&str] = &[
    "CiphertextBlob",
    "DestinationKeyId",
    "DryRun",
    "EncryptionAlgorithm",
    "EncryptionContext",
    "KeyAgreementAlgorithm",
    "KeyId",
    "KeySpec",
    "KeyUsage",
    "Message",
    "MessageType",
    "NumberOfBytes",
    "Plaintext",
    "PublicKey",
    "Recipient",
    "Signature",
    "SigningAlgorithm",
];
