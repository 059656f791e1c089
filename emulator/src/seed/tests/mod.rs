//! Seeds in both formats.

mod dates;
mod errors;
mod identities;
mod material;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clock::{Clock, Timestamp};
use crate::kms::{Kms, KmsBuilder};
use crate::protocol::Request;

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/seed")
        .join(name)
}

fn builder() -> KmsBuilder {
    let clock = Clock::frozen_at(Timestamp::from_millis(1_790_000_000_000));
    Kms::builder().clock(Arc::new(clock))
}

fn with(seed: &Seed) -> Kms {
    builder().seed(seed.clone()).build_temporary().unwrap()
}

fn seeded(yaml: &str) -> Kms {
    with(&Seed::parse("seed.yaml", yaml).unwrap())
}

fn rejection(yaml: &str) -> String {
    let kms = builder().build_temporary().unwrap();
    let seed = Seed::parse("seed.yaml", yaml);
    let error = seed.and_then(|seed| kms.seed(&seed)).unwrap_err();
    assert_eq!(kms.key_count(), 0, "{error}");
    error.to_string()
}

/// Calls an operation with a credential scope.
fn call_as(kms: &Kms, access_key: &str, operation: &str, body: &Value) -> Value {
    let scope = format!("AWS4-HMAC-SHA256 Credential={access_key}/kms/aws4_request,");
    let reply = kms.handle(&Request {
        method: "POST",
        path: "/",
        target: Some(&format!("TrentService.{operation}")),
        authorization: Some(&scope),
        body: body.to_string().as_bytes(),
        ..Request::default()
    });
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}

fn call(kms: &Kms, operation: &str, body: &Value) -> Value {
    call_as(kms, "111122223333/20260101/eu-west-1", operation, body)
}

fn metadata(kms: &Kms, id: &str) -> Value {
    let answer = call(kms, "DescribeKey", &json!({ "KeyId": id }));
    assert!(answer["KeyMetadata"].is_object(), "{id}: {answer}");
    answer["KeyMetadata"].clone()
}

fn sign_and_verify(one: &Kms, other: &Kms, key: &str, algorithm: &str) {
    let sign = json!({ "KeyId": key, "Message": "bQ==", "SigningAlgorithm": algorithm });
    let mut verify = sign.clone();
    verify["Signature"] = call(one, "Sign", &sign)["Signature"].clone();
    let answer = call(other, "Verify", &verify);
    assert_eq!(answer["SignatureValid"], true, "{key}: {answer}");
}

#[test]
fn applies_example() {
    let seed = Seed::read(&fixture("example.yaml")).unwrap();
    let (one, other) = (with(&seed), with(&seed));
    sign_and_verify(&one, &other, "alias/tokens", "RSASSA_PSS_SHA_256");
    sign_and_verify(&one, &other, "alias/article-2026", "ECDSA_SHA_256");
    for key in ["alias/orders", "alias/archive"] {
        let encrypt = json!({ "KeyId": key, "Plaintext": "bQ==" });
        let ciphertext = call(&one, "Encrypt", &encrypt)["CiphertextBlob"].clone();
        let answer = call(&other, "Decrypt", &json!({ "CiphertextBlob": ciphertext }));
        assert_eq!(answer["Plaintext"], "bQ==", "{answer}");
    }
    let key = metadata(&one, "alias/orders");
    assert_eq!(
        key["Arn"],
        format!("arn:aws:kms:eu-west-1:111122223333:key/{KEY}")
    );
    assert_eq!(key["Description"], "Orders at rest");
    assert_eq!(key["CreationDate"], 1_767_225_600.0);
    let key = json!({ "KeyId": KEY });
    let tags = call(&one, "ListResourceTags", &key)["Tags"].clone();
    let expected = json!([
        { "TagKey": "team", "TagValue": "shop" },
        { "TagKey": "cost-centre", "TagValue": "17" },
    ]);
    assert_eq!(tags, expected);
    let rotation = call(&one, "GetKeyRotationStatus", &key);
    assert_eq!(rotation["RotationPeriodInDays"], 180);
    assert_eq!(rotation["NextRotationDate"], 4_070_908_800.0);
    let grants = call(&one, "ListGrants", &key);
    assert_eq!(grants["Grants"][0]["Name"], "the-shop-reads");
    assert_eq!(
        grants["Grants"][0]["GrantId"],
        call(&other, "ListGrants", &key)["Grants"][0]["GrantId"]
    );
    let policy = call(&one, "GetKeyPolicy", &key)["Policy"].to_string();
    assert!(
        policy.contains("kms:*") && !policy.contains("key-default-1"),
        "{policy}"
    );
    let history = json!({ "KeyId": metadata(&one, "alias/archive")["KeyId"] });
    let rotations = call(&one, "ListKeyRotations", &history)["Rotations"].clone();
    assert_eq!(rotations.as_array().unwrap().len(), 2, "{rotations}");
    for (number, state) in [
        (5, "Enabled"),
        (6, "PendingImport"),
        (7, "Disabled"),
        (8, "PendingDeletion"),
    ] {
        let id = format!("5b1b2c3d-0000-4000-8000-00000000000{number}");
        assert_eq!(metadata(&one, &id)["KeyState"], state, "{id}");
    }
    let imported = metadata(&one, "5b1b2c3d-0000-4000-8000-000000000005");
    assert_eq!(imported["ExpirationModel"], "KEY_MATERIAL_EXPIRES");
    let replica = metadata(&one, "alias/global");
    assert_eq!(
        replica["MultiRegionConfiguration"]["MultiRegionKeyType"],
        "REPLICA"
    );
    // Identities determine the account, and the ARN in errors.
    let own_key = json!({ "KeyId": "5b1b2c3d-0000-4000-8000-000000000009" });
    let access_key = "AKIAI44QH8DHBEXAMPLE/20260101/ap-southeast-2";
    let answer = call_as(&one, access_key, "DescribeKey", &own_key);
    assert_eq!(
        answer["KeyMetadata"]["AWSAccountId"], "444455556666",
        "{answer}"
    );
    let foreign = json!({ "KeyId": "arn:aws:kms:eu-west-1:999900001111:key/none" });
    let access_key = "AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1";
    let answer = call_as(&one, access_key, "DescribeKey", &foreign).to_string();
    assert!(
        answer.contains("arn:aws:iam::111122223333:user/alice"),
        "{answer}"
    );
}

