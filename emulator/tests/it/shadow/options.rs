//! Options that go together, and requests of clients as the upstream sees them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;

use super::{AUTHORIZATION, Pair, command, control, ok, shadow};
use crate::client::request;
use crate::process::run;

#[test]
fn options_without_sense_are_refused() {
    let url = "http://127.0.0.1:1";
    for (arguments, expected) in [
        (
            &["--auth", "policy"][..],
            "--auth cannot be used with --upstream",
        ),
        (
            &["--quotas", "aws"],
            "--quotas cannot be used with --upstream",
        ),
        (
            &["--consistency-delay", "1s"],
            "--consistency-delay cannot be used with --upstream",
        ),
        (
            &["--seed", "keys.yaml"],
            "--seed cannot be used with --upstream",
        ),
    ] {
        let mut command = command(url);
        command.args(arguments);
        let (code, out, log) = run(command);
        assert_eq!(code, Some(2), "{out}{log}");
        assert!(log.contains(expected), "{log}");
    }
    let (code, _, log) = run(command("https://kms.us-east-1.amazonaws.com"));
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("needs credentials"), "{log}");
    let mut alone = crate::process::emulator();
    alone.args(["--port=0", "--shadow-cases", "cases"]);
    assert_eq!(run(alone).0, Some(2));
}

#[test]
fn control_plane_changes_nothing_of_a_shadow() {
    let pair = Pair::start();
    let key = pair.create(&json!({}));
    for route in [
        "PUT clock",
        "POST faults",
        "POST reset",
        "POST seed",
        "PUT state",
        "POST snapshots/a",
    ] {
        let answer = control(pair.shadow.address, route);
        assert_eq!(answer.status, 409, "{route}: {answer:?}");
    }
    for route in ["GET clock", "GET state", "DELETE events", "GET shadow"] {
        let answer = control(pair.shadow.address, route);
        assert_eq!(answer.status, 200, "{route}: {answer:?}");
    }
    // A route of another emulator goes to the upstream.
    let answer = request(pair.shadow.address, "POST /moto-api/reset HTTP/1.1", "").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        pair.error("DescribeKey", &json!({ "KeyId": key })),
        "NotFoundException"
    );

    let (_alone, address) = crate::in_process::local();
    assert_eq!(control(address, "GET shadow").status, 404);
}

#[test]
fn answers_pass_byte_for_byte() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let shadow = shadow(&format!("http://{address}"), |_| {});
    let serve = |listener: TcpListener| {
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = String::new();
            while !seen.ends_with("{ }") {
                let mut buffer = [0; 1024];
                let length = stream.read(&mut buffer).unwrap();
                seen += std::str::from_utf8(&buffer[..length]).unwrap();
            }
            let body = "{\"__type\" : \"NewException\"}\n";
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 418 I'm a teapot\r\nx-amzn-RequestId: an-id\r\nX-Amz-New: value\r\n\
                 Content-Type: text/new\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
            (seen, body)
        })
    };
    let upstream = serve(listener);
    let head = format!(
        "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.ListKeys\r\nUser-Agent: a client\r\n\
         X-Emulator-Token: a secret\r\nCookie: a=b\r\nX-Amz-Date: 20260101T000000Z\r\n\
         Content-Type: application/x-amz-json-1.1\r\nAuthorization: {AUTHORIZATION}"
    );
    let answer = request(shadow.address, &head, "{ }").unwrap();
    let (seen, body) = upstream.join().unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (418, body));
    for (name, value) in [
        ("x-amzn-requestid", "an-id"),
        ("x-amz-new", "value"),
        ("content-type", "text/new"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    let seen = seen.to_lowercase();
    for line in [
        "post / http/1.1",
        "x-amz-target: trentservice.listkeys",
        "user-agent: a client",
        "x-amz-date: 20260101t000000z",
        &format!("authorization: {}", AUTHORIZATION.to_lowercase()),
        &format!("host: {address}"),
    ] {
        assert!(seen.lines().any(|other| other == line), "{line} in {seen}");
    }
    assert!(
        !seen.contains("cookie") && !seen.contains("a secret"),
        "{seen}"
    );
}

#[test]
fn requests_are_signed_with_the_credentials_of_the_process() {
    let mut seed = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    let text = "identities: [{access_key_id: AKIAUPSTREAM, secret_access_key: secret, \
                account: '777788889999'}]";
    seed.write_all(text.as_bytes()).unwrap();
    let mut upstream = crate::process::emulator();
    upstream.args(["--temporary", "--port=0", "--auth=sigv4", "--seed"]);
    upstream.arg(seed.path());
    let upstream = crate::process::start(upstream);
    let shadow = shadow(&format!("http://{}", upstream.address), |command| {
        command
            .env("AWS_ACCESS_KEY_ID", "AKIAUPSTREAM")
            .env("AWS_SECRET_ACCESS_KEY", "secret");
    });
    let made = ok(shadow.address, "CreateKey", &json!({}));
    assert_eq!(made["KeyMetadata"]["AWSAccountId"], "777788889999");
    ok(shadow.address, "ListKeys", &json!({}));
    let report = super::report(shadow.address);
    assert_eq!(report["same"], 2, "{report:#}");
    let (_, log) = shadow.stop();
    assert!(
        log.contains("signed with the AWS credentials of this process"),
        "{log}"
    );
}
