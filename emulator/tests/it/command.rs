//! The commands of the binary.

#[cfg(unix)]
use std::process::Command;

use serde_json::json;

use crate::client::{call, create_key, request};
use crate::process::{emulator, run, start, start_in};

#[test]
fn ready_line_names_url_and_data_folder() {
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
    // As in the container image.
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

/// Not every platform can connect to 0.0.0.0.
#[test]
fn ready_line_names_a_url_that_clients_can_use() {
    let mut command = emulator();
    command.args(["--temporary", "--port=0", "--host=0.0.0.0"]);
    let running = start(command);
    let port = running.address.port();
    let expected = format!("Simulated KMS ready at http://127.0.0.1:{port} (data: temporary)");
    assert_eq!(running.ready, expected);

    let mut health = emulator();
    health.args(["health", "--host=0.0.0.0", &format!("--port={port}")]);
    assert_eq!(run(health).0, Some(0));
}

/// Only a terminal shows the next steps.
#[cfg(unix)]
#[test]
fn terminal_shows_next_steps() {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::ffi::OsStrExt as _;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let name = OsStr::from_bytes(name.to_bytes());
    let output = File::options().read(true).write(true).open(name).unwrap();
    let mut command = emulator();
    command.args(["--temporary", "--port=0", "--tls", "--log-level=off"]);
    command.stdout(output);
    let mut child = command.spawn().unwrap();
    drop(command); // closes its handle of the terminal

    let mut lines = BufReader::new(File::from(terminal)).lines();
    let ready = lines.next().unwrap().unwrap();
    let pid = child.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(kill.unwrap().success());
    // On Linux, reading fails once the process has closed the terminal.
    let rest: Vec<_> = lines.map_while(Result::ok).collect();
    assert!(child.wait().unwrap().success());
    let url = ready.split(' ').nth(4).unwrap();
    let rest = rest.join("\n");
    for expected in [
        &format!("export AWS_ENDPOINT_URL_KMS={url}"),
        &format!("{}/ca.pem", url.replace("https", "http")),
        "export AWS_CA_BUNDLE=ca.pem",
        "Any credentials are accepted. Press Ctrl-C to stop.",
    ] {
        assert!(rest.contains(expected), "{expected} in {rest}");
    }
}

/// In the China Regions, AWS allows one pair of this spec per ten seconds. A request counts even if its
/// key does not exist.
#[test]
fn quotas_are_enforced_if_set() {
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
fn stops_with_exit_code_0_and_keeps_keys() {
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
fn logs_one_line_per_request_without_secrets() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary", "--log-format=json"]);
    let running = start(command);
    let key = create_key(running.address);
    let sign =
        json!({ "KeyId": key, "Message": "dG9wIHNlY3JldA==", "SigningAlgorithm": "ECDSA_SHA_256" });
    let signature = call(running.address, "Sign", &sign).json()["Signature"].clone();
    call(running.address, "Sign", &json!({ "KeyId": "missing" }));
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
fn health_reports_a_running_emulator() {
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
fn seed_check_counts_resources() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seed.yaml");
    let seed = "keys:\n- {alias: alias/a}\n- {material: {seed: b}}\n";
    std::fs::write(&file, seed).unwrap();
    let mut check = emulator();
    check.args(["seed", "check"]).arg(&file);
    let (code, out, err) = run(check);
    assert_eq!(code, Some(0), "{err}");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    assert_eq!(lines[3], "2 keys, 1 alias, 0 identities: valid");
}

#[test]
fn policy_test_says_which_case_fails_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let [cases, report] = ["cases.jsonl", "report.xml"].map(|name| folder.path().join(name));
    let case = |name: &str, decision: &str| {
        json!({
            "name": name,
            "decision": decision,
            "key_policy": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Sign", "Resource": "*"}],
            "caller": {"arn": "arn:aws:iam::111122223333:user/alice"},
            "request": {"operation": "Sign", "key": {"arn": "arn:aws:kms:us-east-1:111122223333:key/k"}},
        })
    };
    let test = |text: &str| {
        std::fs::write(&cases, text).unwrap();
        let mut test = emulator();
        test.args(["policy", "test"])
            .arg(&cases)
            .arg("--junit")
            .arg(&report);
        run(test)
    };
    let good = case("alice signs", "allow");
    let (code, out, err) = test(&format!("{good}\n{good}\n"));
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "2 passed, 0 failed\n"),
        "{err}"
    );
    let (code, out, _) = test(&json!([good, case("alice <does not> sign", "deny")]).to_string());
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("alice <does not> sign: expected deny"),
        "{out}"
    );
    assert!(out.contains(r#""policy":"key policy""#), "{out}");
    assert!(out.ends_with("1 passed, 1 failed\n"), "{out}");
    let xml = std::fs::read_to_string(&report).unwrap();
    assert!(xml.contains(r#"tests="2" failures="1""#), "{xml}");
    assert!(
        xml.contains(r#"name="alice &lt;does not&gt; sign"><failure message="expected deny"#),
        "{xml}"
    );
    let (code, _, err) = test(r#"{"decision": "allow", "caller": {"arn": "x"}}"#);
    assert_eq!(code, Some(2));
    assert!(err.contains("case 1: missing field `request`"), "{err}");
}

/// systemd passes a socket as file descriptor 3, and describes it in two variables.
#[cfg(unix)]
#[test]
fn serves_only_the_inherited_socket() {
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
    // The address is ignored, so it need not exist.
    shell.args(["--temporary", "--host=192.0.2.1"]);
    shell.stdin(std::os::fd::OwnedFd::from(socket));
    let running = start(shell);
    assert_eq!(running.address, address);
    create_key(address);
    let (status, _) = running.stop();
    assert!(status.success());
}
