//! The rules for AWS, with an emulator that takes its place.

use std::fs;

use serde_json::{Value, json};

use super::subject::Accounts;
use super::*;
use crate::Emulator;
use crate::cases::Named;
use crate::remote::{Address, Credentials, Identity, Options, Remote};

struct Quiet;

impl Observer for Quiet {
    fn begin(&mut self, _: usize, _: &str) {}

    fn is_stopped(&self) -> bool {
        false
    }
}

fn remote(url: &str) -> Remote {
    let identity = Identity::fixed(Credentials::new("444455556666", "secret"));
    let address = Address::parse(url).unwrap();
    Remote::new(
        address,
        "us-east-1".to_owned(),
        identity,
        Options::default(),
    )
    .unwrap()
}

fn call(remote: &Remote, operation: &str, input: &Value) -> Value {
    let answer = remote
        .call(operation, input.to_string().as_bytes())
        .unwrap();
    assert_eq!(answer.status, 200, "{operation}: {answer:?}");
    answer.json().unwrap_or_default()
}

fn start() -> (tokio::runtime::Runtime, Emulator) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(Emulator::start()).unwrap();
    (runtime, emulator)
}

/// The emulator, treated as AWS.
fn in_place_of_aws(emulator: &Emulator) -> Subject {
    let callers = Callers {
        are_chosen: true,
        other: None,
        control_token: None,
    };
    let mut subject = Subject::find(remote(emulator.endpoint_url()), callers).unwrap();
    subject.kind = Kind::Aws;
    subject
}

/// The cases of some operations.
fn cases_of(operations: &[&str]) -> Vec<Named> {
    let mut cases = cases::embedded().unwrap();
    cases.retain(|case| operations.contains(&case.folder()));
    cases
}

fn state(remote: &Remote, key: &Value) -> Value {
    let key = call(remote, "DescribeKey", &json!({ "KeyId": key }));
    key["KeyMetadata"]["KeyState"].clone()
}

#[test]
fn on_aws_each_key_has_the_tag_of_the_run_and_is_scheduled_for_deletion() {
    let (_runtime, emulator) = start();
    let subject = in_place_of_aws(&emulator);
    assert!(
        matches!(&subject.accounts, Accounts::Fixed { account, .. } if account == "444455556666")
    );
    let mine = call(&subject.remote, "CreateKey", &json!({}));
    let mine = mine["KeyMetadata"]["KeyId"].clone();

    let cases = cases_of(&[
        "CreateAlias",
        "CreateGrant",
        "CreateKey",
        "PutKeyPolicy",
        "UpdateAlias",
    ]);
    let cost = Cost::of(&cases, &subject.abilities());
    let report = play(&subject, &cases, None, &mut Quiet).unwrap();
    let text = text(&report);
    assert_eq!(report.totals().different, 0, "{text}");
    assert_eq!(report.left, Vec::<String>::new());
    assert!(report.by_reason().contains_key(&Reason::LockOut), "{text}");

    let remote = &subject.remote;
    let keys = call(remote, "ListKeys", &json!({ "Limit": 1000 }));
    let keys = keys["Keys"].as_array().unwrap();
    assert!(keys.len() > 50, "{}", keys.len());
    assert!(cost.keys >= keys.len() - 1, "{cost} {}", keys.len());
    for key in keys {
        let key = &key["KeyId"];
        let metadata = call(remote, "DescribeKey", &json!({ "KeyId": key }));
        // AWS makes those, without charge, when their alias is first named.
        if metadata["KeyMetadata"]["KeyManager"] == "AWS" {
            continue;
        }
        let tags = call(remote, "ListResourceTags", &json!({ "KeyId": key }));
        let has_tag = tags.to_string().contains(&subject.run);
        assert_eq!(has_tag, *key != mine, "{tags} {metadata}");
        let expected = if has_tag {
            "PendingDeletion"
        } else {
            "Enabled"
        };
        assert_eq!(state(remote, key), expected);
    }
    let aliases = call(remote, "ListAliases", &json!({}));
    let mut aliases = aliases["Aliases"].as_array().unwrap().iter();
    let is_ours = |it: &Value| it["AliasName"].to_string().contains(&subject.run[..5]);
    assert!(!aliases.any(is_ours));
}

