//! The emulator, verified: every answer is the same.

use std::fs;

use serde_json::{Value, json};

use super::{Verify, serve, url};
use crate::client::{call, request, text};
use crate::process::Running;

fn results(file: &std::path::Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn get(emulator: &Running, path: &str) -> Value {
    let head = format!("GET {path} HTTP/1.1\r\nX-Emulator-Token: t");
    request(emulator.address, &head, "").unwrap().json()
}

#[test]
fn every_answer_of_the_emulator_is_the_same_and_its_state_is_kept() {
    let emulator = serve(&["--transition-time=3m"]);
    let fault = json!({ "operation": "Decrypt", "error": "KeyUnavailableException" });
    let head = "POST /_emulator/faults HTTP/1.1\r\nX-Emulator-Token: t";
    let added = request(emulator.address, head, &fault.to_string()).unwrap();
    assert_eq!(added.status, 201, "{added:?}");
    let key = call(emulator.address, "CreateKey", &json!({}));
    let key = text(&key.json()["KeyMetadata"]["KeyId"]);
    let pending = json!({ "KeyId": key, "PendingWindowInDays": 7 });
    assert_eq!(
        call(emulator.address, "ScheduleKeyDeletion", &pending).status,
        200
    );
    let before = get(&emulator, "/_emulator/keys");

    let folder = tempfile::tempdir().unwrap();
    let [json, junit, html] = ["v.json", "v.xml", "v.html"].map(|name| folder.path().join(name));
    let files = [("--json", &json), ("--junit", &junit), ("--html", &html)];
    let files = files.map(|(name, file)| format!("{name}={}", file.display()));
    let arguments = [&files[0], &files[1], &files[2]].map(String::as_str);
    // Nothing listens there: variables do not send requests to another host.
    let verify = Verify::new(&url(emulator.address), &arguments);
    let verify = ["ALL_PROXY", "HTTP_PROXY", "http_proxy"]
        .into_iter()
        .fold(verify, |verify, name| {
            verify.variable(name, "http://127.0.0.1:1")
        });
    let output = verify
        .variable("NO_PROXY", "")
        .variable("no_proxy", "")
        .run();
    let output = output
        .has_code(0)
        .says(" 0 different")
        .says(" 0 not reached");
    assert!(!output.out.contains("not removed"), "{}", output.out);

    let results = results(&json);
    let count = results["cases"].as_array().unwrap().len();
    assert_eq!(count, kms_emulator::cases::embedded().unwrap().len());
    assert_eq!(results["totals"]["same"], json!(count));
    let text = fs::read_to_string(&junit).unwrap();
    assert_eq!(text.matches("<testcase ").count(), count);
    assert!(fs::read_to_string(&html).unwrap().ends_with("</html>\n"));

    // All is as before, although cases moved the clock by years and set the transition time.
    assert_eq!(get(&emulator, "/_emulator/keys"), before);
    assert_eq!(get(&emulator, "/_emulator/clock")["real"], json!(true));
    let settings = get(&emulator, "/_emulator/settings");
    assert_eq!(settings["transitionTime"], "3m");
    let faults = get(&emulator, "/_emulator/faults");
    assert_eq!(faults["faults"][0]["hits"], 0, "{faults}");
    assert_eq!(
        get(&emulator, "/_emulator/snapshots")["snapshots"],
        json!([])
    );
}

const SEED: &str = "
identities:
  - {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: one, arn: 'arn:aws:iam::444455556666:root'}
  - {access_key_id: AKIAI44QH8DHBEXAMPLE, secret_access_key: two, arn: 'arn:aws:iam::777788889999:root'}
";

#[test]
fn signed_requests_over_tls_have_the_same_answers_for_two_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    fs::write(&seed, SEED).unwrap();
    let seed = format!("--seed={}", seed.display());
    let emulator = serve(&["--tls", "--auth=sigv4", &seed]);
    let ca = folder.path().join("ca.pem");
    let pem = request(emulator.address, "GET /ca.pem HTTP/1.1", "").unwrap();
    fs::write(&ca, pem.body).unwrap();

    let json = folder.path().join("v.json");
    let arguments = [
        format!("--json={}", json.display()),
        format!("--ca-file={}", ca.display()),
        "--profile=one".to_owned(),
        "--other-profile=two".to_owned(),
    ];
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let verify = Verify::new(&format!("https://{}", emulator.address), &arguments);
    let aws = verify.home.path().join(".aws");
    fs::create_dir(&aws).unwrap();
    let profiles = "[one]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = one\n\
                    [two]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = two\n";
    fs::write(aws.join("credentials"), profiles).unwrap();
    verify
        .run()
        .has_code(0)
        .says(" 0 different")
        .says(" 0 not reached");
    let results = fs::read_to_string(&json).unwrap();
    assert!(!results.contains("444455556666"), "{results}");

    // Without the authority, with a wrong secret, and without the second account.
    let url = format!("https://{}", emulator.address);
    Verify::new(&url, &[]).run().has_code(2).says("TLS failed");
    let ca = format!("--ca-file={}", ca.display());
    let wrong = Verify::new(&url, &[&ca]).variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    let wrong = wrong.variable("AWS_SECRET_ACCESS_KEY", "wrong");
    wrong.run().has_code(2).says("InvalidSignatureException");
    let alone = Verify::new(&url, &[&ca, "--only=DisableKey"]);
    let alone = alone.variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    let alone = alone.variable("AWS_SECRET_ACCESS_KEY", "one").run();
    alone.has_code(0).says("1 needs a second account");
}
