//! Which values of conditions the policy of an identity may have: what IAM accepted and refused.

use kms_emulator::Kms;
use kms_emulator::seed::Seed;
use serde_json::json;

use crate::decisions::lines;

#[test]
fn seeds_refuse_the_values_that_iam_refuses() {
    let kms = Kms::builder().build_temporary().unwrap();
    let (mut accepted, mut rejected) = (0, 0);
    for line in lines("stored-policies.jsonl") {
        // The others are about STS.
        if !line["operation"].is_null() {
            continue;
        }
        let document = json!({ "Version": "2012-10-17", "Statement": line["statements"] });
        let user = json!({
            "arn": "arn:aws:iam::111122223333:user/alice",
            "policies": [{ "name": "p", "document": document }],
        });
        let seed = Seed::parse("seed.json", &json!({ "identities": [user] }).to_string()).unwrap();
        let result = kms.seed(&seed);
        let id = &line["id"];
        if line["decision"] == "accepted" {
            assert!(result.is_ok(), "{id}: {result:?}");
            accepted += 1;
        } else {
            let error = result.unwrap_err().to_string();
            assert!(error.contains(" cannot compare "), "{id}: {error}");
            rejected += 1;
        }
    }
    assert_eq!((accepted, rejected), (23, 16));
}
