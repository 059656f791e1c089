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
fn rejects_a_folder_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let _store = Store::open(folder.path()).unwrap();
    let error = Store::open(folder.path()).err().unwrap();
    assert!(matches!(error, StoreError::InUse { folder: path } if path == folder.path()));
}

#[test]
fn rejects_other_formats_without_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"1");
    drop(store);
    let other = sled::Config::new().path(folder.path().join("sled"));
    let other = other.segment_size(4 << 20).open().unwrap();
    other.insert("meta/format", "4").unwrap();
    drop(other);
    fs::remove_file(folder.path().join("clean")).unwrap();

    let before = content(&folder.path().join("sled"));
    for _ in 0..2 {
        let error = Store::open(folder.path()).err().unwrap();
        assert!(matches!(error, StoreError::OtherFormat { format, .. } if format == "4"));
        assert_eq!(content(&folder.path().join("sled")), before);
    }
}

#[test]
fn rejects_foreign_databases_without_changes() {
    let folder = tempfile::tempdir().unwrap();
    let other = sled::open(folder.path().join("sled")).unwrap();
    other.insert("theirs", "data").unwrap();
    other.flush().unwrap();
    drop(other);

    let error = Store::open(folder.path()).err().unwrap();
    assert!(matches!(error, StoreError::Foreign { folder: path } if path == folder.path()));
    let other = sled::open(folder.path().join("sled")).unwrap();
    assert_eq!(
        other.get("theirs").unwrap().as_deref(),
        Some(b"data".as_slice())
    );
    assert_eq!(other.len(), 1);
}

/// All files in a folder and its subfolders, with their bytes.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(content(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// After a kill, the database is copied, not compared with its checksum.
#[test]
fn detects_damage_without_changes() {
    for is_closed in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        for number in 0..60 {
            write(&store, &format!("key/{number:02}"), &[number; 400]);
        }
        let expected = names(&store, "key/");
        drop(store);
        if !is_closed {
            fs::remove_file(folder.path().join("clean")).unwrap();
        }
        let before = content(folder.path());
        let file = folder.path().join("sled/db");
        let used = before[&file].iter().rposition(|byte| *byte != 0).unwrap();
        let mut rejected = 0;
        for part in 0..40 {
            let mut damaged = before[&file].clone();
            damaged[used * part / 40] ^= 0x55;
            for (path, bytes) in &before {
                fs::write(path, bytes).unwrap();
            }
            fs::write(&file, &damaged).unwrap();
            let with_damage = content(folder.path());
            match Store::open(folder.path()) {
                Ok(store) => {
                    assert_eq!(names(&store, "key/"), expected, "part {part}");
                    drop(store);
                    // The next round is not a closed store.
                    fs::remove_file(folder.path().join("clean")).unwrap();
                }
                Err(StoreError::Damaged { .. }) => {
                    rejected += 1;
                    assert_eq!(content(folder.path()), with_damage, "part {part}");
                }
                Err(other) => panic!("part {part}: {other}"),
            }
        }
        let least = if is_closed { 40 } else { 21 };
        assert!(rejected >= least, "only {rejected} of 40 were detected");
    }
}

fn closed(folder: &Path) -> sled::Db {
    let _ = fs::remove_file(folder.join("clean"));
    let config = sled::Config::new().path(folder.join("sled"));
    config.segment_size(4 << 20).open().unwrap()
}

#[test]
fn a_record_that_is_missing_or_out_of_date_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"1");
    write(&store, "key/b", b"2");
    drop(store);
    let before = closed(folder.path());
    let earlier = before.get("key/a").unwrap().unwrap();
    drop(before);
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"3");
    drop(store);
    for earlier in [Some(earlier), None] {
        let database = closed(folder.path());
        let now = match earlier {
            Some(earlier) => database.insert("key/a", earlier).unwrap(),
            None => database.remove("key/a").unwrap(),
        };
        drop(database);
        let error = Store::open(folder.path()).err().unwrap();
        assert!(
            error
                .to_string()
                .contains("records are missing or out of date"),
            "{error}"
        );
        closed(folder.path()).insert("key/a", now.unwrap()).unwrap();
        assert_eq!(
            Store::open(folder.path()).unwrap().get("key/a").as_deref(),
            Some(b"3".as_slice())
        );
    }
}

