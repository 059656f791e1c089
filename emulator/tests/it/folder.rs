//! Errors of data folders, which must not change data.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::client::{call, create_key, request, signing_key, text};
use crate::process::{emulator, run, start, start_in};

fn error(folder: &Path) -> String {
    let mut command = emulator();
    command.arg("--port=0").arg("--data-dir").arg(folder);
    let (code, out, err) = run(command);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    err
}

#[test]
fn rejects_a_folder_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path());
    let key = create_key(running.address);
    let err = error(folder.path());
    let expected = format!(
        "kms-emulator: another kms-emulator is using the data folder {}; stop it, or choose \
         another folder with --data-dir\n",
        folder.path().display()
    );
    assert_eq!(err, expected);
    assert_eq!(
        call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
        200
    );
}

#[test]
fn rejects_a_damaged_log() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path());
    for _ in 0..40 {
        create_key(running.address);
    }
    running.kill();
    // Older commits are in the database, and the latest are in a file of their own.
    for (log, at) in [("sled/db", 3000), ("recent", 100)] {
        let log = folder.path().join(log);
        let intact = fs::read(&log).unwrap();
        let mut bytes = intact.clone();
        bytes[at] ^= 0x55;
        fs::write(&log, &bytes).unwrap();

        let err = error(folder.path());
        assert!(
            err.contains("is damaged") && err.contains("nothing was changed"),
            "{err}"
        );
        assert_eq!(fs::read(&log).unwrap(), bytes);
        fs::write(&log, &intact).unwrap();
    }
}

#[test]
fn names_a_folder_without_write_permission() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("read-only");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(parent.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = emulator();
    command.arg("--port=0").arg("--data-dir").arg(&folder);
    // Root can write everywhere, so the emulator runs as another user.
    if fs::write(folder.join("probe"), b"").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        let binary = parent.path().join("kms-emulator");
        fs::copy(env!("CARGO_BIN_EXE_kms-emulator"), &binary).unwrap();
        command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(binary);
        command.arg("--port=0").arg("--data-dir").arg(&folder);
    }
    let (code, _, err) = run(command);
    assert_eq!(code, Some(2), "{err}");
    let expected = format!(
        "cannot use the data folder {}: Permission denied",
        folder.display()
    );
    assert!(err.contains(&expected), "{err}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

/// A limit on the file size has the effect of a full disk.
#[test]
fn full_disk_is_an_internal_error_and_loses_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path());
    let kept = create_key(running.address);
    assert_eq!(running.stop().0.code(), Some(0));

    let mut limited = Command::new("sh");
    // The unit is 512 bytes. The signal that accompanies the error is ignored.
    limited.args(["-c", "trap '' XFSZ; ulimit -f 20480; exec \"$0\" \"$@\""]);
    limited
        .arg(env!("CARGO_BIN_EXE_kms-emulator"))
        .arg("--port=0");
    limited
        .arg("--data-dir")
        .arg(folder.path())
        .stdin(Stdio::null());
    let running = start(limited);
    let mut acknowledged = vec![kept];
    let large = "d".repeat(8000);
    let refused = loop {
        let mut input = signing_key();
        input["Description"] = json!(large);
        let answer = call(running.address, "CreateKey", &input);
        if answer.status != 200 {
            break answer;
        }
        acknowledged.push(
            answer.json()["KeyMetadata"]["KeyId"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        assert!(acknowledged.len() < 2000, "the disk is never full");
    };
    assert_eq!(refused.status, 500, "{refused:?}");
    assert_eq!(refused.json()["__type"], "KMSInternalException");
    // The emulator writes no more, but still serves reads.
    assert_eq!(
        call(running.address, "CreateKey", &signing_key()).status,
        500
    );
    let describe = json!({ "KeyId": acknowledged[0] });
    assert_eq!(call(running.address, "DescribeKey", &describe).status, 200);
    // A key whose creation failed does not exist.
    let listed = call(running.address, "ListKeys", &json!({ "Limit": 1000 })).json();
    let listed = listed["Keys"].as_array().unwrap().iter();
    let listed: BTreeSet<_> = listed.map(|key| text(&key["KeyId"])).collect();
    assert_eq!(listed, acknowledged.iter().cloned().collect());
    let health = request(running.address, "GET /health HTTP/1.1", "").unwrap();
    assert_eq!(health.status, 503, "{health:?}");
    let error = text(&health.json()["error"]);
    assert!(
        error.starts_with("a write to the data folder failed"),
        "{error}"
    );
    let (_, log) = running.stop();
    assert!(log.contains("a write to the data folder failed"), "{log}");

    let running = start_in(folder.path());
    for key in acknowledged {
        let answer = call(running.address, "DescribeKey", &json!({ "KeyId": key }));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}
