//! Requests as bytes, with damage that no JSON library or HTTP client would produce.

use fastrand::Rng;

pub(crate) struct Raw {
    pub(crate) bytes: Vec<u8>,
    /// Whether the target names the operation, so that its output and errors apply.
    pub(crate) reaches_operation: bool,
}

/// Accounts and Regions of some requests. The keys of the others are in us-east-1.
const OTHER_SCOPES: &[&str] = &[
    "AKIDEXAMPLE/20260131/eu-west-1",
    "AKIDEXAMPLE/20260131/cn-north-1",
    "111122223333/20260131/us-east-1",
];

/// A well-formed request.
pub(crate) fn request(operation: &str, body: &[u8], rng: &mut Rng) -> Raw {
    let scope = match rng.u8(..8) {
        0 => rng.choice(OTHER_SCOPES).unwrap(),
        _ => "AKIDEXAMPLE/20260131/us-east-1",
    };
    let lines = format!(
        "X-Amz-Target: TrentService.{operation}\r\nContent-Type: application/x-amz-json-1.1\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={scope}/kms/aws4_request, SignedHeaders=host, \
         Signature=00\r\n"
    );
    Raw {
        bytes: message("POST", &lines, body),
        reaches_operation: true,
    }
}

fn message(method: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} / HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A request with a damaged body, or with headers that no SDK sends.
pub(crate) fn damaged(operation: &str, body: &[u8], rng: &mut Rng) -> Raw {
    if rng.u8(..4) > 0 {
        return request(operation, &damaged_body(body, rng), rng);
    }
    let target = format!("X-Amz-Target: TrentService.{operation}\r\n");
    let long = format!("{target}Authorization: {}\r\n", "A".repeat(20_000));
    let other_case = format!("x-amz-target: trentservice.{operation}\r\n");
    let (method, lines, reaches_operation) = *rng
        .choice(&[
            ("POST", "", false),
            ("POST", "X-Amz-Target: \r\n", false),
            ("POST", "X-Amz-Target: TrentService.\r\n", false),
            ("POST", "X-Amz-Target: TrentService.Sign\0\r\n", false),
            ("POST", "X-Amz-Target: DynamoDB_20120810.GetItem\r\n", false),
            ("POST", other_case.as_str(), false),
            ("GET", target.as_str(), false),
            ("PUT", target.as_str(), false),
            ("POST", long.as_str(), true),
            (
                "POST",
                "Authorization: AWS4-HMAC-SHA256 Credential=////\r\n",
                false,
            ),
        ])
        .unwrap();
    let scopes = [
        "",
        "//",
        "é/x/y/kms/z",
        "AKID/20260131/US EAST/kms/aws4_request",
    ];
    let scope = rng.choice(scopes).unwrap();
    let with_scope = format!("{target}Authorization: AWS4-HMAC-SHA256 Credential={scope}\r\n");
    let (lines, reaches_operation) = match rng.u8(..4) {
        0 => (with_scope.as_str(), true),
        _ => (lines, reaches_operation),
    };
    Raw {
        bytes: message(method, lines, body),
        reaches_operation: reaches_operation && method == "POST",
    }
}

fn damaged_body(body: &[u8], rng: &mut Rng) -> Vec<u8> {
    let at = rng.usize(..=body.len());
    let (before, after) = body.split_at(at);
    let joined = |middle: &[u8]| [before, middle, after].concat();
    // A member in front of the others.
    let with_member = |member: &str| {
        let rest = body.strip_prefix(b"{").unwrap_or(body);
        let comma = if rest.starts_with(b"}") { "" } else { "," };
        [b"{", member.as_bytes(), comma.as_bytes(), rest].concat()
    };
    match rng.u8(..14) {
        0 => before.to_vec(),
        1 => joined(&[*rng.choice(&[0, 0x80, 0xff, b'"', b'{', b'\\']).unwrap()]),
        2 => joined(&[0xed, 0xa0, 0x80]),
        3 => joined(br"\ud800"),
        4 => [b"\xef\xbb\xbf", body].concat(),
        5 => [body, body].concat(),
        6 => "[".repeat(rng.usize(1..50_000)).into_bytes(),
        7 => with_member(&format!(
            r#""Unknown":{}"#,
            "{\"a\":".repeat(rng.usize(1..20_000))
        )),
        8 => with_member(&format!(r#""Limit":{}"#, "9".repeat(rng.usize(1..400)))),
        9 => with_member(r#""Limit":1e999"#),
        10 => with_member(r#""KeyId":"alias/first","KeyId":null,"KeyId":["second"]"#),
        11 => with_member(r#""Limit":-0,"PendingWindowInDays":7.0,"ValidTo":1e18"#),
        12 => Vec::new(),
        _ => {
            let mut body = body.to_vec();
            if let Some(byte) = body.get_mut(at) {
                *byte ^= 1 << rng.u8(..8);
            }
            body
        }
    }
}