/// sled never syncs the files in `blobs`.
#[test]
fn large_records_are_in_no_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let large: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    for length in [0, 1, 1024, 1025, 50_000, large.len(), 30_000, 0] {
        for name in ["key/a", "key/b", "key/c"] {
            write(&store, name, &large[..length]);
        }
        assert_eq!(
            fs::read_dir(folder.path().join("sled/blobs"))
                .unwrap()
                .count(),
            0
        );
        let copy = tempfile::tempdir().unwrap();
        fs::create_dir(copy.path().join("sled")).unwrap();
        fs::copy(folder.path().join("sled/db"), copy.path().join("sled/db")).unwrap();
        let copy = Store::open(copy.path()).unwrap();
        assert_eq!(names(&copy, "key/"), ["key/a", "key/b", "key/c"]);
        assert!(
            copy.get("key/b").unwrap()[..] == large[..length],
            "{length} bytes"
        );
    }
    // What the longer record had is gone.
    drop(store);
    assert_eq!(closed(folder.path()).scan_prefix("key/").count(), 3);
}

#[test]
fn format_2_is_converted() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = sled::open(folder.path().join("sled")).unwrap();
    earlier.insert("meta/format", "2").unwrap();
    earlier.insert("meta/commit", &7_u64.to_be_bytes()).unwrap();
    for number in 0..40 {
        earlier
            .insert(format!("key/{number:02}"), vec![number; 40_000])
            .unwrap();
    }
    drop(earlier);
    fs::write(folder.path().join("acknowledged"), 7_u64.to_be_bytes()).unwrap();
    assert_ne!(
        fs::read_dir(folder.path().join("sled/blobs"))
            .unwrap()
            .count(),
        0
    );
    for _ in 0..2 {
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(names(&store, "key/").len(), 40);
        assert_eq!(*store.get("key/39").unwrap(), *vec![39; 40_000]);
        write(&store, "meta/a", b"1");
        assert_eq!(
            fs::read_dir(folder.path().join("sled/blobs"))
                .unwrap()
                .count(),
            0
        );
    }
    let conf = fs::read_to_string(folder.path().join("sled/conf")).unwrap_or_default();
    assert!(!conf.contains("524288"), "{conf}");
}

#[test]
fn all_records_are_replaced_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let empty = store.snapshot();
    let mut changes = store.begin().unwrap();
    for number in 0..500 {
        changes.put(format!("key/{number:03}"), vec![1; 3000]);
    }
    changes.commit().unwrap().wait().unwrap();
    write(&store, "key/000", b"changed");
    let full = store.snapshot();
    store.replace(&empty).unwrap().wait().unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(names(&store, "key/"), Vec::<String>::new());
    store.replace(&full).unwrap().wait().unwrap();
    write(&store, "key/001", b"changed");
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(names(&store, "key/").len(), 500);
    assert_eq!(store.get("key/001").as_deref(), Some(b"changed".as_slice()));
    assert_intact_folders(folder.path());
}

/// A folder with one record, whose store is closed.
fn folder_with_a_record() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"1");
    folder
}

/// The record is there, and no other folder than the database.
fn assert_intact(folder: &Path) {
    let store = Store::open(folder).unwrap();
    assert_eq!(names(&store, "key/"), ["key/a"]);
    assert_intact_folders(folder);
}

fn assert_intact_folders(folder: &Path) {
    for name in ["copy", "unfinished", "discarded", "backup"] {
        let other = folder.join("sled").with_extension(name);
        assert!(!other.exists(), "{}", other.display());
    }
}

/// The state after a kill during sled's repair: a complete copy, and half a database.
fn interrupt(folder: &Path, copy: &str) {
    fs::remove_file(folder.join("clean")).unwrap();
    fs::rename(folder.join("sled"), folder.join(copy)).unwrap();
    fs::create_dir(folder.join("sled")).unwrap();
    fs::write(folder.join("sled/db"), b"half").unwrap();
}

