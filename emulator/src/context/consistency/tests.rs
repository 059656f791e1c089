//! Delayed and immediate changes.

use std::time::Duration;

use serde_json::json;

use crate::Kms;
use crate::clock::{Clock, Timestamp};

#[test]
fn changes_become_visible_after_the_delay() {
    let clock = Clock::frozen_at(Timestamp::from_millis(1_800_000_000_000));
    let kms = Kms::builder()
        .clock(clock)
        .consistency_delay(Duration::from_secs(3))
        .build_temporary()
        .unwrap();
    let later = || kms.clock().advance(Duration::from_secs(3));
    let not_found = Err("NotFoundException".to_owned());

    let key = kms.try_ask("CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let of_key = json!({ "KeyId": key });
    assert_eq!(kms.try_ask("DescribeKey", &of_key), not_found);
    assert_eq!(
        kms.try_ask("ListKeys", &json!({})).unwrap()["Keys"],
        json!([])
    );
    kms.clock().advance(Duration::from_millis(2999));
    assert_eq!(kms.try_ask("DescribeKey", &of_key), not_found);
    kms.clock().advance(Duration::from_millis(1));
    kms.try_ask("DescribeKey", &of_key).unwrap();
    assert_eq!(
        kms.try_ask("ListKeys", &json!({})).unwrap()["Keys"][0]["KeyId"],
        key
    );

    // Tags: two changes at once, and neither is lost.
    for tag in ["a", "b"] {
        let tag = json!({ "KeyId": key, "Tags": [{ "TagKey": tag, "TagValue": "" }] });
        kms.try_ask("TagResource", &tag).unwrap();
    }
    let tags = || {
        kms.try_ask("ListResourceTags", &of_key).unwrap()["Tags"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(tags(), 0);
    later();
    assert_eq!(tags(), 2);

    let alias = json!({ "AliasName": "alias/late", "TargetKeyId": key });
    kms.try_ask("CreateAlias", &alias).unwrap();
    // The alias exists, even if it is not visible yet.
    assert_eq!(
        kms.try_ask("CreateAlias", &alias),
        Err("AlreadyExistsException".to_owned())
    );
    assert_eq!(
        kms.try_ask("DescribeKey", &json!({ "KeyId": "alias/late" })),
        not_found
    );
    assert_eq!(
        kms.try_ask("ListAliases", &of_key).unwrap()["Aliases"],
        json!([])
    );
    later();
    kms.try_ask("DescribeKey", &json!({ "KeyId": "alias/late" }))
        .unwrap();
    kms.try_ask("DeleteAlias", &json!({ "AliasName": "alias/late" }))
        .unwrap();
    kms.try_ask("DescribeKey", &json!({ "KeyId": "alias/late" }))
        .unwrap();
    later();
    assert_eq!(
        kms.try_ask("DescribeKey", &json!({ "KeyId": "alias/late" })),
        not_found
    );

    let grants = || {
        kms.try_ask("ListGrants", &of_key).unwrap()["Grants"]
            .as_array()
            .unwrap()
            .len()
    };
    let grant = json!({
        "KeyId": key, "GranteePrincipal": "arn:aws:iam::000000000000:role/r", "Operations": ["Decrypt"],
        "RetiringPrincipal": "arn:aws:iam::000000000000:root",
    });
    let token = kms.try_ask("CreateGrant", &grant).unwrap()["GrantToken"].clone();
    assert_eq!(grants(), 0);
    // The token bridges the delay.
    kms.try_ask("RetireGrant", &json!({ "GrantToken": token }))
        .unwrap();
    later();
    assert_eq!(grants(), 0);

    kms.try_ask("DisableKey", &of_key).unwrap();
    kms.try_ask("Encrypt", &json!({ "KeyId": key, "Plaintext": "YQ==" }))
        .unwrap();
    later();
    let body = json!({ "KeyId": key, "Plaintext": "YQ==" });
    assert_eq!(
        kms.try_ask("Encrypt", &body),
        Err("DisabledException".to_owned())
    );
}
