//! Openings that were interrupted.

use super::*;

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

/// The copies are what a kill leaves.
#[test]
fn a_kill_between_two_writes_of_the_database_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 0..160_usize {
        // Deletions and large records, too.
        let mut changes = store.begin().unwrap();
        changes.put(format!("key/{number:03}"), vec![1; number * 37]);
        changes.put("key/same", number.to_be_bytes().to_vec());
        changes.delete(format!("key/{:03}", number / 2));
        changes.commit().unwrap().wait().unwrap();
        if number % 11 != 0 {
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        fs::create_dir(copy.path().join("sled")).unwrap();
        for file in ["sled/db", "acknowledged", "recent"] {
            let file = Path::new(file);
            // The first commit is in the database.
            if number > 0 || !file.ends_with("recent") {
                fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
            }
        }
        for _ in 0..2 {
            let copy = Store::open(copy.path()).unwrap();
            assert!(copy.snapshot().iter().eq(store.snapshot().iter()));
            write(&copy, "key/same", &number.to_be_bytes());
        }
    }
}
