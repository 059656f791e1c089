//! The rules for AWS, with an emulator that takes its place.

use serde_json::{Value, json};

use super::subject::Accounts;
use super::*;
use crate::Emulator;
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

fn state(remote: &Remote, key: &Value) -> Value {
    let key = call(remote, "DescribeKey", &json!({ "KeyId": key }));
    key["KeyMetadata"]["KeyState"].clone()
}

#[test]
fn on_aws_each_key_has_the_tag_of_the_run_and_is_scheduled_for_deletion() {
    let (_runtime, emulator) = start();
    let url = emulator.endpoint_url();
    let mut subject = Subject::find(
        remote(url),
        Callers {
            are_chosen: true,
            other: None,
            control_token: None,
        },
    )
    .unwrap();
    assert!(
        matches!(&subject.accounts, Accounts::Fixed { account, .. } if account == "444455556666")
    );
    subject.kind = Kind::Aws;
    let mine = call(&subject.remote, "CreateKey", &json!({}));
    let mine = mine["KeyMetadata"]["KeyId"].clone();

    let mut cases = cases::embedded().unwrap();
    let operations = [
        "CreateAlias",
        "CreateGrant",
        "CreateKey",
        "PutKeyPolicy",
        "UpdateAlias",
    ];
    cases.retain(|case| operations.contains(&case.folder()));
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
    assert_eq!(done.len(), 3, "{done:?}");
    assert_eq!(state(&remote, &left), "PendingDeletion");
    assert_eq!(state(&remote, &other), "Enabled");
    let aliases = call(&remote, "ListAliases", &json!({ "KeyId": left }));
    assert_eq!(aliases["Aliases"], json!([]));
    // Nothing is left for a second time.
    assert_eq!(clean_up(&remote, "0badcafe").unwrap(), Vec::<String>::new());
}
