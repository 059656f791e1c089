//! What a folder may contain: refusals, damage, earlier formats, large records.

use super::*;

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
            // The latest commits would be applied again.
            for name in ["clean", "recent"] {
                fs::remove_file(folder.path().join(name)).unwrap();
            }
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
        for file in ["sled/db", "recent"] {
            let file = Path::new(file);
            if folder.path().join(file).exists() {
                fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
            }
        }
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
