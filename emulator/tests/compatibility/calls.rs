//! Calls with the responses of the emulator that wrote a fixture.

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

/// Repeats the calls of a fixture, and compares the responses.
pub(crate) fn repeat(kms: &Kms, calls: &str) {
    let steps: Vec<Step> = serde_json::from_str(calls).unwrap();
    assert!(!steps.is_empty());
    for (index, step) in steps.into_iter().enumerate() {
        match step {
            Step::Advance { advance } => kms.clock().advance(parse_duration(&advance).unwrap()),
            Step::Call(call) => {
                let (status, output) = respond(kms, &call);
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
