//! Tags that choose the id and the material of a new key.

use std::net::SocketAddr;

use kms_emulator::Kms;
use kms_emulator::server::Limits;
use serde_json::{Value, json};

use crate::client::{call, request};
use crate::in_process::{local, serve_kms};

const ID: &str = "00000000-0000-0000-0000-000000000001";
const MATERIAL: &str = "U2FsdGVkX1+K8yfnrMn+QRyh2nWPfI9wXA84BGm6YAA=";
/// A key of P-256 in SEC1, as scripts for LocalStack have it.
const SEC1: &str = "MHcCAQEEIKexbdPE2TDYzOuasfwN4QWNqHF1wNsV30ERMPPaRYnWoAoGCCqGSM49AwEHoUQDQgAE+NKi4QpYV/avqTFFoldRIYEZaRgKF/qv+xJsek63Eh2cKn922zlJHj2KglzSlLm439BfFYGDYVet6W7pkvIYfg==";
/// The end of its public key.
const PUBLIC: &str =
    "+NKi4QpYV/avqTFFoldRIYEZaRgKF/qv+xJsek63Eh2cKn922zlJHj2KglzSlLm439BfFYGDYVet6W7pkvIYfg==";

fn tags(tags: &[(&str, &str)]) -> Value {
    let tag = |(key, value): &(&str, &str)| json!({ "TagKey": key, "TagValue": value });
    tags.iter().map(tag).collect()
}

fn create(address: SocketAddr, input: &Value) -> Value {
    let answer = call(address, "CreateKey", input);
    assert_eq!(answer.status, 200, "{input}: {}", answer.body);
    answer.json()["KeyMetadata"].clone()
}

/// The message of the refusal.
fn refused(address: SocketAddr, input: &Value) -> String {
    let answer = call(address, "CreateKey", input);
    assert_eq!(answer.status, 400, "{input}: {}", answer.body);
    let body = answer.json();
    assert_eq!(body["__type"], "TagException", "{body}");
    body["message"].as_str().unwrap().to_owned()
}

#[test]
fn tags_choose_the_id() {
    let (_kms, address) = local();
    let mrk = "mrk-1234abcd12ab34cd56ef1234567890ab";
    let override_id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    for (tag, id, multi_region, listed) in [
        ("_custom_id_", ID, false, true),
        ("_custom_id_", mrk, true, true),
        ("floci:override-id", override_id, false, false),
    ] {
        let spaced = format!(" {id} ");
        let input = json!({
            "MultiRegion": multi_region,
            "Tags": tags(&[("team", "shop"), (tag, &spaced)]),
        });
        let key = create(address, &input);
        assert_eq!(key["KeyId"], id);
        let arn = key["Arn"].as_str().unwrap();
        assert!(arn.ends_with(&format!("key/{id}")), "{arn}");
        let list = call(address, "ListResourceTags", &json!({ "KeyId": id })).json();
        let mut expected = vec![("team", "shop")];
        if listed {
            expected.push((tag, &spaced));
        }
        assert_eq!(list["Tags"], tags(&expected));
    }
}

#[test]
fn the_same_material_decrypts_in_another_emulator() {
    let input = json!({
        "Tags": tags(&[("_custom_id_", ID), ("_custom_key_material_", MATERIAL)]),
    });
    let (_one, one) = local();
    create(one, &input);
    let encrypt = json!({ "KeyId": ID, "Plaintext": "c2VjcmV0" });
    let ciphertext = call(one, "Encrypt", &encrypt).json()["CiphertextBlob"].clone();
    let (_other, other) = local();
    create(other, &input);
    let decrypted = call(other, "Decrypt", &json!({ "CiphertextBlob": ciphertext })).json();
    assert_eq!(decrypted["Plaintext"], "c2VjcmV0", "{decrypted}");
}

#[test]
fn material_of_asymmetric_keys_is_a_private_key() {
    let (_kms, address) = local();
    let input = json!({
        "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY",
        "Tags": tags(&[("_custom_key_material_", SEC1)]),
    });
    let key = create(address, &input);
    assert_eq!(key["Origin"], "AWS_KMS");
    let public = call(address, "GetPublicKey", &json!({ "KeyId": key["KeyId"] })).json();
    let public = public["PublicKey"].as_str().unwrap();
    // The header of the public key has 27 bytes, a multiple of 3, and is followed by the byte 4.
    assert!(public.ends_with(&PUBLIC[4..]), "{public}");
}

#[test]
fn material_is_neither_listed_nor_in_events() {
    let (_kms, address) = local();
    let input = json!({
        "Tags": tags(&[("team", "shop"), ("_custom_key_material_", MATERIAL)]),
    });
    let key = create(address, &input);
    let list = call(
        address,
        "ListResourceTags",
        &json!({ "KeyId": key["KeyId"] }),
    )
    .json();
    assert_eq!(list["Tags"], tags(&[("team", "shop")]));
    let head = "GET /_emulator/events HTTP/1.1\r\nX-Emulator-Token: any";
    let events = request(address, head, "").unwrap();
    assert!(events.body.contains("CreateKey"), "{events:?}");
    assert!(!events.body.contains(MATERIAL), "{events:?}");
}

