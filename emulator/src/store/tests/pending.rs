//! Changes that are visible but not on disk yet.

use super::*;

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
