//! A shadow of an emulator has no difference, in any family of operations.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::{AUTHORIZATION, Pair};
use crate::client::{request, text};

fn base64(text: &str) -> String {
    BASE64.encode(text)
}

#[test]
fn encryption_and_data_keys() {
    let pair = Pair::start();
    let key = pair.create(&json!({}));
    let other = pair.create(&json!({ "Description": "other" }));
    let plaintext = base64("a secret of the client");
    let context = json!({ "a": "b" });
    let encrypted = pair.ok(
        "Encrypt",
        &json!({ "KeyId": key, "Plaintext": plaintext, "EncryptionContext": context }),
    );
    let ciphertext = &encrypted["CiphertextBlob"];
    let decrypted = pair.ok(
        "Decrypt",
        &json!({ "CiphertextBlob": ciphertext, "EncryptionContext": context }),
    );
    assert_eq!(decrypted["Plaintext"], json!(plaintext));
    let moved = pair.ok(
        "ReEncrypt",
        &json!({ "CiphertextBlob": ciphertext, "SourceEncryptionContext": context,
                 "DestinationKeyId": other }),
    );
    pair.ok(
        "Decrypt",
        &json!({ "CiphertextBlob": moved["CiphertextBlob"] }),
    );
    assert_eq!(
        pair.error("Decrypt", &json!({ "CiphertextBlob": ciphertext })),
        "InvalidCiphertextException"
    );

    for input in [
        json!({ "KeyId": key, "KeySpec": "AES_256" }),
        json!({ "KeyId": key, "NumberOfBytes": 3 }),
    ] {
        let made = pair.ok("GenerateDataKey", &input);
        let blob = json!({ "CiphertextBlob": made["CiphertextBlob"] });
        assert_eq!(pair.ok("Decrypt", &blob)["Plaintext"], made["Plaintext"]);
        let made = pair.ok("GenerateDataKeyWithoutPlaintext", &input);
        let moved = pair.ok(
            "ReEncrypt",
            &json!({ "CiphertextBlob": made["CiphertextBlob"], "DestinationKeyId": other }),
        );
        pair.ok(
            "Decrypt",
            &json!({ "CiphertextBlob": made["CiphertextBlob"] }),
        );
        pair.ok(
            "Decrypt",
            &json!({ "CiphertextBlob": moved["CiphertextBlob"] }),
        );
        // What one key has made is data for the other.
        let nested = json!({ "KeyId": other, "Plaintext": made["CiphertextBlob"] });
        let nested = pair.ok("Encrypt", &nested);
        let opened = json!({ "CiphertextBlob": nested["CiphertextBlob"] });
        assert_eq!(
            pair.ok("Decrypt", &opened)["Plaintext"],
            made["CiphertextBlob"]
        );
    }
    let input = json!({ "KeyId": key, "KeyPairSpec": "ECC_NIST_P256" });
    let made = pair.ok("GenerateDataKeyPair", &input);
    let blob = json!({ "CiphertextBlob": made["PrivateKeyCiphertextBlob"] });
    assert_eq!(
        pair.ok("Decrypt", &blob)["Plaintext"],
        made["PrivateKeyPlaintext"]
    );
    let made = pair.ok("GenerateDataKeyPairWithoutPlaintext", &input);
    let blob = json!({ "CiphertextBlob": made["PrivateKeyCiphertextBlob"] });
    pair.ok("Decrypt", &blob);
    for bytes in [1, 16, 1024] {
        pair.ok("GenerateRandom", &json!({ "NumberOfBytes": bytes }));
    }
    pair.assert_same();
}

