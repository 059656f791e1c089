//! Compatibility: a state file of version 1 stays readable.
//!
//! `fixtures/state/version-1.json` contains every kind of record. `version-1-calls.json` contains calls
//! with the responses of the emulator that wrote the file. The calls decrypt old ciphertexts, verify old
//! signatures and MACs, and use old grant tokens, import tokens and markers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use kms_emulator::Kms;
use kms_emulator::clock::parse_duration;
use kms_emulator::protocol::Request;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Step {
    Advance { advance: String },
    Call(Call),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    operation: String,
    #[serde(default = "us_east_1")]
    region: String,
    #[serde(default = "example")]
    access_key: String,
    input: Value,
    status: u16,
    output: Value,
}

fn us_east_1() -> String {
    "us-east-1".to_owned()
}

fn example() -> String {
    "AKIDEXAMPLE".to_owned()
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/state");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn imported() -> Kms {
    let kms = Kms::builder().build_temporary().unwrap();
    kms.import(&fixture("version-1.json")).unwrap();
    kms
}

#[test]
fn exports_an_imported_state_unchanged() {
    assert_eq!(imported().export().unwrap(), fixture("version-1.json"));
}

#[test]
fn responses_match_the_emulator_that_wrote_the_state() {
    let kms = imported();
    let steps: Vec<Step> = serde_json::from_str(&fixture("version-1-calls.json")).unwrap();
    for (index, step) in steps.into_iter().enumerate() {
        match step {
            Step::Advance { advance } => kms.clock().advance(parse_duration(&advance).unwrap()),
            Step::Call(call) => {
                let (status, output) = respond(&kms, &call);
                let (operation, input) = (&call.operation, &call.input);
                assert_eq!(
                    (status, output),
                    (call.status, call.output),
                    "step {index}: {operation} {input}"
                );
            }
        }
    }
}

fn respond(kms: &Kms, call: &Call) -> (u16, Value) {
    let Call {
        operation,
        region,
        access_key,
        input,
        ..
    } = call;
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/20261128/{region}/kms/aws4_request,");
    let reply = kms.handle(&Request {
        method: "POST",
        path: "/",
        target: Some(&format!("TrentService.{operation}")),
        authorization: Some(&authorization),
        body: input.to_string().as_bytes(),
        ..Request::default()
    });
    let output = if reply.body.is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        serde_json::from_slice(&reply.body).unwrap()
    };
    (reply.status, output)
}
