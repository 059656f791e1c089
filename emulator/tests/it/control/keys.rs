//! Lists of keys, and reads that are no calls.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{control, get, refused};
use crate::client::{call, create_key};
use crate::in_process::local;

fn ids(address: SocketAddr, query: &str) -> Vec<String> {
    let page = get(address, &format!("keys{query}"));
    let keys = page["keys"].as_array().unwrap().iter();
    keys.map(|key| key["KeyId"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn lists_keys_with_their_aliases_and_tags() {
    let (_kms, address) = local();
    let signing = json!({
        "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY", "Description": "Signs Orders",
        "Tags": [{ "TagKey": "team", "TagValue": "shop" }],
    });
    let signing = call(address, "CreateKey", &signing).json()["KeyMetadata"]["KeyId"].clone();
    let signing = signing.as_str().unwrap();
    let other = create_key(address);
    call(address, "DisableKey", &json!({ "KeyId": other }));
    let alias = json!({ "AliasName": "alias/warehouse", "TargetKeyId": signing });
    call(address, "CreateAlias", &alias);

    let found = get(address, "keys?spec=ECC_NIST_P256&state=Enabled");
    let [key] = found["keys"].as_array().unwrap().as_slice() else {
        panic!("{found}")
    };
    let described = call(address, "DescribeKey", &json!({ "KeyId": signing })).json();
    let mut expected = described["KeyMetadata"].clone();
    expected["Aliases"] = json!(["alias/warehouse"]);
    expected["Tags"] = json!([{ "TagKey": "team", "TagValue": "shop" }]);
    assert_eq!((key, &found["next"]), (&expected, &Value::Null));

    for query in [
        "?search=WAREH",
        "?search=signs%20orders",
        "?search=team=sh",
        &format!("?search={}", &signing[..13]),
        "?alias=alias/warehouse",
        "?tag=team",
        "?tag=team=shop",
        "?state=Enabled",
        "?usage=SIGN_VERIFY&state=Enabled",
    ] {
        assert_eq!(ids(address, query), [signing], "{query}");
    }
    for query in [
        "?search=nothing",
        "?alias=warehouse",
        "?tag=team=other",
        "?state=Unavailable",
        "?manager=AWS",
        "?region=eu-west-1",
        "?account=111122223333",
        "?spec=RSA_2048&state=Disabled",
    ] {
        assert_eq!(ids(address, query), Vec::<String>::new(), "{query}");
    }
    assert_eq!(ids(address, "?manager=CUSTOMER").len(), 2);
    assert_eq!(ids(address, "?state=Disabled"), [other]);
    for (query, expected) in [
        ("x=1", "unknown parameter \"x\"; expected one of: account, "),
        ("account=1", "account: expected 12 digits"),
        ("region=x", "region: expected a Region, such as us-east-1"),
        ("limit=0", "limit: expected 1 to 1000"),
        ("limit=1001", "limit: expected 1 to 1000"),
    ] {
        let (status, message) = refused(address, &format!("GET keys?{query}"), &Value::Null);
        assert_eq!(status, 400, "{query}");
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn pages_have_every_key_once() {
    let (_kms, address) = local();
    // More than the emulator reads at once, and a multiple of the page.
    let keys: Vec<_> = (0..300)
        .map(|index| json!({ "alias": format!("alias/{index}") }))
        .collect();
    let seeded = control(address, "POST seed", &json!({ "keys": keys }));
    assert_eq!(seeded.status, 200, "{seeded:?}");
    let mut found = BTreeSet::new();
    let mut after = String::new();
    for _ in 0..3 {
        let page = get(address, &format!("keys?limit=100{after}"));
        let keys = page["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 100);
        found.extend(keys.iter().map(|key| key["KeyId"].to_string()));
        after = match page["next"].as_str() {
            Some(next) => format!("&after={next}"),
            None => String::new(),
        };
    }
    assert_eq!((found.len(), after.as_str()), (300, ""));
}

#[test]
fn settings_list_the_locations_of_keys() {
    let (_kms, address) = local();
    let empty = get(address, "settings");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        empty,
        json!({
            "version": version, "auth": "none", "transitionTime": "0s", "account": "000000000000",
            "region": "us-east-1", "locations": [],
        })
    );
    let keys = json!({ "keys": [
        { "alias": "alias/a", "region": "eu-west-1" }, { "alias": "alias/b", "region": "eu-west-1" },
        { "alias": "alias/c", "region": "eu-west-2" },
        { "alias": "alias/d", "region": "eu-west-1", "account": "111122223333" },
    ] });
    assert_eq!(control(address, "POST seed", &keys).status, 200);
    assert_eq!(
        get(address, "settings")["locations"],
        json!([
            { "account": "000000000000", "region": "eu-west-1" },
            { "account": "000000000000", "region": "eu-west-2" },
            { "account": "111122223333", "region": "eu-west-1" },
        ])
    );
}

#[test]
fn inspecting_leaves_no_event() {
    let (kms, address) = local();
    let key = create_key(address);
    kms.faults().throttle();
    let ask = |operation: &str, input: Value| {
        let question = json!({ "operation": operation, "input": input });
        control(address, "POST inspect", &question)
    };
    let metadata = ask("DescribeKey", json!({ "KeyId": key })).json();
    assert_eq!(metadata["KeyMetadata"]["KeyId"], json!(key));
    let policy = ask("GetKeyPolicy", json!({ "KeyId": key })).json();
    assert!(policy["Policy"].as_str().unwrap().contains("kms:*"));
    assert_eq!(get(address, "events")["last"], 1);

    let elsewhere =
        json!({ "operation": "DescribeKey", "region": "eu-west-1", "input": { "KeyId": key } });
    let (status, message) = refused(address, "POST inspect", &elsewhere);
    assert_eq!(status, 400);
    assert!(message.starts_with("NotFoundException: Key "), "{message}");
    let invalid = refused(
        address,
        "POST inspect",
        &json!({ "operation": "DescribeKey" }),
    );
    assert!(
        invalid.1.starts_with("ValidationException: "),
        "{invalid:?}"
    );
    for operation in [
        "Sign",
        "CreateKey",
        "GetParametersForImport",
        "Decrypt",
        "None",
    ] {
        let (status, message) = refused(
            address,
            "POST inspect",
            &json!({ "operation": operation, "input": { "KeyId": key } }),
        );
        assert_eq!(status, 400, "{operation}");
        assert_eq!(
            message,
            "operation: expected one that shows what is there, such as DescribeKey"
        );
    }
}

#[test]
fn clock_names_the_next_change() {
    let (_kms, address) = local();
    assert_eq!(get(address, "clock")["next"], Value::Null);
    let key = create_key(address);
    // A cancelled deletion is not the next change.
    let schedule = json!({ "KeyId": key, "PendingWindowInDays": 7 });
    call(address, "ScheduleKeyDeletion", &schedule);
    call(address, "CancelKeyDeletion", &json!({ "KeyId": key }));
    assert_eq!(get(address, "clock")["next"], Value::Null);
    control(address, "PUT clock", &json!({ "advance": "1s" }));
    let scheduled = call(address, "ScheduleKeyDeletion", &schedule).json();
    let next = get(address, "clock")["next"].clone();
    assert_eq!(next["key"], scheduled["KeyId"]);
    let changed = control(address, "PUT clock", &json!({ "now": next["at"] })).json();
    assert_eq!(changed["next"], Value::Null);
}
