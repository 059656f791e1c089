//! Options, their variables, and the errors about their values.

use serde_json::json;

use crate::client::{call, create_key};
use crate::process::{emulator, run, start};

#[test]
fn variables_set_options() {
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

#[test]
fn boolean_variables_accept_common_values() {
    let folder = tempfile::tempdir().unwrap();
    let start_with = |temporary: &str| {
        let mut command = emulator();
        command.arg("--port=0").env("KMS_TEMPORARY", temporary);
        command.env("KMS_DATA_DIR", folder.path());
        start(command).ready.clone()
    };
    for yes in ["1", "yes", "on", "true", "TRUE"] {
        let ready = start_with(yes);
        assert!(ready.ends_with("(data: temporary)"), "{yes}: {ready}");
    }
    for no in ["0", "no", "off", "false"] {
        let ready = start_with(no);
        assert!(!ready.ends_with("(data: temporary)"), "{no}: {ready}");
    }
}

#[test]
fn host_can_be_localhost() {
    let mut command = emulator();
    command.args(["--temporary", "--port=0", "--host=localhost"]);
    assert!(start(command).address.ip().is_loopback());
}

/// Runs a command line that fails, and returns its error.
fn error(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = emulator();
    command.args(arguments).envs(variables.iter().copied());
    let (code, out, err) = run(command);
    assert_eq!(code, Some(2), "{arguments:?}: {err}");
    assert_eq!(out, "");
    err
}

#[test]
fn errors_name_the_option() {
    for (arguments, expected) in [
        (
            &["--account", "1234"][..],
            "invalid value '1234' for '--account <ID>': expected 12 digits",
        ),
        (
            &["--region", "here"],
            "invalid value 'here' for '--region <REGION>': expected a Region, such as us-east-1",
        ),
        (
            &["--port", "many"],
            "invalid value 'many' for '--port <PORT>': expected a number up to 65535",
        ),
        (
            &["--host", "kms.example"],
            "invalid value 'kms.example' for '--host <HOST>': expected an IP address, such as \
             127.0.0.1, or localhost",
        ),
        (
            &["--xks-connect-to", "proxy.example"],
            "expected HOST=URL, such as proxy.example=http://127.0.0.1:8443",
        ),
    ] {
        let error = error(arguments, &[]);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    // The option overrides the variable, so the error names the option.
    let error = error(&["--port=many"], &[("KMS_PORT", "4599")]);
    assert!(error.contains("'--port <PORT>'"), "{error}");
}

#[test]
fn errors_name_the_variable() {
    for (variable, value, expected) in [
        (
            "KMS_PORT",
            "tcp://10.0.0.1:4599",
            "invalid value 'tcp://10.0.0.1:4599' for 'KMS_PORT': expected a number up to 65535\n\n  \
             tip: Kubernetes sets KMS_PORT for a Service named kms",
        ),
        (
            "KMS_TLS",
            "maybe",
            "invalid value 'maybe' for 'KMS_TLS': value was not a boolean\n\n  \
             tip: use 1 or 0, true or false, yes or no, on or off",
        ),
        (
            "KMS_LOG_LEVEL",
            "loud",
            "invalid value 'loud' for 'KMS_LOG_LEVEL'",
        ),
        (
            "KMS_TRANSITION_TIME",
            "5",
            "invalid value '5' for 'KMS_TRANSITION_TIME'",
        ),
        (
            "KMS_XKS_CONNECT_TO",
            "a=http://127.0.0.1:1,b",
            "invalid value 'b' for 'KMS_XKS_CONNECT_TO'",
        ),
        (
            "KMS_CONTROL_TOKEN",
            "",
            "a value is required for 'KMS_CONTROL_TOKEN'",
        ),
        (
            "KMS_ACCOUNT_ID",
            "1234",
            "invalid value '1234' for 'KMS_ACCOUNT_ID': expected 12 digits",
        ),
        ("PORT", "many", "invalid value 'many' for 'PORT'"),
    ] {
        // No emulator can listen on this address, so it never starts, even if the value is accepted.
        let arguments = ["--temporary", "--host=192.0.2.1"];
        let error = error(&arguments, &[(variable, value)]);
        assert!(error.contains(expected), "{variable}: {error}");
    }
}

#[test]
fn errors_about_addresses_give_advice() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    let running = start(command);
    let port = running.address.port().to_string();
    let in_use = error(&["--temporary", "--port", &port], &[]);
    assert!(
        in_use.contains("choose another port with --port"),
        "{in_use}"
    );
    // This address is reserved for documentation, so no machine has it.
    let foreign = error(&["--temporary", "--port=0", "--host=192.0.2.1"], &[]);
    assert!(
        foreign.contains("choose an address of this machine with --host"),
        "{foreign}"
    );
}

#[test]
fn warns_about_unknown_variables() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    command.envs([
        ("KMS_TEMPORRY", "1"),
        ("KMS_LOGLEVEL", "off"),
        ("KMS_ZZZ", "1"),
        // Known: the emulator's, local-kms's, and those of Kubernetes.
        ("KMS_EVENTS", "10"),
        ("KMS_ACCOUNT_ID", "111122223333"),
        ("KMS_SERVICE_HOST", "10.0.0.1"),
        ("KMS_PORT_4599_TCP_PORT", "4599"),
        ("KMS_TEST_PORT", "tcp://10.0.0.1:4599"),
    ]);
    let (_, log) = start(command).stop();
    let prefix = "ignoring the unknown environment variable ";
    let mut warnings: Vec<_> = log
        .lines()
        .filter_map(|line| Some(line.split_once(prefix)?.1))
        .collect();
    warnings.sort_unstable();
    let expected = [
        "KMS_LOGLEVEL; did you mean KMS_LOG_LEVEL?",
        "KMS_TEMPORRY; did you mean KMS_TEMPORARY?",
        "KMS_ZZZ",
    ];
    assert_eq!(warnings, expected, "{log}");
}

#[test]
fn export_needs_a_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for path in [missing.as_path(), folder.path()] {
        let path_text = path.to_str().unwrap();
        let error = error(&["export", "--data-dir", path_text], &[]);
        let expected = format!("{path_text} is not a data folder of Simulated KMS");
        assert!(error.contains(&expected), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
