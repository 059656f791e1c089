//! Limits of named snapshots.

use super::*;

#[test]
fn the_memory_of_named_snapshots_has_a_limit() {
    let mut kms = Kms::builder().build_temporary().unwrap();
    kms.snapshots.max_bytes = 2 << 20;
    // Each state has about 1.5 MiB.
    let fill = || {
        for _ in 0..180 {
            let description = "x".repeat(8192);
            let body = format!(r#"{{"Description":"{description}"}}"#);
            assert_eq!(kms.send_text("CreateKey", &body).status, 200);
        }
    };
    fill();
    for name in ["large", "same", "again"] {
        kms.save_snapshot(name).unwrap();
    }
    kms.reset().unwrap();
    kms.save_snapshot("empty").unwrap();
    fill();
    let error = kms.save_snapshot("other").unwrap_err();
    let SnapshotError::TooLarge { mib: 3, .. } = &error else {
        panic!("{error:?}");
    };
    let message = error.to_string();
    assert!(message.contains("the limit is 2 MiB"), "{message}");
    // Deleting what the message says, the snapshot fits sooner or later.
    let mut deleted = Vec::new();
    while let Err(SnapshotError::TooLarge { largest, .. }) = kms.save_snapshot("other") {
        kms.delete_snapshot(&largest).unwrap();
        deleted.push(largest);
    }
    deleted.sort();
    assert_eq!(deleted, ["again", "large", "same"]);
    assert_eq!(kms.snapshot_names(), ["empty", "other"]);
}

#[test]
fn a_snapshot_can_be_replaced_at_the_limit() {
    let mut kms = Kms::builder().build_temporary().unwrap();
    kms.snapshots.max_bytes = 1;
    kms.save_snapshot("only").unwrap();
    create_key(&kms);
    kms.save_snapshot("only").unwrap();
    assert!(matches!(
        kms.save_snapshot("second"),
        Err(SnapshotError::TooLarge { largest, .. }) if largest == "only"
    ));
}