#[test]
fn restores_after_an_interrupted_opening() {
    let folder = folder_with_a_record();
    interrupt(folder.path(), "sled.copy");
    fs::write(folder.path().join("sled.copy/complete"), b"").unwrap();
    assert_intact(folder.path());
}

#[test]
fn restores_after_an_interrupted_opening_by_an_earlier_version() {
    let folder = folder_with_a_record();
    interrupt(folder.path(), "sled.backup");
    assert_intact(folder.path());
}

#[test]
fn restores_after_a_restore_that_was_interrupted_between_its_renames() {
    let folder = folder_with_a_record();
    interrupt(folder.path(), "sled.copy");
    fs::write(folder.path().join("sled.copy/complete"), b"").unwrap();
    let [original, discarded] = ["sled", "sled.discarded"].map(|name| folder.path().join(name));
    fs::rename(original, discarded).unwrap();
    assert_intact(folder.path());
}

/// Copies whose removal was interrupted, or that are not ours.
#[test]
fn incomplete_copies_are_not_used() {
    for copy in [
        "sled.backup",
        "sled.copy",
        "sled.unfinished",
        "sled.discarded",
    ] {
        let folder = folder_with_a_record();
        fs::create_dir(folder.path().join(copy)).unwrap();
        assert_intact(folder.path());
        fs::create_dir(folder.path().join(copy)).unwrap();
        fs::write(folder.path().join(copy).join("db"), b"part").unwrap();
        assert_intact(folder.path());
    }
}

#[test]
fn a_first_opening_that_was_interrupted_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sled")).unwrap();
    fs::write(folder.path().join("sled/db"), b"half").unwrap();
    fs::create_dir(folder.path().join("sled.copy")).unwrap();
    fs::write(folder.path().join("sled.copy/complete"), b"").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(names(&store, ""), Vec::<String>::new());
}

#[test]
fn error_names_unusable_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = Store::open(&file).err().unwrap().to_string();
    let expected = format!("cannot use the data folder {}: ", file.display());
    assert!(error.starts_with(&expected), "{error}");
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

#[test]
fn a_write_without_an_answer_has_failed() {
    let store = Store::temporary();
    let change = ("key/a".into(), Some([1].into()));
    let completion = store.apply_unanswered(&[change]);
    let (_, receipt) = store.observe(|| store.get("key/a"));
    drop(completion);
    assert_eq!(names(&store, ""), Vec::<String>::new());
    assert!(matches!(receipt.wait(), Err(StoreError::WriterStopped)));
}

/// The answers of reads while three changes are not on disk. Some read one of them, others do not.
#[test]
fn reads_of_changes_that_are_not_on_disk_wait_for_them() {
    let store = Store::temporary();
    for name in ["key/a", "key/c", "key/e", "other/a"] {
        write(&store, name, b"1");
    }
    let change = |name: &str, bytes: Option<Bytes>| store.apply_unanswered(&[(name.into(), bytes)]);
    let one = change("key/b", Some([2].into()));
    let two = change("key/c", None);
    let three = change("key/d", Some([2].into()));
    let scan = |prefix: &str, after: Option<&str>, count: usize| {
        let mut left = count;
        store.scan(prefix, after, |_, _| {
            left -= 1;
            left > 0
        });
    };
    let observe = |read: &dyn Fn()| store.observe(read).1;
    // The number is that of the change that the read has seen.
    let mut receipts = [
        (0, observe(&|| drop(store.get("key/a")))),
        (1, observe(&|| drop(store.get("key/b")))),
        (2, observe(&|| drop(store.get("key/c")))),
        (0, observe(&|| drop(store.get("key/missing")))),
        (0, observe(&|| scan("key/", None, 1))),
        (1, observe(&|| scan("key/", None, 2))),
        (3, observe(&|| scan("key/", None, 3))),
        (2, observe(&|| scan("key/c", None, 9))),
        (3, observe(&|| scan("key/", Some("key/c"), 9))),
        (0, observe(&|| scan("key/", Some("key/d"), 9))),
        (0, observe(&|| scan("other/", None, 9))),
        (
            0,
            observe(&|| assert!(store.peek("key/b", |_| ()).is_some())),
        ),
        (3, observe(&|| drop(store.snapshot()))),
        (0, observe(&|| ())),
    ];
    let mut check = |written: i32| {
        for (index, (number, receipt)) in receipts.iter_mut().enumerate() {
            let is_settled = receipt.try_result().is_some();
            assert_eq!(is_settled, *number <= written, "read {index}");
        }
    };
    check(0);
    one.send(&Ok(()));
    check(1);
    two.send(&Ok(()));
    check(2);
    three.send(&Ok(()));
    check(3);
    let (_, mut receipt) = store.observe(|| store.snapshot());
    assert!(matches!(receipt.try_result(), Some(Ok(()))));
}

