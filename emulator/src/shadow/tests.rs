//! What is a difference, and what is not.

use serde_json::{Value, json};

use super::judge::{Call, Known, MADE_BEFORE, OF_UPSTREAM, VALUE_MADE_BEFORE};
use super::report::Verdict;
use crate::protocol::{Format, Reply, Trace};
use crate::remote::Answer;

const KEY: &str = "12345678-1234-1234-1234-123456789012";

fn judge(
    known: &mut Known,
    operation: &str,
    input: &Value,
    theirs: &Value,
    ours: &Value,
) -> Verdict {
    let status = |body: &Value| {
        if body.get("__type").is_some() {
            400
        } else {
            200
        }
    };
    let answer = Answer {
        status: status(theirs),
        headers: vec![(
            "content-type".to_owned(),
            "application/x-amz-json-1.1".to_owned(),
        )],
        body: theirs.to_string().into_bytes(),
    };
    let body = ours.to_string().into_bytes();
    let mut reply = Reply::success(String::new(), body, Trace::default(), Format::default());
    reply.status = status(ours);
    let call = Call {
        operation,
        input: input.as_object().unwrap(),
    };
    known.judge(call, &answer, &reply)
}

/// The paths of the differences.
fn paths(verdict: Verdict) -> Vec<String> {
    match verdict {
        Verdict::Same => Vec::new(),
        Verdict::Different(found) => found.into_iter().map(|found| found.path).collect(),
        Verdict::NotCompared(why) => panic!("{why}"),
    }
}

fn bytes(byte: u8, count: usize) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(vec![byte; count])
}

#[test]
fn dates_policies_and_lists_have_a_tolerance() {
    let known = &mut Known::new();
    let mut compare = |operation: &str, theirs: &Value, ours: &Value| {
        paths(judge(
            known,
            operation,
            &json!({ "KeyId": KEY }),
            theirs,
            ours,
        ))
    };
    let key = |date: f64, usages: &Value| json!({ "KeyMetadata": { "KeyId": KEY, "CreationDate": date, "SigningAlgorithms": usages } });
    let (a, b) = (json!(["A", "B"]), json!(["B", "A"]));
    assert!(compare("DescribeKey", &key(1000.5, &a), &key(1300.0, &b)).is_empty());
    assert_eq!(
        compare("DescribeKey", &key(1000.0, &a), &key(1301.0, &json!(["A"]))),
        [
            "KeyMetadata.CreationDate",
            "KeyMetadata.SigningAlgorithms[]"
        ]
    );
    let policy = |principals: &Value| {
        let statement = json!([{ "Principal": { "AWS": principals }, "Effect": "Allow" }]);
        json!({ "Policy": json!({ "Statement": statement }).to_string() })
    };
    assert!(compare("GetKeyPolicy", &policy(&a), &policy(&b)).is_empty());
    assert_eq!(
        compare("GetKeyPolicy", &policy(&a), &policy(&json!("A"))),
        ["Policy"]
    );
}

#[test]
fn values_of_both_sides_become_pairs() {
    let known = &mut Known::new();
    let input = json!({ "KeyId": KEY });
    let made = |ciphertext: u8, plaintext: u8| json!({ "KeyId": KEY, "CiphertextBlob": bytes(ciphertext, 60), "Plaintext": bytes(plaintext, 32) });
    let verdict = judge(known, "GenerateDataKey", &input, &made(1, 2), &made(3, 4));
    assert_eq!(verdict, Verdict::Same);
    let mut request = json!({ "CiphertextBlob": bytes(1, 60) });
    assert!(known.pairs.translate(&mut request));
    assert_eq!(request["CiphertextBlob"], json!(bytes(3, 60)));

    let decrypt = json!({ "CiphertextBlob": bytes(1, 60) });
    let opened = |byte: u8| json!({ "KeyId": KEY, "Plaintext": bytes(byte, 32) });
    let mut compare = |theirs: u8, ours: u8| {
        paths(judge(
            known,
            "Decrypt",
            &decrypt,
            &opened(theirs),
            &opened(ours),
        ))
    };
    assert!(compare(2, 4).is_empty());
    assert_eq!(compare(2, 5), ["Plaintext"]);
    assert_eq!(compare(6, 4), ["Plaintext"]);

    // A MAC is the same each time.
    let mac = |byte: u8| json!({ "KeyId": KEY, "Mac": bytes(byte, 32) });
    let mut compare = |theirs: u8, ours: u8| {
        paths(judge(
            known,
            "GenerateMac",
            &input,
            &mac(theirs),
            &mac(ours),
        ))
    };
    assert!(compare(10, 11).is_empty());
    assert!(compare(10, 11).is_empty());
    assert_eq!(compare(10, 12), ["Mac"]);
    assert_eq!(compare(13, 11), ["Mac"]);

    let verdict = judge(
        known,
        "Encrypt",
        &json!({ "KeyId": KEY, "Plaintext": "eA==" }),
        &json!({ "CiphertextBlob": bytes(20, 60) }),
        &json!({ "CiphertextBlob": bytes(21, 61) }),
    );
    let Verdict::Different(found) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(found[0].upstream.as_deref(), Some("\"(60 bytes)\""));
    // The difference is not repeated by what follows from it.
    let decrypt = json!({ "CiphertextBlob": bytes(20, 60) });
    let opened = json!({ "KeyId": KEY, "Plaintext": "eA==" });
    let incorrect = json!({ "__type": "IncorrectKeyException" });
    let verdict = judge(known, "Decrypt", &decrypt, &opened, &opened);
    assert_eq!(verdict, Verdict::Same);
    let verdict = judge(known, "Decrypt", &decrypt, &opened, &incorrect);
    assert_eq!(paths(verdict), ["status", "__type"]);
}

