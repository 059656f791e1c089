//! The command line: what a person sees of the binary.

#[cfg(unix)]
use std::process::Command;

use serde_json::json;

use crate::client::{call, create_key, request};
use crate::process::{emulator, run, start, start_in};

#[test]
fn it_says_that_it_is_ready_where_and_what_it_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path());
    let expected = format!(
        "Simulated KMS ready at http://{} (data: {})",
        running.address,
        folder.path().display()
    );
    assert_eq!(running.ready, expected);
    drop(running);

    let mut temporary = emulator();
    // As in the image, where the environment names a folder.
    temporary.env("KMS_DATA_DIR", folder.path().join("unused"));
    temporary.args(["serve", "--port", "0", "--temporary"]);
    let running = start(temporary);
    assert!(!folder.path().join("unused").exists());
    assert!(
        running.ready.ends_with("(data: temporary)"),
        "{}",
        running.ready
    );
}

#[test]
fn help_names_every_option_with_its_environment_variable() {
    let mut help = emulator();
    help.arg("--help");
    let (code, out, _) = run(help);
    assert_eq!(code, Some(0));
    for (option, variable) in [
        ("--host", "KMS_HOST"),
        ("--port", "KMS_PORT"),
        ("--data-dir", "KMS_DATA_DIR"),
        ("--temporary", "KMS_TEMPORARY"),
        ("--region", "KMS_REGION"),
        ("--account", "KMS_ACCOUNT"),
        ("--trust-any-attestation", "KMS_TRUST_ANY_ATTESTATION"),
        ("--quotas", "KMS_QUOTAS"),
        ("--transition-time", "KMS_TRANSITION_TIME"),
        ("--xks-connect-to", "KMS_XKS_CONNECT_TO"),
        ("--xks-ca", "KMS_XKS_CA"),
        ("--tls", "KMS_TLS"),
        ("--tls-name", "KMS_TLS_NAME"),
        ("--tls-cert", "KMS_TLS_CERT"),
        ("--tls-key", "KMS_TLS_KEY"),
        ("--cors-origin", "KMS_CORS_ORIGIN"),
        ("--seed", "KMS_SEED"),
        ("--also-port", "KMS_ALSO_PORT"),
        ("--deterministic", "KMS_DETERMINISTIC"),
        ("--consistency-delay", "KMS_CONSISTENCY_DELAY"),
        ("--control-token", "KMS_CONTROL_TOKEN"),
        ("--events", "KMS_EVENTS"),
        ("--event-log", "KMS_EVENT_LOG"),
        ("--max-connections", "KMS_MAX_CONNECTIONS"),
        ("--log-level", "KMS_LOG_LEVEL"),
        ("--log-format", "KMS_LOG_FORMAT"),
    ] {
        assert!(out.contains(option), "{option} in {out}");
        assert!(
            out.contains(&format!("[env: {variable}")),
            "{variable} in {out}"
        );
    }
}

#[test]
fn options_come_from_the_environment_too() {
    let mut command = emulator();
    command.env("KMS_PORT", "0").env("KMS_TEMPORARY", "true");
    command
        .env("KMS_REGION", "eu-west-3")
        .env("KMS_ACCOUNT", "111122223333");
    let running = start(command);
    let key = create_key(running.address);
    let answer = call(running.address, "DescribeKey", &json!({ "KeyId": key }));
    let arn = format!("arn:aws:kms:eu-west-3:111122223333:key/{key}");
    assert_eq!(answer.json()["KeyMetadata"]["Arn"], arn);
}

/// In China, one pair of this spec is made in ten seconds; the request counts though there is no key.
#[test]
fn quotas_are_kept_if_asked_for() {
    let second = |options: &[(&str, &str)]| {
        let mut command = emulator();
        command.args(["--port=0", "--temporary", "--region=cn-north-1"]);
        command.envs(options.iter().copied());
        let running = start(command);
        let key = "11111111-2222-4333-8444-555555555555";
        let pair = json!({ "KeyId": key, "KeyPairSpec": "RSA_4096" });
        let first = call(running.address, "GenerateDataKeyPair", &pair);
        assert_eq!(first.json()["__type"], "NotFoundException");
        let second = call(running.address, "GenerateDataKeyPair", &pair);
        assert_eq!(second.status, 400);
        second.json()["__type"].as_str().unwrap().to_owned()
    };
    assert_eq!(second(&[("KMS_QUOTAS", "aws")]), "ThrottlingException");
    assert_eq!(second(&[("KMS_QUOTAS", "none")]), "NotFoundException");
    assert_eq!(second(&[]), "NotFoundException");
}

