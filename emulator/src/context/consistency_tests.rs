//! What is seen late, and what at once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Kms;
use crate::clock::{Clock, Timestamp};
use crate::protocol::Request;

fn ask(kms: &Kms, operation: &str, body: &Value) -> Result<Value, String> {
    let target = format!("TrentService.{operation}");
    let reply = kms.handle(&Request::new(&target, body.to_string().as_bytes()));
    match reply.trace.error {
        None => Ok(serde_json::from_slice(&reply.body).unwrap_or_default()),
        Some(error) => Err(error),
    }
}

#[test]
fn changes_are_seen_when_the_delay_is_over() {
    let clock = Clock::frozen_at(Timestamp::from_millis(1_800_000_000_000));
    let kms = Kms::builder()
        .clock(clock.into())
        .consistency_delay(Duration::from_secs(3))
        .build_temporary()
        .unwrap();
    let later = || kms.clock().advance(Duration::from_secs(3));
    let not_found = Err("NotFoundException".to_owned());

    let key = ask(&kms, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let of_key = json!({ "KeyId": key });
    assert_eq!(ask(&kms, "DescribeKey", &of_key), not_found);
    assert_eq!(
        ask(&kms, "ListKeys", &json!({})).unwrap()["Keys"],
        json!([])
    );
    kms.clock().advance(Duration::from_millis(2999));
    assert_eq!(ask(&kms, "DescribeKey", &of_key), not_found);
    kms.clock().advance(Duration::from_millis(1));
    ask(&kms, "DescribeKey", &of_key).unwrap();
    assert_eq!(
        ask(&kms, "ListKeys", &json!({})).unwrap()["Keys"][0]["KeyId"],
        key
    );

    // Tags: two changes at once, and neither is lost.
    for tag in ["a", "b"] {
        let tag = json!({ "KeyId": key, "Tags": [{ "TagKey": tag, "TagValue": "" }] });
        ask(&kms, "TagResource", &tag).unwrap();
    }
    let tags = || {
        ask(&kms, "ListResourceTags", &of_key).unwrap()["Tags"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(tags(), 0);
    later();
    assert_eq!(tags(), 2);

    let alias = json!({ "AliasName": "alias/late", "TargetKeyId": key });
    ask(&kms, "CreateAlias", &alias).unwrap();
    // There is one, even if it is not seen yet.
    assert_eq!(
        ask(&kms, "CreateAlias", &alias),
        Err("AlreadyExistsException".to_owned())
    );
    assert_eq!(
        ask(&kms, "DescribeKey", &json!({ "KeyId": "alias/late" })),
        not_found
    );
    assert_eq!(
        ask(&kms, "ListAliases", &of_key).unwrap()["Aliases"],
        json!([])
    );
    later();
    ask(&kms, "DescribeKey", &json!({ "KeyId": "alias/late" })).unwrap();
    ask(&kms, "DeleteAlias", &json!({ "AliasName": "alias/late" })).unwrap();
    ask(&kms, "DescribeKey", &json!({ "KeyId": "alias/late" })).unwrap();
    later();
    assert_eq!(
        ask(&kms, "DescribeKey", &json!({ "KeyId": "alias/late" })),
        not_found
    );

    let grants = || {
        ask(&kms, "ListGrants", &of_key).unwrap()["Grants"]
            .as_array()
            .unwrap()
            .len()
    };
    let grant = json!({
        "KeyId": key, "GranteePrincipal": "arn:aws:iam::000000000000:role/r", "Operations": ["Decrypt"],
        "RetiringPrincipal": "arn:aws:iam::000000000000:root",
    });
    let token = ask(&kms, "CreateGrant", &grant).unwrap()["GrantToken"].clone();
    assert_eq!(grants(), 0);
    // The token bridges the delay.
    ask(&kms, "RetireGrant", &json!({ "GrantToken": token })).unwrap();
    later();
    assert_eq!(grants(), 0);

    ask(&kms, "DisableKey", &of_key).unwrap();
    ask(
        &kms,
        "Encrypt",
        &json!({ "KeyId": key, "Plaintext": "YQ==" }),
    )
    .unwrap();
    later();
    let body = json!({ "KeyId": key, "Plaintext": "YQ==" });
    assert_eq!(
        ask(&kms, "Encrypt", &body),
        Err("DisabledException".to_owned())
    );
}
