//! The delay of changes.

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

    let key = kms.try_call("CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let of_key = json!({ "KeyId": key });
    assert_eq!(kms.try_call("DescribeKey", &of_key), not_found);
    assert_eq!(
        kms.try_call("ListKeys", &json!({})).unwrap()["Keys"],
        json!([])
    );
    kms.clock().advance(Duration::from_millis(2999));
    assert_eq!(kms.try_call("DescribeKey", &of_key), not_found);
    kms.clock().advance(Duration::from_millis(1));
    kms.try_call("DescribeKey", &of_key).unwrap();
    assert_eq!(
        kms.try_call("ListKeys", &json!({})).unwrap()["Keys"][0]["KeyId"],
        key
    );

    // Two changes within the delay: neither is lost.
    for tag in ["a", "b"] {
        let tag = json!({ "KeyId": key, "Tags": [{ "TagKey": tag, "TagValue": "" }] });
        kms.try_call("TagResource", &tag).unwrap();
    }
    let tags = || {
        kms.try_call("ListResourceTags", &of_key).unwrap()["Tags"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(tags(), 0);
    later();
    assert_eq!(tags(), 2);

    let alias = json!({ "AliasName": "alias/late", "TargetKeyId": key });
    kms.try_call("CreateAlias", &alias).unwrap();
    // Writes see the alias, reads do not yet.
    assert_eq!(
        kms.try_call("CreateAlias", &alias),
        Err("AlreadyExistsException".to_owned())
    );
    assert_eq!(
        kms.try_call("DescribeKey", &json!({ "KeyId": "alias/late" })),
        not_found
    );
    assert_eq!(
        kms.try_call("ListAliases", &of_key).unwrap()["Aliases"],
        json!([])
    );
    later();
    kms.try_call("DescribeKey", &json!({ "KeyId": "alias/late" }))
        .unwrap();
    kms.try_call("DeleteAlias", &json!({ "AliasName": "alias/late" }))
        .unwrap();
    kms.try_call("DescribeKey", &json!({ "KeyId": "alias/late" }))
        .unwrap();
    later();
    assert_eq!(
        kms.try_call("DescribeKey", &json!({ "KeyId": "alias/late" })),
        not_found
    );

    let grants = || {
        kms.try_call("ListGrants", &of_key).unwrap()["Grants"]
            .as_array()
            .unwrap()
            .len()
    };
    let grant = json!({
        "KeyId": key, "GranteePrincipal": "arn:aws:iam::000000000000:role/r", "Operations": ["Decrypt"],
        "RetiringPrincipal": "arn:aws:iam::000000000000:root",
    });
    let token = kms.try_call("CreateGrant", &grant).unwrap()["GrantToken"].clone();
    assert_eq!(grants(), 0);
    // A token is valid immediately.
    kms.try_call("RetireGrant", &json!({ "GrantToken": token }))
        .unwrap();
    later();
    assert_eq!(grants(), 0);

    kms.try_call("DisableKey", &of_key).unwrap();
    kms.try_call("Encrypt", &json!({ "KeyId": key, "Plaintext": "YQ==" }))
        .unwrap();
    later();
    let body = json!({ "KeyId": key, "Plaintext": "YQ==" });
    assert_eq!(
        kms.try_call("Encrypt", &body),
        Err("DisabledException".to_owned())
    );
}
