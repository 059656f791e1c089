//! Seed files, through the binary and the control plane, and the configuration of local-kms.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{Answer, call, request};
use crate::process::{emulator, run, start};

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seed")
}

fn signed(address: SocketAddr, region: &str, operation: &str, body: &Value) -> Answer {
    let head = format!(
        "POST / HTTP/1.1\r\nX-Amz-Target: TrentService.{operation}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=111122223333/20260101/{region}/kms/aws4_request"
    );
    request(address, &head, &body.to_string()).unwrap()
}

#[test]
fn applies_a_seed_once_and_resets_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let mut command = emulator();
        command
            .args(["--port=0", "--seed"])
            .arg(seeds().join("example.yaml"));
        command.arg("--data-dir").arg(folder.path().join("data"));
        start(command)
    };
    let key = json!({ "KeyId": "alias/orders" });
    let running = open();
    let answer = signed(running.address, "eu-west-1", "DescribeKey", &key).json();
    assert_eq!(
        answer["KeyMetadata"]["KeyId"],
        "1234abcd-12ab-34cd-56ef-1234567890ab"
    );
    assert_eq!(
        signed(
            running.address,
            "eu-west-1",
            "DisableKey",
            &answer["KeyMetadata"]
        )
        .status,
        200
    );
    running.stop();
    let running = open();
    let answer = signed(running.address, "eu-west-1", "DescribeKey", &key).json();
    assert_eq!(answer["KeyMetadata"]["KeyState"], "Disabled");
    // Back to the seed.
    let reset = "POST /_emulator/reset HTTP/1.1\r\nX-Emulator-Token: any";
    assert_eq!(request(running.address, reset, "").unwrap().status, 200);
    let answer = signed(running.address, "eu-west-1", "DescribeKey", &key).json();
    assert_eq!(answer["KeyMetadata"]["KeyState"], "Enabled");
}

/// An earlier emulator encrypted [`EARLIER`] with the keys of the example.
#[test]
fn decrypts_ciphertexts_of_other_emulators_with_the_seed() {
    let encrypted = {
        let mut command = emulator();
        command
            .args(["--port=0", "--temporary", "--seed"])
            .arg(seeds().join("example.yaml"));
        let running = start(command);
        let body = json!({ "KeyId": "alias/orders", "Plaintext": "YQ==" });
        signed(running.address, "eu-west-1", "Encrypt", &body).json()["CiphertextBlob"].clone()
    };
    let mut command = emulator();
    command
        .args(["--port=0", "--temporary", "--seed"])
        .arg(seeds().join("example.yaml"));
    let running = start(command);
    for blob in [encrypted, json!(EARLIER)] {
        let answer = signed(
            running.address,
            "eu-west-1",
            "Decrypt",
            &json!({ "CiphertextBlob": blob }),
        );
        assert_eq!(answer.json()["Plaintext"], "YQ==", "{answer:?}");
    }
}

const EARLIER: &str = "AQICAHihiNtSnP9k04X1dKfzCHGE2lm3Kb0DUZdbZtlkMrq6NAGRIgoXJDyhk1btmdBAHFvVAAAAXzBdBgkqhkiG9w0BBwagUDBOAgEAMEkGCSqGSIb3DQEHATAeBglghkgBZQMEAS4wEQQMGrqgYHdyGxISgAKZAgEQgBxht7Q3DUA58sckZfzCVf9rrCBvg/oMVUSmmDJm";

#[test]
fn serve_and_check_reject_an_invalid_seed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seed.yaml");
    fs::write(&file, "keys:\n  - alias: alias/a\n    spec: ROT13\n").unwrap();
    let expected = format!("kms-emulator: {}:3: keys[0].spec: ", file.display());
    for arguments in [
        &["seed", "check"][..],
        &["--port=0", "--temporary", "--seed"],
    ] {
        let mut command = emulator();
        command.args(arguments).arg(&file);
        let (code, out, errors) = run(command);
        assert_eq!((code, out), (Some(2), String::new()), "{errors}");
        assert!(errors.contains(&expected), "{errors}");
    }
    let mut command = emulator();
    command
        .args(["seed", "check"])
        .arg(seeds().join("example.yaml"));
    let (code, out, _) = run(command);
    assert_eq!(code, Some(0));
    assert!(
        out.contains("arn:aws:kms:eu-west-1:111122223333:alias/orders\n"),
        "{out}"
    );
}

#[test]
fn control_plane_applies_all_or_nothing() {
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    let running = start(command);
    let seed = |text: &str| {
        let head = "POST /_emulator/seed HTTP/1.1\r\nX-Emulator-Token: any";
        request(running.address, head, text).unwrap()
    };
    let answer = seed("keys:\n  - alias: alias/a\n  - alias: alias/b\n    spec: ROT13\n");
    assert_eq!(answer.status, 400);
    let error = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(error.starts_with("seed:4: keys[1].spec: "), "{error}");
    let keys = |address| {
        call(address, "ListKeys", &json!({})).json()["Keys"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(keys(running.address), 0);
    let answer = seed(r#"{"keys": [{"alias": "alias/a", "material": {"seed": "a"}}]}"#);
    assert_eq!((answer.status, &answer.json()["made"]), (200, &json!(2)));
    assert_eq!(keys(running.address), 1);
}

/// The variables, seed file, port, account and Region of local-kms.
#[test]
fn replaces_a_container_of_local_kms() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = emulator();
    command
        .env("PORT", "0")
        .env("KMS_ACCOUNT_ID", "444455556666")
        .env("KMS_REGION", "eu-west-3")
        .env("KMS_SEED_PATH", seeds().join("local-kms.yaml"))
        .env("KMS_DATA_PATH", folder.path().join("data"));
    let running = start(command);
    assert!(
        running
            .ready
            .contains(&folder.path().join("data").display().to_string())
    );
    let key = json!({ "KeyId": "alias/testing" });
    for region in ["eu-west-3", "us-east-1"] {
        let answer = signed(running.address, region, "DescribeKey", &key);
        let arn = answer.json()["KeyMetadata"]["Arn"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            arn.starts_with("arn:aws:kms:eu-west-3:444455556666:key/"),
            "{arn}"
        );
    }
}