#[test]
fn stopping_it_ends_with_exit_code_0_and_keeps_every_key() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path());
    let key = create_key(running.address);
    let (status, log) = running.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(
        log.contains("SIGTERM: stopping") && log.contains("stopped"),
        "{log}"
    );

    let running = start_in(folder.path());
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
}

#[test]
fn the_log_has_one_line_a_request_and_nothing_secret() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--log-format=json"]);
    let running = start(command);
    let key = create_key(running.address);
    let sign =
        json!({ "KeyId": key, "Message": "dG9wIHNlY3JldA==", "SigningAlgorithm": "ECDSA_SHA_256" });
    let signature = call(running.address, "Sign", &sign).json()["Signature"].clone();
    call(running.address, "Sign", &json!({ "KeyId": "nobody" }));
    let (_, log) = running.stop();

    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let requests: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "request")
        .collect();
    assert_eq!(requests.len(), 3, "{log}");
    assert_eq!(requests[1]["operation"], "Sign");
    assert_eq!(requests[1]["key"], key);
    assert_eq!(requests[1]["status"], 200);
    assert_eq!(requests[2]["error"], "ValidationException");
    assert!(!log.contains("dG9wIHNlY3JldA"), "{log}");
    assert!(!log.contains(signature.as_str().unwrap()), "{log}");
}

#[test]
fn health_asks_a_running_emulator() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    let running = start(command);
    create_key(running.address);
    let port = running.address.port().to_string();
    let mut health = emulator();
    health.args(["health", "--port", &port]);
    let (code, out, _) = run(health);
    assert_eq!(code, Some(0));
    let out: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&out["status"], &out["keys"]), (&json!("ok"), &json!(1)));

    let direct = request(running.address, "GET /health HTTP/1.1", "").unwrap();
    assert_eq!(direct.json()["version"], env!("CARGO_PKG_VERSION"));
    drop(running);

    let mut health = emulator();
    health.args(["health", "--port", &port]);
    let (code, _, err) = run(health);
    assert_eq!(code, Some(1));
    assert!(
        err.contains(&format!("no healthy emulator at http://127.0.0.1:{port}")),
        "{err}"
    );
}

#[test]
fn what_cannot_start_says_why_in_one_sentence_with_exit_code_2() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    let running = start(command);
    let taken = running.address.port().to_string();
    for (arguments, sentence) in [
        (
            vec!["--temporary", "--port", &taken],
            "choose another port with --port",
        ),
        (
            vec!["--temporary", "--account", "1234"],
            "invalid account \"1234\": expected 12 digits",
        ),
        (
            vec!["--temporary", "--region", "here"],
            "invalid Region \"here\": expected a name such as eu-west-1",
        ),
        (
            vec!["--temporary", "--port", "many"],
            "invalid value 'many' for '--port <PORT>'",
        ),
    ] {
        let mut command = emulator();
        command.args(&arguments);
        let (code, out, err) = run(command);
        assert_eq!(code, Some(2), "{arguments:?}: {err}");
        assert!(err.contains(sentence), "{arguments:?}: {err}");
        assert_eq!(out, "");
    }
}

#[test]
fn shells_and_man_are_told_of_every_command() {
    for (arguments, begins) in [
        (&["completions", "bash"][..], "_kms__emulator() {"),
        (&["completions", "zsh"], "#compdef kms-emulator"),
        (&["completions", "fish"], "# Print an optspec"),
        (&["man"], ".ie \\n(.g"),
    ] {
        let mut describe = emulator();
        describe.args(arguments);
        let (code, out, _) = run(describe);
        assert_eq!(code, Some(0), "{arguments:?}");
        assert!(out.starts_with(begins), "{arguments:?}: {out}");
        let plain = out.replace('\\', "");
        for word in ["health", "export", "attest", "tls-name", "cors-origin"] {
            assert!(plain.contains(word), "{arguments:?}: {word}");
        }
    }
}

/// As systemd starts a service whose socket it holds: the socket is descriptor 3, and two variables
/// say so.
#[cfg(unix)]
#[test]
fn a_socket_that_is_handed_over_is_served_and_nothing_else() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let program = emulator();
    let mut shell = Command::new("sh");
    let script = "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"";
    shell.args(["-c", script, "sh"]).arg(program.get_program());
    for (name, value) in program.get_envs() {
        assert!(value.is_none());
        shell.env_remove(name);
    }
    // No port is needed, not even one that can be had.
    shell.args(["--temporary", "--host=192.0.2.1"]);
    shell.stdin(std::os::fd::OwnedFd::from(socket));
    let running = start(shell);
    assert_eq!(running.address, address);
    create_key(address);
    let (status, _) = running.stop();
    assert!(status.success());
}
