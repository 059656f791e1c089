use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

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
fn what_was_committed_is_there_after_opening_again() {
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
fn changes_that_are_dropped_never_were() {
    let store = Store::temporary();
    let mut changes = store.begin().unwrap();
    changes.put("key/a", b"1".to_vec());
    drop(changes);
    assert_eq!(names(&store, ""), Vec::<String>::new());
}

#[test]
fn a_scan_goes_on_after_a_name_and_stays_within_its_prefix() {
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
fn many_writers_lose_no_update() {
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
fn a_second_process_is_told_that_the_folder_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let _store = Store::open(folder.path()).unwrap();
    let error = Store::open(folder.path()).err().unwrap();
    assert_eq!(
        error,
        StoreError::InUse {
            folder: folder.path().to_owned()
        }
    );
}

#[test]
fn another_format_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "meta/format", b"3");
    drop(store);

    let error = Store::open(folder.path()).err().unwrap();
    let expected = StoreError::OtherFormat {
        folder: folder.path().to_owned(),
        format: "3".to_owned(),
    };
    assert_eq!(error, expected);
    assert_eq!(Store::open(folder.path()).err(), Some(expected));
}

#[test]
fn a_database_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = sled::open(folder.path().join("sled")).unwrap();
    other.insert("theirs", "data").unwrap();
    other.flush().unwrap();
    drop(other);

    let error = Store::open(folder.path()).err().unwrap();
    assert_eq!(
        error,
        StoreError::Foreign {
            folder: folder.path().to_owned()
        }
    );
    let other = sled::open(folder.path().join("sled")).unwrap();
    assert_eq!(
        other.get("theirs").unwrap().as_deref(),
        Some(b"data".as_slice())
    );
    assert_eq!(other.len(), 1);
}

/// Every file below a folder, with its bytes.
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

#[test]
fn damage_anywhere_in_the_log_is_refused_and_left_alone_or_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 0..60 {
        write(&store, &format!("key/{number:02}"), &[number; 400]);
    }
    let expected = names(&store, "key/");
    drop(store);
    let file = folder.path().join("sled/db");
    let whole = fs::read(&file).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();

    let mut refused = 0;
    for part in 0..40 {
        let mut damaged = whole.clone();
        damaged[used * part / 40] ^= 0x55;
        let before = content(folder.path());
        fs::write(&file, &damaged).unwrap();
        let with_damage = content(folder.path());
        match Store::open(folder.path()) {
            Ok(store) => {
                assert_eq!(names(&store, "key/"), expected, "part {part}");
                for name in &expected {
                    let number: u8 = name["key/".len()..].parse().unwrap();
                    assert_eq!(store.get(name).as_deref(), Some([number; 400].as_slice()));
                }
            }
            Err(StoreError::Damaged { .. }) => {
                refused += 1;
                assert_eq!(content(folder.path()), with_damage, "part {part}");
            }
            Err(other) => panic!("part {part}: {other}"),
        }
        for (path, bytes) in before {
            fs::write(path, bytes).unwrap();
        }
    }
    assert!(refused > 20, "only {refused} of 40 were noticed");
}

#[test]
fn an_opening_that_was_interrupted_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/a", b"1");
    drop(store);
    // As a kill amid sled's repair would leave it: a whole copy, and half a database.
    fs::rename(
        folder.path().join("sled"),
        folder.path().join("sled.backup"),
    )
    .unwrap();
    fs::create_dir(folder.path().join("sled")).unwrap();
    fs::write(folder.path().join("sled/db"), b"half").unwrap();

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(names(&store, "key/"), ["key/a"]);
    assert!(!folder.path().join("sled.backup").exists());
}

#[test]
fn a_folder_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = Store::open(&file).err().unwrap().to_string();
    let expected = format!("cannot use the data folder {}: ", file.display());
    assert!(error.starts_with(&expected), "{error}");
}
