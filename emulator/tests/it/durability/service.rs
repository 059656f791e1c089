//! The data folder while the emulator is running.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use super::folder::{Keys, create};
use crate::client::{call, create_key, request, signing_key};
use crate::process::{start, start_in};

#[test]
fn a_removed_folder_is_noticed_before_a_write_is_acknowledged() {
    let remove = |folder: &Path| fs::remove_dir_all(folder).unwrap();
    let replace = |folder: &Path| {
        fs::rename(folder.join("sled"), folder.join("other")).unwrap();
        fs::create_dir(folder.join("sled")).unwrap();
        fs::write(folder.join("sled/db"), b"").unwrap();
    };
    for change in [&remove as &dyn Fn(&Path), &replace] {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let running = start_in(&folder);
        let key = create_key(running.address);
        change(&folder);
        let answer = call(running.address, "CreateKey", &signing_key());
        assert_eq!(answer.status, 500, "{answer:?}");
        assert_eq!(answer.json()["__type"], "KMSInternalException");
        let health = request(running.address, "GET /health HTTP/1.1", "").unwrap();
        assert_eq!(health.status, 503);
        assert_eq!(health.json()["status"], "failed");
        let error = health.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains("was removed or replaced"), "{error}");
        // Reads go on.
        assert_eq!(
            call(running.address, "DescribeKey", &json!({ "KeyId": key })).status,
            200
        );
        let (_, log) = running.stop();
        assert!(log.contains("was removed or replaced"), "{log}");
        assert!(!folder.join("clean").exists());
    }
}

#[test]
fn only_the_owner_can_read_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    for is_second in [false, true] {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "umask 0; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_kms-emulator"),
        ]);
        command
            .arg("--port=0")
            .arg("--data-dir")
            .arg(folder.path())
            .stdin(Stdio::null());
        let running = start(command);
        create(running.address, Keys::Plain(100));
        assert_private(folder.path());
        running.stop();
        assert_private(folder.path());
        if !is_second {
            // As an earlier version left it.
            open_to_all(folder.path());
        }
    }
}

fn each(path: &Path, act: &mut dyn FnMut(&Path)) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            each(&entry.unwrap().path(), act);
        }
    }
    act(path);
}

fn assert_private(folder: &Path) {
    each(folder, &mut |path| {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    });
}

fn open_to_all(folder: &Path) {
    each(folder, &mut |path| {
        let mode = if path.is_dir() { 0o777 } else { 0o666 };
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    });
}
