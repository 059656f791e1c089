//! Records, changes and snapshots.

mod folder;
mod interrupted;
mod pending;
mod records_file;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

fn names(store: &Store, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    store.scan(prefix, None, |name, _| {
        names.push(name.to_owned());
        true
    });
    names
}

fn write(store: &Store, name: &str, bytes: &[u8]) {
    let mut changes = store.begin().unwrap();
    changes.put(name, bytes.to_vec());
    changes.commit().unwrap().wait().unwrap();
}

fn assert_intact_folders(folder: &Path) {
    for name in ["copy", "unfinished", "discarded", "backup"] {
        let other = folder.join("sled").with_extension(name);
        assert!(!other.exists(), "{}", other.display());
    }
}

/// A store whose records are in order, as after a start.
fn filled(count: usize) -> Store {
    let store = Store::temporary();
    let names = (0..count).map(|number| Name::from(format!("key/{number:07}")));
    let records = names.map(|name| (name, Bytes::from([0])));
    store.visible.replace(records.collect());
    store
}

#[test]
fn committed_records_survive_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"1");
    write(&store, "key/b", b"2");
    let mut changes = store.begin().unwrap();
    changes.delete("key/a");
    changes.put("key/c", b"3".to_vec());
    changes.commit().unwrap().wait().unwrap();
    drop(store);

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(names(&store, "key/"), ["key/b", "key/c"]);
    assert_eq!(store.get("key/c").as_deref(), Some(b"3".as_slice()));
}

#[test]
fn dropped_changes_are_discarded() {
    let store = Store::temporary();
    let mut changes = store.begin().unwrap();
    changes.put("key/a", b"1".to_vec());
    drop(changes);
    assert_eq!(names(&store, ""), Vec::<String>::new());
}

#[test]
fn scan_respects_prefix_and_start() {
    let store = Store::temporary();
    for name in ["alias/a", "key/a", "key/b", "key/c", "meta/x"] {
        write(&store, name, b"");
    }
    let mut seen = Vec::new();
    store.scan("key/", Some("key/a"), |name, _| {
        seen.push(name.to_owned());
        true
    });
    assert_eq!(seen, ["key/b", "key/c"]);
}

#[test]
fn concurrent_writers_lose_no_update() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "count", b"0");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let mut changes = store.begin().unwrap();
                    let count = store.get("count").unwrap();
                    let count: u32 = str::from_utf8(&count).unwrap().parse().unwrap();
                    changes.put("count", (count + 1).to_string().into_bytes());
                    changes.commit().unwrap().wait().unwrap();
                }
            });
        }
    });
    assert_eq!(store.get("count").as_deref(), Some(b"200".as_slice()));
}

#[test]
fn a_hundred_snapshots_hold_little_more_than_one() {
    let store = filled(250_000);
    let (mut before, mut copies) = (store.snapshot(), 0);
    let (chunks, _) = before.0.shared_chunks(&before.0);
    for number in 0..100 {
        write(&store, &format!("key/{:07}", number * 2_501), b"1");
        let after = store.snapshot();
        let (all, shared) = after.0.shared_chunks(&before.0);
        copies += all - shared;
        before = after;
    }
    assert!(
        copies * 10 <= chunks * 3,
        "{copies} copies of {chunks} chunks"
    );
}

#[test]
fn the_first_write_after_a_snapshot_copies_one_chunk() {
    let store = filled(50_000);
    let snapshot = store.snapshot();
    write(&store, "key/0012345", b"1");
    let after = store.snapshot();
    let (chunks, shared) = after.0.shared_chunks(&snapshot.0);
    assert!(chunks > 100);
    assert_eq!(chunks - shared, 1);
    assert_eq!(snapshot.0.get("key/0012345").unwrap().as_ref(), [0]);

    // Going back writes one record, and shares everything again.
    assert_eq!(after.0.changes_to(&snapshot.0).len(), 1);
    store.replace(&snapshot).unwrap().wait().unwrap();
    let (_, shared) = store.snapshot().0.shared_chunks(&snapshot.0);
    assert_eq!(shared, chunks);
}

#[test]
fn part_of_a_change_is_committed_on_its_own() {
    let store = Store::temporary();
    let mut changes = store.begin().unwrap();
    changes.put("key/a", b"1".to_vec());
    let mut part = changes.part();
    part.put("key/b", b"2".to_vec());
    drop(part.commit().unwrap());
    assert_eq!(names(&store, ""), ["key/b"]);
    drop(changes);
    assert_eq!(names(&store, ""), ["key/b"]);
}