/// A private key of RSA_2048 has 1,600 characters, the value of an ordinary tag at most 256.
#[test]
fn only_the_material_may_be_longer_than_a_tag() {
    let (_kms, address) = local();
    let long = "A".repeat(1600);
    let message = refused(
        address,
        &json!({ "Tags": tags(&[("_custom_key_material_", &long)]) }),
    );
    assert!(message.contains("found 1200 other bytes"), "{message}");
    let other = json!({ "Tags": tags(&[("other", &long)]) });
    let answer = call(address, "CreateKey", &other).json();
    assert_eq!(answer["__type"], "ValidationException", "{answer}");
}

#[test]
fn unusable_ids_and_materials_are_refused_in_words() {
    let (_kms, address) = local();
    create(address, &json!({ "Tags": tags(&[("_custom_id_", ID)]) }));
    let hmac = json!({ "KeySpec": "HMAC_512", "KeyUsage": "GENERATE_VERIFY_MAC" });
    let sign = json!({ "KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY" });
    let multi_region = json!({ "MultiRegion": true });
    let external = json!({ "Origin": "EXTERNAL" });
    let plain = json!({});
    let other_id = "00000000-0000-0000-0000-000000000002";
    for (members, list, expected) in [
        (
            &plain,
            &[("_custom_id_", "my-key")][..],
            "expected a UUID, such as 1234abcd-12ab-34cd-56ef-1234567890ab, found `my-key`",
        ),
        (&plain, &[("floci:override-id", "")], "found ``"),
        (
            &multi_region,
            &[("_custom_id_", ID)],
            "expected mrk- and 32 hexadecimal digits",
        ),
        (
            &plain,
            &[("_custom_id_", "mrk-1234abcd12ab34cd56ef1234567890ab")],
            "expected a UUID",
        ),
        (
            &plain,
            &[("_custom_id_", ID)],
            "found the id of arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000001",
        ),
        (
            &plain,
            &[("_custom_id_", ID), ("floci:override-id", other_id)],
            "expected the same id as in _custom_id_",
        ),
        (
            &plain,
            &[("_custom_key_material_", "not base64")],
            "expected base64",
        ),
        (
            &plain,
            &[("_custom_key_material_", "c2hvcnQ=")],
            "expected 32 bytes, found 5 other bytes",
        ),
        (
            &hmac,
            &[("_custom_key_material_", MATERIAL)],
            "expected as many bytes as the hash of HMAC_512 has",
        ),
        (
            &sign,
            &[("_custom_key_material_", SEC1)],
            "expected a private key of RSA_2048",
        ),
        (
            &external,
            &[("_custom_key_material_", MATERIAL)],
            "expected Origin AWS_KMS, found Origin EXTERNAL",
        ),
        (
            &plain,
            &[
                ("_custom_key_material_", MATERIAL),
                ("_custom_key_material_", MATERIAL),
            ],
            "Duplicate tag keys",
        ),
    ] {
        let mut input = members.clone();
        input["Tags"] = tags(list);
        let message = refused(address, &input);
        assert!(message.contains(expected), "{input}: {message}");
        assert!(!message.contains(MATERIAL), "{message}");
    }
    let keys = call(address, "ListKeys", &json!({})).json();
    assert_eq!(keys["Keys"].as_array().unwrap().len(), 1);
}

#[test]
fn the_id_of_a_deleted_key_is_free() {
    let (kms, address) = local();
    let input = json!({ "Tags": tags(&[("_custom_id_", ID)]) });
    create(address, &input);
    let delete = json!({ "KeyId": ID, "PendingWindowInDays": 7 });
    assert_eq!(call(address, "ScheduleKeyDeletion", &delete).status, 200);
    assert!(refused(address, &input).contains("an id that no key has"));
    let week = std::time::Duration::from_secs(8 * 24 * 60 * 60);
    kms.clock().advance(week);
    assert_eq!(create(address, &input)["KeyState"], "Enabled");
}

#[test]
fn an_option_makes_them_ordinary_tags() {
    let served = serve_kms(Kms::builder().drop_in(false), Limits::default());
    let list = tags(&[("_custom_id_", ID), ("_custom_key_material_", MATERIAL)]);
    // The member is internal, and means nothing in a request either.
    let input = json!({ "Tags": list, "_custom_key_material_": MATERIAL });
    let key = create(served.address, &input);
    assert_ne!(key["KeyId"], ID);
    let list_tags = json!({ "KeyId": key["KeyId"] });
    let listed = call(served.address, "ListResourceTags", &list_tags).json();
    assert_eq!(listed["Tags"], list);
}
