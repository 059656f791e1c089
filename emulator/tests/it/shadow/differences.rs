//! Differences are listed, logged and written as cases.

use kms_emulator::cases::Named;
use serde_json::{Value, json};

use super::{Pair, control, files};
use crate::client::{call, request, text};

#[test]
fn an_error_of_the_upstream_alone_is_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::start_with(|command| {
        command.arg("--shadow-cases").arg(folder.path());
    });
    let health = request(pair.shadow.address, "GET /health HTTP/1.1", "");
    let upstream = format!("http://{}", pair.upstream_address);
    assert_eq!(health.unwrap().json()["upstream"], json!(upstream));
    let key = pair.create(&json!({ "Description": "with a difference" }));
    pair.upstream
        .faults()
        .on("Encrypt")
        .times(2)
        .fail("DisabledException");
    let secret = "c2VjcmV0IG9mIHRoZSBjbGllbnQ=";
    let input = json!({ "KeyId": key, "Plaintext": secret });
    for _ in 0..2 {
        assert_eq!(pair.error("Encrypt", &input), "DisabledException");
    }
    pair.ok("Encrypt", &input);

    let report = pair.report();
    let counts = ["same", "different", "unanswered", "forgotten"].map(|name| &report[name]);
    assert_eq!(counts, [2, 2, 0, 0], "{report:#}");
    let differences = report["differences"].as_array().unwrap();
    let found: Vec<_> = differences
        .iter()
        .map(|it| {
            (
                text(&it["path"]),
                it["upstream"].clone(),
                it["ours"].clone(),
            )
        })
        .collect();
    assert_eq!(
        found[..2],
        [
            ("status".to_owned(), json!("400"), json!("200")),
            (
                "__type".to_owned(),
                json!("\"DisabledException\""),
                Value::Null
            ),
        ]
    );
    assert_eq!(differences[0]["operation"], "Encrypt");
    assert_eq!(differences[0]["count"], 2);

    // The event has the same, by the id that the client got.
    let id = text(&differences[0]["requestId"]);
    let page = control(
        pair.shadow.address,
        &format!("GET events?details=true&request={id}"),
    );
    let details = &page.json()["details"][0]["shadow"];
    assert_eq!(details["result"], "different");
    assert_eq!(details["differences"][0]["path"], "status");

    let cases = files(folder.path());
    assert_eq!(cases.len(), 1, "{cases:#?}");
    let (name, case) = &cases[0];
    assert_eq!(differences[0]["case"], json!(name));
    assert_eq!(name, "Encrypt/differs_in_status_400.json");
    assert_eq!(
        case["setup"],
        json!([{
            "operation": "CreateKey", "input": { "Description": "with a difference" },
            "save": { "key": "KeyMetadata.KeyId" },
        }])
    );
    assert_eq!(
        case["request"],
        json!({
            "operation": "Encrypt",
            "input": { "KeyId": "${key}", "Plaintext": { "$base64_of": { "byte": 97, "count": 20 } } },
        })
    );
    assert_eq!(case["expect"]["type"], "DisabledException");
    let name = name.strip_suffix(".json").unwrap();
    Named::parse(name, &case.to_string()).unwrap();
    assert_eq!(case["source"]["evidence"], "inferred");

    let (_, log) = pair.shadow.stop();
    for (line, word) in log
        .lines()
        .filter(|line| line.contains("differs from the upstream"))
        .zip(["status", "__type"])
    {
        assert!(line.contains(word) && line.contains("Encrypt"), "{line}");
    }
    assert!(!log.contains(secret) && !report.to_string().contains(secret));
    assert!(!case.to_string().contains(secret));
}

#[test]
fn a_wrong_value_is_a_difference_and_a_refused_change_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::start_with(|command| {
        command.arg("--shadow-cases").arg(folder.path());
    });
    let key = pair.create(&json!({}));
    // Behind the back of the shadow.
    let upstream = pair.upstream_address;
    let input = json!({ "KeyId": key, "Description": "changed elsewhere" });
    assert_eq!(call(upstream, "UpdateKeyDescription", &input).status, 200);
    pair.ok("DescribeKey", &json!({ "KeyId": key }));
    let report = pair.report();
    assert_eq!(report["differences"][0]["path"], "KeyMetadata.Description");
    assert_eq!(
        report["differences"][0]["upstream"],
        "\"changed elsewhere\""
    );
    let (name, case) = files(folder.path()).remove(0);
    assert_eq!(name, "DescribeKey/differs_in_key_metadata_description.json");
    Named::parse(name.strip_suffix(".json").unwrap(), &case.to_string()).unwrap();
    let metadata = &case["expect"]["match"]["KeyMetadata"];
    assert_eq!(metadata["Description"], "changed elsewhere");
    assert_eq!(
        metadata["Arn"],
        "arn:aws:kms:us-east-1:${account}:key/${key}"
    );
    assert_eq!(metadata["CreationDate"], json!({ "$kind": "number" }));

    assert_eq!(control(pair.shadow.address, "DELETE shadow").status, 200);
    pair.upstream
        .faults()
        .on("DisableKey")
        .times(1)
        .fail("KMSInvalidStateException");
    let input = json!({ "KeyId": key });
    assert_eq!(pair.error("DisableKey", &input), "KMSInvalidStateException");
    assert_eq!(pair.report()["different"], 1);
    pair.ok("EnableKeyRotation", &input);
    pair.ok(
        "UpdateKeyDescription",
        &json!({ "KeyId": key, "Description": "" }),
    );
    assert_eq!(
        pair.ok("DescribeKey", &input)["KeyMetadata"]["Enabled"],
        true
    );
    assert_eq!(pair.report()["different"], 1);
}

#[test]
fn what_the_upstream_had_before_is_not_compared() {
    let pair = Pair::start();
    let upstream = pair.upstream_address;
    let old = call(upstream, "CreateKey", &json!({})).json()["KeyMetadata"]["KeyId"].clone();
    let alias = json!({ "AliasName": "alias/old", "TargetKeyId": old });
    assert_eq!(call(upstream, "CreateAlias", &alias).status, 200);
    let encrypt = json!({ "KeyId": old, "Plaintext": "eA==" });
    let ciphertext = call(upstream, "Encrypt", &encrypt).json()["CiphertextBlob"].clone();

    let key = pair.create(&json!({}));
    pair.ok("DescribeKey", &json!({ "KeyId": old }));
    pair.ok(
        "Encrypt",
        &json!({ "KeyId": "alias/old", "Plaintext": "eA==" }),
    );
    pair.ok("Decrypt", &json!({ "CiphertextBlob": ciphertext }));
    let taken = json!({ "AliasName": "alias/old", "TargetKeyId": key });
    assert_eq!(pair.error("CreateAlias", &taken), "AlreadyExistsException");
    // Lists are compared without the old elements.
    pair.ok("ListKeys", &json!({}));
    pair.ok("ListAliases", &json!({}));
    pair.upstream.faults().on("ListGrants").times(1).throttle();
    assert_eq!(
        pair.error("ListGrants", &json!({ "KeyId": key })),
        "ThrottlingException"
    );
    let report = pair.report();
    assert_eq!(report["different"], 0, "{report:#}");
    assert_eq!(report["same"], 3, "{report:#}");
    assert_eq!(
        report["notCompared"],
        json!({
            "a ciphertext, signature or other value was made before, or elsewhere": 1,
            "permissions, limits or a failure of the upstream": 1,
            "the key or alias was made before, or elsewhere": 3,
        })
    );
}