#[test]
fn ids_of_another_form_are_one_difference() {
    let known = &mut Known::new();
    let input = json!({ "KeyId": KEY });
    let (theirs, ours) = ("600b11d9", "c4".repeat(32));
    let made = |id: &str, token: &str| json!({ "GrantId": id, "GrantToken": token });
    let (there, here) = (made(theirs, "b4f8c2d1"), made(&ours, &bytes(1, 200)));
    let verdict = judge(known, "CreateGrant", &input, &there, &here);
    assert_eq!(paths(verdict), ["GrantId"]);
    let list =
        |id: &str| json!({ "Grants": [{ "GrantId": id, "KeyId": KEY }], "Truncated": false });
    let verdict = judge(known, "ListGrants", &input, &list(theirs), &list(&ours));
    assert_eq!(verdict, Verdict::Same);
    let mut request = there;
    assert!(known.pairs.translate(&mut request));
    assert_eq!(request, here);
}

#[test]
fn what_only_the_upstream_can_know_is_not_compared() {
    let known = &mut Known::new();
    let error = |name: &str| json!({ "__type": name });
    let success = json!({ "KeyId": KEY });
    let input = json!({ "KeyId": KEY });
    let mut compare =
        |input: &Value, theirs: &Value, ours: &Value| judge(known, "Verify", input, theirs, ours);
    let not_found = error("NotFoundException");
    assert_eq!(
        compare(&input, &success, &not_found),
        Verdict::NotCompared(MADE_BEFORE)
    );
    assert_eq!(
        compare(&input, &error("ThrottlingException"), &success),
        Verdict::NotCompared(OF_UPSTREAM)
    );
    let signed = json!({ "KeyId": KEY, "Signature": bytes(1, 64) });
    assert_eq!(
        compare(&signed, &success, &error("KMSInvalidSignatureException")),
        Verdict::NotCompared(VALUE_MADE_BEFORE)
    );
    assert_eq!(compare(&signed, &not_found, &not_found), Verdict::Same);

    // The same about a key that both have made.
    let created = json!({ "KeyMetadata": { "KeyId": KEY } });
    let verdict = judge(known, "CreateKey", &json!({}), &created, &created);
    assert_eq!(verdict, Verdict::Same);
    assert_eq!(
        paths(judge(known, "Verify", &input, &success, &not_found)),
        ["status", "__type"]
    );
}

#[test]
fn pages_are_compared_where_they_overlap() {
    let known = &mut Known::new();
    let aliases = |names: &[&str], truncated: bool| {
        let aliases = names.iter().map(|name| json!({ "AliasName": name }));
        json!({ "Aliases": aliases.collect::<Vec<_>>(), "Truncated": truncated })
    };
    known.made.add_alias("alias/a");
    known.made.add_alias("alias/b");
    let mut compare =
        |theirs: &Value, ours: &Value| paths(judge(known, "ListAliases", &json!({}), theirs, ours));
    let both = aliases(&["alias/a", "alias/b"], false);
    assert!(compare(&aliases(&["alias/b", "alias/old", "alias/a"], false), &both).is_empty());
    assert!(compare(&aliases(&["alias/a"], true), &both).is_empty());
    assert_eq!(compare(&aliases(&["alias/a"], false), &both), ["Aliases[]"]);
    assert_eq!(compare(&both, &aliases(&["alias/a"], false)), ["Aliases[]"]);
}