#[test]
fn what_a_run_left_is_found_by_its_tag() {
    let (_runtime, emulator) = start();
    let remote = remote(emulator.endpoint_url());
    let tagged = |run: &str| {
        let tag = json!({ "TagKey": guard::TAG, "TagValue": run });
        let key = call(&remote, "CreateKey", &json!({ "Tags": [tag] }));
        key["KeyMetadata"]["KeyId"].clone()
    };
    let (left, other) = (tagged("0badcafe"), tagged("another"));
    let alias = json!({ "AliasName": "alias/left", "TargetKeyId": left });
    call(&remote, "CreateAlias", &alias);
    let grant = json!({ "KeyId": left, "GranteePrincipal": "arn:aws:iam::444455556666:root",
                        "Operations": ["Encrypt"] });
    call(&remote, "CreateGrant", &grant);
    let done = clean_up(&remote, "0badcafe").unwrap();
    assert_eq!(done.done.len(), 3, "{done:?}");
    assert_eq!(state(&remote, &left), "PendingDeletion");
    assert_eq!(state(&remote, &other), "Enabled");
    let aliases = call(&remote, "ListAliases", &json!({ "KeyId": left }));
    assert_eq!(aliases["Aliases"], json!([]));
    // Nothing is left for a second time.
    let again = clean_up(&remote, "0badcafe").unwrap();
    assert_eq!((again.done, again.failed), (Vec::new(), Vec::new()));
}

#[test]
fn a_call_that_fails_does_not_end_the_cleaning() {
    let (_runtime, emulator) = start();
    let remote = remote(emulator.endpoint_url());
    let tag = json!({ "TagKey": guard::TAG, "TagValue": "0badcafe" });
    let keys = [(); 3].map(|()| {
        let key = call(&remote, "CreateKey", &json!({ "Tags": [tag] }));
        key["KeyMetadata"]["KeyId"].clone()
    });
    let fail = |operation: &str| {
        let fault = emulator.faults().on(operation).times(1);
        fault.fail("KMSInternalException");
    };
    fail("ScheduleKeyDeletion");
    fail("ListResourceTags");
    let cleaned = clean_up(&remote, "0badcafe").unwrap();
    assert_eq!(cleaned.done.len(), 1, "{cleaned:?}");
    assert_eq!(cleaned.failed.len(), 2, "{cleaned:?}");
    assert!(
        cleaned
            .failed
            .iter()
            .all(|it| it.contains("KMSInternalException"))
    );
    assert_eq!(clean_up(&remote, "0badcafe").unwrap().done.len(), 2);
    for key in &keys {
        assert_eq!(state(&remote, key), "PendingDeletion");
    }
}

#[test]
fn a_key_whose_creation_had_no_answer_is_named_and_found() {
    let (_runtime, emulator) = start();
    let subject = in_place_of_aws(&emulator);
    emulator.faults().on("CreateKey").times(1).lose_answer();
    let mut cases = cases_of(&["CreateKey"]);
    cases.retain(|case| case.name == "CreateKey/external_key_waits_for_its_material");
    let report = play(&subject, &cases, None, &mut Quiet).unwrap();
    assert_eq!(report.by_reason().get(&Reason::Reset), Some(&1));
    let hint = format!("--clean-up {} tries it again", subject.run);
    let left = "CreateKey had no answer, so a key may be left".to_owned();
    assert_eq!(report.left, [left, hint]);
    let cleaned = clean_up(&subject.remote, &subject.run).unwrap();
    assert_eq!(cleaned.done.len(), 1, "{cleaned:?}");
}