#[test]
fn reads_seed_of_local_kms() {
    let kms = with(&Seed::read(&fixture("local-kms.yaml")).unwrap());
    let id = |digit: char| format!("0c1d2e3f-0000-4000-8000-00000000000{digit}");
    for (digit, spec) in [
        ('1', "SYMMETRIC_DEFAULT"),
        ('5', "HMAC_384"),
        ('6', "RSA_2048"),
        ('7', "RSA_2048"),
        ('8', "ECC_NIST_P256"),
        ('9', "ECC_NIST_P384"),
        ('a', "ECC_NIST_P521"),
        ('b', "ECC_SECG_P256K1"),
    ] {
        let key = metadata(&kms, &id(digit));
        assert_eq!(key["KeySpec"], spec);
        let arn = format!("arn:aws:kms:eu-west-2:111122223333:key/{}", id(digit));
        assert_eq!(key["Arn"], arn);
    }
    sign_and_verify(&kms, &kms, &id('b'), "ECDSA_SHA_256");
    assert_eq!(metadata(&kms, &id('4'))["KeyState"], "PendingImport");
    assert_eq!(metadata(&kms, "alias/testing")["KeyId"], id('1'));
    let rotations = |digit| {
        let answer = call(&kms, "ListKeyRotations", &json!({ "KeyId": id(digit) }));
        answer["Rotations"].as_array().unwrap().len()
    };
    assert_eq!(rotations('1'), 1);
    assert_eq!(rotations('2'), 1, "a date that has passed rotates once");
    let other_scope = "444455556666/20260101/us-west-2";
    let answer = call_as(
        &kms,
        other_scope,
        "DescribeKey",
        &json!({ "KeyId": id('1') }),
    );
    assert_eq!(answer["KeyMetadata"]["AWSAccountId"], "111122223333");
}

#[test]
fn reads_other_versions_of_local_kms() {
    let hex = "00".repeat(32);
    let older = format!("Keys:\n  - Metadata: {{KeyId: {KEY}}}\n    BackingKeys: ['{hex}']\n");
    assert_eq!(
        metadata(&seeded(&older), KEY)["KeySpec"],
        "SYMMETRIC_DEFAULT"
    );
    let version_4 = format!(
        "Version: 2\nKeys:\n  - KeyId: {KEY}\n    Metadata: {{KeySpec: HMAC_256}}\n    \
         Material: {{BackingKeys: ['{hex}']}}\nAliases:\n  - {{AliasName: x, TargetKeyId: {KEY}}}\n"
    );
    assert_eq!(
        metadata(&seeded(&version_4), "alias/x")["KeySpec"],
        "HMAC_256"
    );
    for (yaml, expected) in [
        (
            format!("Keys:\n  Asymmetric:\n    Ecc:\n      - Metadata:\n          KeyId: {KEY}\n        PrivateKeyPem: none\n"),
            "seed.yaml:6: Keys.Asymmetric.Ecc[0].PrivateKeyPem: expected a private key of ECC_NIST_P256, \
             ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1",
        ),
        (
            format!("Keys:\n  - Metadata:\n      KeyId: {KEY}\n    BackingKeys:\n      - abcd\n"),
            "seed.yaml:5: Keys[0].BackingKeys[0]: not a key of SYMMETRIC_DEFAULT",
        ),
        (
            "Aliases:\n  - AliasName: alias/a\n    TargetKeyId: 1234abcd-12ab-34cd-56ef-1234567890ab".to_owned(),
            "seed.yaml:2: Aliases[0].AliasName: key \
             arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab does not exist",
        ),
    ] {
        assert_eq!(rejection(&yaml), expected);
    }
}

