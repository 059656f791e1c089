//! Data folders to interrupt, cut and damage.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{call, text};
use crate::process::{emulator, run, start_in};

/// A data folder, and its exported state.
pub(super) struct Prepared {
    pub(super) folder: TempDir,
    pub(super) state: String,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Keys {
    Plain(usize),
    /// Keys with 50 large tags.
    Tags(usize),
    /// Keys with policies of 30 KB.
    Policies(usize),
    /// Keys with descriptions of 8 KB.
    Descriptions(usize),
}

/// Creates keys, and returns their ids.
pub(super) fn create(address: SocketAddr, keys: Keys) -> Vec<String> {
    let (count, input) = match keys {
        Keys::Plain(count) => (count, json!({})),
        Keys::Tags(count) => {
            let tag =
                |number| json!({ "TagKey": format!("{number:0128}"), "TagValue": "v".repeat(256) });
            (
                count,
                json!({ "Tags": (0..50).map(tag).collect::<Vec<_>>() }),
            )
        }
        Keys::Policies(count) => {
            let policy = json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Sid": "s".repeat(30_000),
                    "Effect": "Allow",
                    "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
                    "Action": "kms:*",
                    "Resource": "*",
                }],
            });
            (count, json!({ "Policy": policy.to_string() }))
        }
        Keys::Descriptions(count) => (count, json!({ "Description": "d".repeat(8192) })),
    };
    let create = |_| {
        let answer = call(address, "CreateKey", &input);
        assert_eq!(answer.status, 200, "{}", answer.body);
        text(&answer.json()["KeyMetadata"]["KeyId"])
    };
    (0..count).map(create).collect()
}

/// A folder whose emulator was stopped or killed.
pub(super) fn prepare(keys: Keys, is_stopped: bool) -> Prepared {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path());
    create(running.address, keys);
    if is_stopped {
        assert_eq!(running.stop().0.code(), Some(0));
    } else {
        running.kill();
    }
    prepared(folder)
}

/// A folder that is prepared by other means.
pub(super) fn prepared(folder: TempDir) -> Prepared {
    let copy = copy(folder.path());
    let state = export(copy.path()).unwrap();
    Prepared { folder, state }
}

/// The exported state, or the error.
pub(super) fn export(folder: &Path) -> Result<String, String> {
    let mut command = emulator();
    command.arg("export").arg("--data-dir").arg(folder);
    let (code, out, err) = run(command);
    match code {
        Some(0) => Ok(out),
        Some(2) => Err(err),
        other => panic!("exit code {other:?}: {err}"),
    }
}

/// The ids of the keys in an exported state.
pub(super) fn key_ids(state: &str) -> Vec<String> {
    let state: Value = serde_json::from_str(state).unwrap();
    let names = state["records"].as_object().unwrap().keys();
    let keys = names.filter(|name| name.starts_with("key/"));
    keys.map(|name| name.rsplit('/').next().unwrap().to_owned())
        .collect()
}

pub(super) fn copy(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let status = Command::new("cp")
        .arg("-a")
        .arg(folder.join("."))
        .arg(copy.path())
        .status();
    assert!(status.unwrap().success());
    copy
}

/// All files in a folder and its subfolders, with their bytes.
pub(super) fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inner = content(&path).into_iter();
            let name = path.file_name().unwrap();
            files.extend(inner.map(|(path, bytes)| (Path::new(name).join(path), bytes)));
        } else {
            files.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    files
}