/// Cases of a folder can be by anyone.
#[test]
fn cases_of_others_change_nothing_of_the_account_and_reach_no_other_host() {
    let (_runtime, emulator) = start();
    let subject = in_place_of_aws(&emulator);
    let remote = &subject.remote;
    let mine = call(remote, "CreateKey", &json!({}));
    let mine = mine["KeyMetadata"]["KeyId"].clone();
    let alias = json!({ "AliasName": "alias/mine", "TargetKeyId": mine });
    call(remote, "CreateAlias", &alias);
    let policy = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},
                    "Action":"kms:*","Resource":"*"}}"#;
    let key =
        json!({ "operation": "CreateKey", "input": {}, "save": { "key": "KeyMetadata.KeyId" } });
    let call_of = |operation: &str, input: Value| json!({ "operation": operation, "input": input });
    let raw = |http: Value| json!({ "http": http });
    let list = "TrentService.ListKeys";
    let escaped = "{\"KeyId\":\"\\ud800\"}";
    let cases = [
        (
            "DisableKey",
            call_of("DisableKey", json!({ "KeyId": mine })),
            Reason::Foreign,
        ),
        (
            "ScheduleKeyDeletion",
            call_of("ScheduleKeyDeletion", json!({ "KeyId": "alias/mine" })),
            Reason::Foreign,
        ),
        (
            "DeleteAlias",
            call_of("DeleteAlias", json!({ "AliasName": "alias/mine" })),
            Reason::Foreign,
        ),
        (
            "PutKeyPolicy",
            call_of(
                "PutKeyPolicy",
                json!({ "KeyId": "${key}", "Policy": policy }),
            ),
            Reason::LockOut,
        ),
        (
            "Protocol",
            raw(json!({ "target": "TrentService.DisableKey", "body": escaped })),
            Reason::Foreign,
        ),
        (
            "Protocol",
            raw(
                json!({ "target": "TrentService.DisableKey ", "body": json!({ "KeyId": mine }).to_string() }),
            ),
            Reason::Foreign,
        ),
        (
            "Protocol",
            raw(json!({ "path": ".localhost/", "target": list, "body": "{}" })),
            Reason::Invalid,
        ),
        (
            "Protocol",
            raw(json!({ "path": "@localhost/", "target": list, "body": "{}" })),
            Reason::Invalid,
        ),
    ];
    let cases: Vec<_> = (0..)
        .zip(&cases)
        .map(|(index, (folder, request, _))| {
            let case = json!({
                "source": { "evidence": "inferred", "where": "anyone" },
                "setup": [key], "request": request, "expect": { "status": 200 },
            });
            Named::parse(&format!("{folder}/case_{index}"), &case.to_string()).unwrap()
        })
        .zip(cases.iter().map(|(_, _, reason)| reason))
        .collect();
    for (named, reason) in cases {
        let named = [named];
        let report = play(&subject, &named, None, &mut Quiet).unwrap();
        let expected = [(reason, 1)].into_iter().collect();
        assert_eq!(report.by_reason(), expected, "{}", named[0].file);
        assert_eq!(report.left, Vec::<String>::new());
    }
    assert_eq!(state(remote, &mine), "Enabled");
    assert_eq!(state(remote, &json!("alias/mine")), "Enabled");
}

#[test]
fn a_recording_of_aws_has_neither_the_account_nor_the_tag_of_the_run() {
    let (_runtime, emulator) = start();
    let subject = in_place_of_aws(&emulator);
    let folder = tempfile::tempdir().unwrap();
    let mut recording = Recording::new(folder.path(), &subject).unwrap();
    let cases = cases_of(&["CreateKey", "GetKeyPolicy", "ListGrants"]);
    play(&subject, &cases, Some(&mut recording), &mut Quiet).unwrap();
    assert!(recording.finish().unwrap() > 30);
    for operation in fs::read_dir(folder.path()).unwrap() {
        for file in fs::read_dir(operation.unwrap().path()).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            assert!(
                text.contains("(AWS), Region us-east-1, partition aws, 20"),
                "{text}"
            );
            for secret in ["444455556666", guard::TAG, &subject.run] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
    }
}

#[test]
fn the_cost_counts_each_request_and_what_removes_what_it_made() {
    let abilities = Abilities::of_aws("us-east-1", true);
    let cost = |operation: &str| Cost::of(&cases_of(&[operation]), &abilities);
    let random = cost("GenerateRandom");
    assert!(random.calls >= random.cases && random.keys == 0, "{random}");
    let raw = cost("Protocol");
    assert_eq!((raw.calls, raw.keys), (raw.cases, 0));
    let keys = cost("CreateKey");
    assert!(
        keys.calls >= 2 * keys.keys && keys.keys >= keys.cases,
        "{keys}"
    );
    assert!(keys.usd > 0.0 && keys.usd < 1.0, "{keys}");
}
