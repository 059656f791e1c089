//! Data folders of each released format.
//!
//! `fixtures/data-folder/format-3` has the records of `fixtures/state/version-1.json`. `format-3-killed` is the folder of an emulator
//! that opened it, and was killed after some more changes.

use std::fs;
use std::path::Path;

use kms_emulator::Kms;
use kms_emulator::clock::{Clock, Timestamp};
use kms_emulator::protocol::Request;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::calls::repeat;
use crate::{fixture, fixtures};

/// A copy, as opening a folder may write to it.
fn folder(format: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&fixtures().join("data-folder").join(format), copy.path());
    copy
}

/// Opens a folder at the time of the emulator that wrote it. The folder does not contain the time.
fn open_at(folder: &TempDir, millis: i64) -> Kms {
    let written = Timestamp::from_millis(millis);
    let kms = Kms::builder().clock(Clock::frozen_at(written));
    kms.open(folder.path()).unwrap()
}

fn open(folder: &TempDir) -> Kms {
    open_at(folder, 1_769_868_000_250)
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir(&target).unwrap();
            copy_into(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn format_3_opens_with_all_records() {
    let folder = folder("format-3");
    let kms = open(&folder);
    assert_eq!(kms.export().unwrap(), fixture("state/version-1.json"));
    repeat(&kms, &fixture("state/version-1-calls.json"));
}

/// A change is kept, so the folder is not only read.
#[test]
fn format_3_can_be_changed_and_opened_again() {
    let folder = folder("format-3");
    let kms = open(&folder);
    let before = kms.key_count();
    let reply = kms.handle(&Request::new("TrentService.CreateKey", b"{}"));
    assert_eq!(reply.status, 200);
    let (count, state) = (kms.key_count(), kms.export().unwrap());
    assert_eq!(count, before + 1);
    drop(kms);
    let kms = open(&folder);
    assert_eq!(kms.key_count(), count);
    assert_eq!(kms.export().unwrap(), state);
}

/// What the changes before the kill wrote: a key with a tag, which was disabled, and an alias, which was deleted again.
#[test]
fn format_3_opens_after_a_kill() {
    let kms = open_at(&folder("format-3-killed"), 1_795_918_910_000);
    let call = |operation: &str, body: Value| -> Value {
        let target = format!("TrentService.{operation}");
        let reply = kms.handle(&Request::new(&target, body.to_string().as_bytes()));
        assert_eq!(reply.status, 200, "{operation}");
        serde_json::from_slice(&reply.body).unwrap()
    };
    let key = json!({ "KeyId": "a028bbf1-d049-4dce-80f3-65ddc20f87e5" });
    let metadata = &call("DescribeKey", key.clone())["KeyMetadata"];
    assert_eq!(metadata["Description"], "in the file of recent commits");
    assert_eq!(metadata["KeyState"], "Disabled");
    let tags = &call("ListResourceTags", key.clone())["Tags"];
    assert_eq!(*tags, json!([{ "TagKey": "team", "TagValue": "shop" }]));
    assert_eq!(call("ListAliases", key)["Aliases"], json!([]));
}
