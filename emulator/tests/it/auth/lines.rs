//! AWS's answers to wrong signatures: `fixtures/authorization/signatures.jsonl`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::signing::{HttpRequest, Signature, now};
use super::{WHO, serve};
use crate::client::Answer;

const LINES: &str = include_str!("../../../../fixtures/authorization/signatures.jsonl");

const DAY: &str = "${day}";

#[derive(Deserialize)]
struct Line {
    id: String,
    about: String,
    #[serde(default = "kms")]
    service: String,
    request: LineRequest,
    expect: Expected,
}

fn kms() -> String {
    "kms".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineRequest {
    target: Option<String>,
    body: Option<String>,
    sign: Option<Sign>,
    /// Text that replaces another in the signature.
    replace: Option<[String; 2]>,
    authorization: Option<String>,
    query: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    access_key: Option<String>,
    secret: Option<String>,
    token: Option<String>,
    region: Option<String>,
    service: Option<String>,
    #[serde(default)]
    is_in_query: bool,
    #[serde(default)]
    minutes: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    r#type: Option<String>,
    message: Option<String>,
}

impl Line {
    /// The answer, and the day of the signature.
    fn send(&self, address: SocketAddr) -> (Answer, String) {
        let LineRequest {
            target,
            body,
            sign,
            replace,
            authorization,
            query,
            headers,
        } = &self.request;
        let mut request = match self.service.as_str() {
            "sts" => {
                HttpRequest::sts(body.as_deref().unwrap_or(WHO)).with("accept", "application/json")
            }
            _ => HttpRequest::kms("ListKeys", body.as_deref().unwrap_or("{}")),
        };
        if let Some(target) = target {
            request = request.with("x-amz-target", target);
        }
        for (name, value) in headers {
            request = request.with(name, value);
        }
        if let Some(sign) = sign {
            request = request.signed(address, &self.signature(sign));
        }
        let date = request
            .headers
            .iter()
            .find(|(name, _)| name == "x-amz-date");
        let day = date.map_or_else(String::new, |(_, date)| date.chars().take(8).collect());
        if let Some([from, to]) = replace {
            let (from, to) = (from.replace(DAY, &day), to.replace(DAY, &day));
            let header = request
                .headers
                .iter_mut()
                .find(|(name, _)| name == "authorization");
            let (_, value) = header.unwrap();
            assert!(value.contains(&from), "{}: {value}", self.id);
            *value = value.replace(&from, &to);
        }
        if let Some(authorization) = authorization {
            request = request.with("authorization", authorization);
        }
        if let Some(query) = query {
            request.query.clone_from(query);
        }
        (request.send(address), day)
    }

    fn signature(&self, sign: &Sign) -> Signature {
        let default = Signature::default();
        let text = |value: &Option<String>, default: &str| {
            value.clone().unwrap_or_else(|| default.to_owned())
        };
        let minutes = Duration::from_secs(sign.minutes.unsigned_abs() * 60);
        Signature {
            access_key: text(&sign.access_key, &default.access_key),
            secret: text(&sign.secret, &default.secret),
            token: sign.token.clone(),
            region: text(&sign.region, &default.region),
            service: text(&sign.service, &self.service),
            is_in_query: sign.is_in_query,
            time: if sign.minutes < 0 {
                now() - minutes
            } else {
                now() + minutes
            },
        }
    }

    fn check(&self, address: SocketAddr) {
        let about = format!("{} ({})", self.id, self.about);
        let (answer, day) = self.send(address);
        assert_eq!(answer.status, self.expect.status, "{about}: {answer:?}");
        let body = answer.json();
        let (name, message) = match self.service.as_str() {
            "sts" => (&body["Error"]["Code"], &body["Error"]["Message"]),
            _ => (&body["__type"], &body["message"]),
        };
        assert_eq!(name.as_str(), self.expect.r#type.as_deref(), "{about}");
        let message = message.as_str().map(without_times);
        let expected = self.expect.message.as_deref();
        assert_eq!(
            message,
            expected.map(|text| without_times(&text.replace(DAY, &day))),
            "{about}"
        );
        assert_eq!(body["Message"], Value::Null, "{about}");
    }
}

/// A message with `${time}` for each date, because the test does not know the second of the answer.
fn without_times(message: &str) -> String {
    let mut text = message.to_owned();
    let is_time = |part: &str| {
        let is_digit = |index: usize| part.as_bytes()[index].is_ascii_digit();
        part.as_bytes()[8] == b'T' && part.ends_with('Z') && (0..8).chain(9..15).all(is_digit)
    };
    let mut start = 0;
    while let Some(part) = text.get(start..start + 16).map(str::to_owned) {
        if is_time(&part) {
            text = text.replace(&part, "${time}");
        }
        start += 1;
    }
    text
}

#[test]
fn wrong_signatures_have_the_answers_of_aws() {
    let server = serve();
    let lines: Vec<Line> = LINES
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 46);
    for line in lines {
        line.check(server.address);
    }
}