#[test]
fn leaves_existing_resources_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = format!(
        "keys:\n  - id: {KEY}\n    alias: alias/a\n    region: eu-west-1\n    account: 111122223333\n\
         identities:\n  - {{access_key_id: AKIA, account: 111122223333}}\n"
    );
    let seed = Seed::parse("seed.yaml", &yaml).unwrap();
    let open = |seed: &Seed| builder().seed(seed.clone()).open(folder.path()).unwrap();
    let kms = open(&seed);
    let encrypt = json!({ "KeyId": "alias/a", "Plaintext": "bQ==" });
    let ciphertext = call(&kms, "Encrypt", &encrypt)["CiphertextBlob"].clone();
    call(
        &kms,
        "UpdateKeyDescription",
        &json!({ "KeyId": KEY, "Description": "changed" }),
    );
    let other = call(&kms, "CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone();
    call(
        &kms,
        "UpdateAlias",
        &json!({ "AliasName": "alias/a", "TargetKeyId": other }),
    );
    drop(kms);
    let kms = open(&seed);
    assert_eq!(metadata(&kms, KEY)["Description"], "changed");
    assert_eq!(metadata(&kms, "alias/a")["KeyId"], other);
    let answer = call(&kms, "Decrypt", &json!({ "CiphertextBlob": ciphertext }));
    assert_eq!(answer["Plaintext"], "bQ==");
    let again = kms.seed(&seed).unwrap();
    assert_eq!((again.created, again.kept), (0, 3));
    let more = Seed::parse("more.yaml", "keys: [{alias: alias/b}]").unwrap();
    let more = kms.seed(&more.and(seed)).unwrap();
    assert_eq!((more.created, more.kept), (2, 3));
    assert!(more.names[1].ends_with("alias/b"), "{:?}", more.names);
}

#[test]
fn skips_key_past_deletion_date() {
    let yaml = format!("keys: [{{id: {KEY}, alias: alias/a, deletion_date: 2020-01-01}}]");
    let kms = builder().build_temporary().unwrap();
    let seeded = kms.seed(&Seed::parse("seed.yaml", &yaml).unwrap()).unwrap();
    assert_eq!(seeded, Seeded::default());
    assert_eq!(kms.key_count(), 0);
}

#[test]
fn key_with_expired_material_is_pending_import() {
    let yaml = format!(
        "account: 111122223333\nregion: eu-west-1\n\
         keys: [{{id: {KEY}, origin: EXTERNAL, material: {{seed: a}}, expires: 2020-01-01}}]"
    );
    assert_eq!(metadata(&seeded(&yaml), KEY)["KeyState"], "PendingImport");
}

#[test]
fn reads_folder_in_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("b.json", "{\n\t\"keys\": [{\"alias\": \"alias/b\"}]\n}");
    write(
        "a.yml",
        "%YAML 1.2\n---\nkeys: [{alias: alias/a}]\n---\nkeys: [{alias: alias/aa}]\n",
    );
    write("c.yaml", "# nothing\n");
    write("d.txt", "{");
    let kms = builder().build_temporary().unwrap();
    let seeded = kms.seed(&Seed::read(folder.path()).unwrap()).unwrap();
    let aliases = seeded
        .names
        .iter()
        .filter_map(|name| name.split_once(":alias/"));
    let aliases: Vec<_> = aliases.map(|(_, alias)| alias).collect();
    assert_eq!(aliases, ["a", "aa", "b"]);
    write("e.yaml", "{");
    let error = Seed::read(folder.path()).err().unwrap().to_string();
    assert!(error.contains("e.yaml:1: "), "{error}");
    let error = Seed::read(&folder.path().join("none"))
        .err()
        .unwrap()
        .to_string();
    assert!(error.starts_with("cannot read the seed "), "{error}");
}

#[test]
fn derives_missing_ids() {
    let id = |yaml: &str| {
        let kms = builder().build_temporary().unwrap();
        let seeded = kms.seed(&Seed::parse("seed.yaml", yaml).unwrap()).unwrap();
        seeded.names[0].rsplit_once('/').unwrap().1.to_owned()
    };
    let from_text = id("keys: [{material: {seed: a}}]");
    assert_eq!(
        id("keys: [{material: {seed: a}, alias: alias/a}]"),
        from_text
    );
    assert_ne!(id("keys: [{material: {seed: b}}]"), from_text);
    assert_ne!(
        id("keys: [{material: {seed: a}, spec: HMAC_256}]"),
        from_text
    );
    let from_alias = id("keys: [{alias: alias/a}]");
    assert_eq!(id("keys: [{alias: alias/a, description: d}]"), from_alias);
    assert!(id("keys: [{alias: alias/a, multi_region: true}]").starts_with("mrk-"));
}

#[test]
fn expands_and_merges_anchors() {
    let kms = seeded(
        "account: 111122223333\nregion: eu-west-1\nkeys:\n\
         - &one {alias: alias/a, description: &text one, material: {seed: a}}\n\
         - {<<: *one, alias: alias/b, material: {seed: b}}\n\
         - {alias: alias/c, description: *text}\n",
    );
    for alias in ["alias/a", "alias/b", "alias/c"] {
        assert_eq!(metadata(&kms, alias)["Description"], "one", "{alias}");
    }
}
