//! What is said and asked before anything is sent to AWS, and what a run left. Nothing here sends anything to AWS.

use std::fs;

use serde_json::json;

use super::{Output, Verify, serve, url};
use crate::client::{request, text};

fn verify(url: &str, more: &[&str]) -> Output {
    let verify = Verify::new(url, more).variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    verify.variable("AWS_SECRET_ACCESS_KEY", "secret").run()
}

const AWS: &str = "https://kms.us-east-1.amazonaws.com";

#[test]
fn the_cost_is_said_and_consent_is_needed() {
    let output = verify(AWS, &["--only=Sign"]).has_code(2);
    let output = output
        .says("aws.amazon.com/kms/pricing")
        .says(" keys, at most 0.");
    output.says("nothing was sent; to send the cases to AWS, add --yes");
    let output = verify(AWS, &["--yes", "--budget=0.01"]).has_code(2);
    output.says("this is more than the --budget of 0.01 USD");
    for wrong in ["NaN", "-1", "much"] {
        let output = verify(AWS, &["--yes", &format!("--budget={wrong}")]);
        output.has_code(2).says("expected an amount in USD");
    }
}

#[test]
fn requests_to_aws_need_tls_and_credentials() {
    let output = verify("http://kms.us-east-1.amazonaws.com", &["--yes"]).has_code(2);
    output.says("must start with https://");
    let output = Verify::new(AWS, &["--yes"]).run().has_code(2);
    output.says("there are no credentials");
    let output = verify("https://kms.amazonaws.com", &["--yes"]).has_code(2);
    output.says("the Region is unknown");
}

/// An emulator takes the place of AWS.
#[test]
fn what_a_run_left_is_removed_in_the_accounts_of_both_callers() {
    let emulator = serve(&[]);
    let call = |account: &str, operation: &str, input: &serde_json::Value| {
        let head = format!(
            "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.{operation}\r\n\
             Content-Type: application/x-amz-json-1.1\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={account}/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=00"
        );
        let answer = request(emulator.address, &head, &input.to_string()).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let tags = json!([{ "TagKey": "kms-emulator-verify", "TagValue": "0badcafe" }]);
    let accounts = ["444455556666", "777788889999"];
    let keys = accounts.map(|account| {
        let made = call(account, "CreateKey", &json!({ "Tags": tags }));
        text(&made["KeyMetadata"]["KeyId"])
    });
    let clean_up = |more: &[&str]| {
        let clean = Verify::new(&url(emulator.address), &["--clean-up=0badcafe"]);
        let aws = clean.home.path().join(".aws");
        fs::create_dir(&aws).unwrap();
        let profile = |account| {
            format!("[{account}]\naws_access_key_id = {account}\naws_secret_access_key = any\n")
        };
        fs::write(aws.join("credentials"), accounts.map(profile).concat()).unwrap();
        clean.with(more).run()
    };
    let profiles = ["--profile=444455556666", "--other-profile=777788889999"];
    let output = clean_up(&profiles).has_code(0);
    let output = output.says(&keys[0]).says(&keys[1]);
    assert_eq!(
        output.out.matches("1 calls: done").count(),
        2,
        "{}",
        output.out
    );
    for (account, key) in accounts.iter().zip(&keys) {
        let key = call(account, "DescribeKey", &json!({ "KeyId": key }));
        assert_eq!(key["KeyMetadata"]["KeyState"], "PendingDeletion");
    }

    // What fails is said, and the exit status says so, too.
    call(accounts[0], "CreateKey", &json!({ "Tags": tags }));
    let fault =
        json!({ "operation": "ScheduleKeyDeletion", "times": 1, "error": "KMSInternalException" });
    let head = "POST /_emulator/faults HTTP/1.1\r\nX-Emulator-Token: t";
    request(emulator.address, head, &fault.to_string()).unwrap();
    let output = clean_up(&profiles[..1]).has_code(2);
    output.says("1 failed").says("HTTP 500");
    clean_up(&profiles[..1]).has_code(0).says("1 calls: done");
}