#[test]
fn asymmetric_keys_and_macs() {
    let pair = Pair::start();
    let message = base64("a message");
    for (spec, algorithm) in [
        ("ECC_NIST_P256", "ECDSA_SHA_256"),
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
        ("ML_DSA_44", "ML_DSA_SHAKE_256"),
        ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256"),
        ("RSA_2048", "RSASSA_PSS_SHA_256"),
    ] {
        let key = pair.create(&json!({ "KeySpec": spec, "KeyUsage": "SIGN_VERIFY" }));
        let input = json!({ "KeyId": key, "Message": message, "SigningAlgorithm": algorithm });
        let mut check = input.clone();
        for _ in 0..2 {
            check["Signature"] = pair.ok("Sign", &input)["Signature"].clone();
            assert_eq!(pair.ok("Verify", &check)["SignatureValid"], true);
            pair.ok("GetPublicKey", &json!({ "KeyId": key }));
        }
        check["Message"] = json!(base64("another message"));
        assert_eq!(pair.error("Verify", &check), "KMSInvalidSignatureException");
    }

    let key = pair.create(&json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" }));
    let input = json!({ "KeyId": key, "Message": message, "MacAlgorithm": "HMAC_SHA_256" });
    let mut check = input.clone();
    for _ in 0..2 {
        check["Mac"] = pair.ok("GenerateMac", &input)["Mac"].clone();
    }
    assert_eq!(pair.ok("VerifyMac", &check)["MacValid"], true);
    check["Message"] = json!(base64("another message"));
    assert_eq!(pair.error("VerifyMac", &check), "KMSInvalidMacException");

    let create = json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT" });
    let (a, b) = (pair.create(&create), pair.create(&create));
    let public = |key: &str| pair.ok("GetPublicKey", &json!({ "KeyId": key }))["PublicKey"].clone();
    let agree = |key: &str, other: Value| {
        let input = json!({ "KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": other });
        pair.ok("DeriveSharedSecret", &input)["SharedSecret"].clone()
    };
    assert_eq!(agree(&a, public(&b)), agree(&b, public(&a)));
    pair.assert_same();
}

#[test]
fn resources_and_pages() {
    let pair = Pair::start();
    let keys: Vec<_> = (0..5).map(|_| pair.create(&json!({}))).collect();
    let key = &keys[0];
    for (index, key) in keys.iter().enumerate() {
        let alias = format!("alias/{index}");
        pair.ok(
            "CreateAlias",
            &json!({ "AliasName": alias, "TargetKeyId": key }),
        );
    }
    let policy = pair.ok("GetKeyPolicy", &json!({ "KeyId": key }))["Policy"].clone();
    pair.ok("PutKeyPolicy", &json!({ "KeyId": key, "Policy": policy }));
    pair.ok(
        "UpdateAlias",
        &json!({ "AliasName": "alias/1", "TargetKeyId": key }),
    );
    pair.ok("DescribeKey", &json!({ "KeyId": "alias/1" }));
    let tags = json!([{ "TagKey": "a", "TagValue": "1" }, { "TagKey": "b", "TagValue": "2" }]);
    pair.ok("TagResource", &json!({ "KeyId": key, "Tags": tags }));
    pair.ok("UntagResource", &json!({ "KeyId": key, "TagKeys": ["a"] }));
    let mut grants = Vec::new();
    for name in ["a", "b", "c", "a"] {
        let input = json!({
            "KeyId": key, "Name": name, "Operations": ["Encrypt", "Decrypt"],
            "GranteePrincipal": "arn:aws:iam::111122223333:root",
        });
        grants.push(pair.ok("CreateGrant", &input));
    }
    let input =
        json!({ "KeyId": key, "Plaintext": base64("x"), "GrantTokens": [grants[1]["GrantToken"]] });
    pair.ok("Encrypt", &input);
    pair.ok(
        "RevokeGrant",
        &json!({ "KeyId": key, "GrantId": grants[1]["GrantId"] }),
    );
    let input = json!({ "KeyId": key, "GrantId": grants[2]["GrantId"] });
    pair.ok("ListGrants", &input);
    for (operation, input) in [
        ("ListKeys", json!({})),
        ("ListAliases", json!({})),
        ("ListGrants", json!({ "KeyId": key })),
        ("ListResourceTags", json!({ "KeyId": key })),
        ("ListKeyPolicies", json!({ "KeyId": key })),
    ] {
        let all = pair.ok(operation, &input);
        let mut page = input;
        page["Limit"] = json!(1);
        let mut pages = 0;
        loop {
            let part = pair.ok(operation, &page);
            pages += 1;
            if part["Truncated"] != json!(true) {
                break;
            }
            page["Marker"] = part["NextMarker"].clone();
        }
        let list = all.as_object().unwrap().values().find_map(Value::as_array);
        assert_eq!(pages, list.unwrap().len(), "{operation}");
    }
    pair.ok("DeleteAlias", &json!({ "AliasName": "alias/2" }));
    assert_eq!(
        pair.error("DescribeKey", &json!({ "KeyId": "alias/2" })),
        "NotFoundException"
    );
    assert_eq!(
        pair.error(
            "CreateAlias",
            &json!({ "AliasName": "alias/1", "TargetKeyId": key })
        ),
        "AlreadyExistsException"
    );
    pair.assert_same();
}

#[test]
fn lifecycle_and_rotation() {
    let pair = Pair::start();
    let key = &pair.create(&json!({ "Description": "first" }));
    pair.ok(
        "UpdateKeyDescription",
        &json!({ "KeyId": key, "Description": "second" }),
    );
    pair.ok(
        "EnableKeyRotation",
        &json!({ "KeyId": key, "RotationPeriodInDays": 90 }),
    );
    pair.ok("RotateKeyOnDemand", &json!({ "KeyId": key }));
    pair.ok("GetKeyRotationStatus", &json!({ "KeyId": key }));
    pair.ok(
        "ListKeyRotations",
        &json!({ "KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL" }),
    );
    let made = pair.ok(
        "Encrypt",
        &json!({ "KeyId": key, "Plaintext": base64("x") }),
    );
    pair.ok(
        "Decrypt",
        &json!({ "CiphertextBlob": made["CiphertextBlob"] }),
    );
    pair.ok("GetKeyLastUsage", &json!({ "KeyId": key }));
    pair.ok("DisableKey", &json!({ "KeyId": key }));
    let input = json!({ "KeyId": key, "Plaintext": base64("x") });
    assert_eq!(pair.error("Encrypt", &input), "DisabledException");
    pair.ok("EnableKey", &json!({ "KeyId": key }));
    pair.ok(
        "ScheduleKeyDeletion",
        &json!({ "KeyId": key, "PendingWindowInDays": 7 }),
    );
    assert_eq!(pair.error("Encrypt", &input), "KMSInvalidStateException");
    pair.ok("CancelKeyDeletion", &json!({ "KeyId": key }));
    pair.ok("DescribeKey", &json!({ "KeyId": key }));

    let primary = &pair.create(&json!({ "MultiRegion": true }));
    pair.ok(
        "ReplicateKey",
        &json!({ "KeyId": primary, "ReplicaRegion": "eu-west-1" }),
    );
    pair.ok("DescribeKey", &json!({ "KeyId": primary }));
    pair.ok(
        "UpdatePrimaryRegion",
        &json!({ "KeyId": primary, "PrimaryRegion": "eu-west-1" }),
    );

    // Nothing is made for a request that the upstream refuses.
    let unknown = "12345678-1234-1234-1234-123456789012";
    assert_eq!(
        pair.error("DescribeKey", &json!({ "KeyId": unknown })),
        "NotFoundException"
    );
    assert_eq!(
        pair.error("Encrypt", &json!({ "KeyId": key })),
        "ValidationException"
    );
    assert_eq!(
        pair.error("NoSuchOperation", &json!({})),
        "UnknownOperationException"
    );
    pair.assert_same();
}

#[test]
fn imported_material() {
    let pair = Pair::start();
    for (spec, usage) in [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ] {
        let create = json!({ "Origin": "EXTERNAL", "KeySpec": spec, "KeyUsage": usage });
        let key = &pair.create(&create);
        let parameters = pair.ok(
            "GetParametersForImport",
            &json!({ "KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
                     "WrappingKeySpec": "RSA_2048" }),
        );
        let import = |material: &[u8; 32]| {
            json!({
                "KeyId": key, "ImportToken": parameters["ImportToken"],
                "EncryptedKeyMaterial": wrap(&text(&parameters["PublicKey"]), material),
                "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
            })
        };
        pair.ok("ImportKeyMaterial", &import(&[1; 32]));
        pair.ok("DescribeKey", &json!({ "KeyId": key }));
        let message = base64("m");
        if spec == "HMAC_256" {
            let mut mac =
                json!({ "KeyId": key, "Message": message, "MacAlgorithm": "HMAC_SHA_256" });
            mac["Mac"] = pair.ok("GenerateMac", &mac)["Mac"].clone();
            pair.ok("VerifyMac", &mac);
        } else {
            let made = pair.ok("Encrypt", &json!({ "KeyId": key, "Plaintext": message }));
            pair.ok("DeleteImportedKeyMaterial", &json!({ "KeyId": key }));
            let blob = json!({ "CiphertextBlob": made["CiphertextBlob"] });
            assert_eq!(pair.error("Decrypt", &blob), "KMSInvalidStateException");
            pair.ok("ImportKeyMaterial", &import(&[1; 32]));
            assert_eq!(pair.ok("Decrypt", &blob)["Plaintext"], json!(message));
        }
        assert_eq!(
            pair.error("ImportKeyMaterial", &import(&[2; 32])),
            "IncorrectKeyMaterialException"
        );
        let mut broken = import(&[1; 32]);
        broken["EncryptedKeyMaterial"] = json!(BASE64.encode([7; 256]));
        assert_eq!(
            pair.error("ImportKeyMaterial", &broken),
            "InvalidCiphertextException"
        );
    }
    pair.assert_same();
}

fn wrap(public_key: &str, material: &[u8]) -> String {
    let der = BASE64.decode(public_key).unwrap();
    let key = PublicEncryptingKey::from_der(&der).unwrap();
    let key = OaepPublicEncryptingKey::new(key).unwrap();
    let mut wrapped = vec![0; key.ciphertext_size()];
    key.encrypt(&OAEP_SHA256_MGF1SHA256, material, &mut wrapped, None)
        .unwrap();
    BASE64.encode(wrapped)
}

#[test]
fn account_and_region_are_those_of_the_caller() {
    let pair = Pair::start();
    let send = |operation: &str, input: &Value| {
        let head = format!(
            "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.{operation}\r\n\
             Content-Type: application/x-amz-json-1.1\r\nAuthorization: {AUTHORIZATION}"
        );
        request(pair.shadow.address, &head, &input.to_string()).unwrap()
    };
    let made = send("CreateKey", &json!({})).json()["KeyMetadata"].clone();
    let arn = text(&made["Arn"]);
    assert!(
        arn.starts_with("arn:aws:kms:eu-west-1:444455556666:key/"),
        "{arn}"
    );
    for reference in [&made["KeyId"], &made["Arn"]] {
        assert_eq!(
            send("DescribeKey", &json!({ "KeyId": reference })).status,
            200
        );
    }
    assert_eq!(send("ListKeys", &json!({})).status, 200);
    pair.assert_same();
}
