//! The file with the records of a closed database.

use super::*;
use crate::store::records_file;

/// A closed store with records of a megabyte, and the bytes of its file.
fn large() -> (TempDir, BTreeMap<String, Vec<u8>>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut expected = BTreeMap::new();
    let mut changes = store.begin().unwrap();
    for number in 0..1100_u16 {
        let bytes = number.to_be_bytes().repeat(512);
        changes.put(format!("key/{number:04}"), bytes.clone());
        expected.insert(format!("key/{number:04}"), bytes);
    }
    changes.commit().unwrap().wait().unwrap();
    assert!(!file(&folder).exists());
    drop(store);
    let bytes = fs::read(file(&folder)).unwrap();
    (folder, expected, bytes)
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("records")
}

fn assert_content(store: &Store, expected: &BTreeMap<String, Vec<u8>>) {
    let snapshot = store.snapshot();
    let records = snapshot.iter();
    let records = records.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
    assert!(records.eq(expected.clone()));
}

#[test]
fn has_the_records_and_exists_only_while_the_database_is_closed() {
    let (folder, mut expected, _) = large();
    let (_, records) = records_file::read(folder.path()).unwrap();
    assert!(
        records
            .iter()
            .map(|(name, bytes)| (name.to_string(), bytes.to_vec()))
            .eq(expected.clone())
    );
    let store = Store::open(folder.path()).unwrap();
    assert_content(&store, &expected);
    assert_eq!(store.count("key"), expected.len());
    write(&store, "key/new", b"1");
    expected.insert("key/new".to_owned(), b"1".to_vec());
    // The thread that writes has removed it before its first write.
    assert!(!file(&folder).exists());
    drop(store);
    assert_content(&Store::open(folder.path()).unwrap(), &expected);
}

#[test]
fn is_not_used_if_it_is_damaged_or_of_another_commit() {
    let (folder, mut expected, earlier) = large();
    let store = Store::open(folder.path()).unwrap();
    write(&store, "key/0000", b"1");
    expected.insert("key/0000".to_owned(), b"1".to_vec());
    drop(store);
    let current = fs::read(file(&folder)).unwrap();
    let clean = fs::read(folder.path().join("clean")).unwrap();
    let database = fs::read(folder.path().join("sled/db")).unwrap();
    let mut others = vec![earlier, Vec::new(), current[..current.len() - 1].to_vec()];
    for part in 0..8 {
        let mut damaged = current.clone();
        damaged[(current.len() - 1) * part / 7] ^= 0x41;
        others.push(damaged);
    }
    for other in others {
        fs::write(file(&folder), &other).unwrap();
        fs::write(folder.path().join("clean"), &clean).unwrap();
        fs::write(folder.path().join("sled/db"), &database).unwrap();
        assert_content(&Store::open(folder.path()).unwrap(), &expected);
    }
    // Without a clean end, the database may be newer.
    fs::write(file(&folder), &current).unwrap();
    fs::remove_file(folder.path().join("clean")).unwrap();
    assert_content(&Store::open(folder.path()).unwrap(), &expected);
}