/// A record can change again before its first change is on disk.
#[test]
fn a_read_waits_for_the_newest_change_of_a_record() {
    let store = Store::temporary();
    let change = |byte: u8| store.apply_unanswered(&[("key/a".into(), Some([byte].into()))]);
    let (one, two) = (change(1), change(2));
    one.send(&Ok(()));
    let (bytes, mut receipt) = store.observe(|| store.get("key/a"));
    assert_eq!(bytes.as_deref(), Some([2].as_slice()));
    assert!(receipt.try_result().is_none());
    // The failure comes before the receipt is asked for.
    let (_, late) = store.observe(|| {
        let bytes = store.get("key/a");
        two.send(&Err(StoreError::WriterStopped));
        bytes
    });
    assert!(late.wait().is_err());
    assert!(receipt.wait().is_err());
    let (bytes, receipt) = store.observe(|| store.get("key/a"));
    assert_eq!(bytes.as_deref(), Some([1].as_slice()));
    assert!(receipt.wait().is_ok());
}

#[test]
fn a_replacement_of_all_records_is_a_change_like_others() {
    let store = Store::temporary();
    write(&store, "key/a", b"1");
    let replacement = [(Name::from("key/b"), Bytes::from([2]))];
    let replace = || {
        let number = store
            .visible
            .replace_pending(replacement.iter().cloned().collect());
        Completion::new(Arc::clone(&store.visible), number)
    };
    let lost = replace();
    let later = store.apply_unanswered(&[("key/c".into(), Some([3].into()))]);
    // Every read sees the replacement, also one of a record that it has not.
    for name in ["key/a", "key/b", "key/x"] {
        let (_, mut receipt) = store.observe(|| store.get(name));
        assert!(receipt.try_result().is_none(), "{name}");
    }
    let (seen, receipt) = store.observe(|| names(&store, ""));
    assert_eq!(seen, ["key/b", "key/c"]);
    lost.send(&Err(StoreError::WriterStopped));
    assert!(receipt.wait().is_err());
    later.send(&Err(StoreError::WriterStopped));
    let (seen, receipt) = store.observe(|| names(&store, ""));
    assert_eq!(seen, ["key/a"]);
    assert!(receipt.wait().is_ok());

    let store = Store::temporary();
    let number = store
        .visible
        .replace_pending(replacement.into_iter().collect());
    let (_, receipt) = store.observe(|| store.get("key/x"));
    Completion::new(Arc::clone(&store.visible), number).send(&Ok(()));
    assert!(receipt.wait().is_ok());
    let (seen, mut receipt) = store.observe(|| names(&store, ""));
    assert_eq!(seen, ["key/b"]);
    assert!(matches!(receipt.try_result(), Some(Ok(()))));
}

/// The thread of the disk may be busy for seconds, so no request waits for it with the write lock.
#[test]
fn writers_do_not_wait_while_all_records_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"1");
    let empty = Snapshot::default();
    let mut receipt = store.replace(&empty).unwrap();
    let mut changes = store.begin().unwrap();
    changes.put("key/b", b"2".to_vec());
    let written = changes.commit().unwrap();
    assert_eq!(names(&store, ""), ["key/b"]);
    written.wait().unwrap();
    // Writes are in order.
    assert!(matches!(receipt.try_result(), Some(Ok(()))));
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(names(&store, ""), ["key/b"]);
}
