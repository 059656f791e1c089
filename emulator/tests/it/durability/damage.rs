//! A damaged file never makes a wrong answer. A refused folder stays as it is, byte for byte.

use std::fs;
use std::path::Path;

use super::folder::{Keys, content, copy, export, prepare};
use super::step;

/// The number of damages to a folder, at most.
const DAMAGES: usize = 400;

#[test]
fn damage_to_a_closed_folder_is_noticed() {
    let refused = damage(true);
    // Only the database is needed: not the checksum, and not sled's other files.
    assert!(refused > 40, "only {refused} were refused");
}

#[test]
fn damage_to_a_killed_folder_is_noticed() {
    let refused = damage(false);
    assert!(refused > 20, "only {refused} were refused");
}

/// Returns the number of refusals in percent.
fn damage(is_stopped: bool) -> usize {
    let prepared = prepare(Keys::Plain(150), is_stopped);
    let files: Vec<_> = content(prepared.folder.path())
        .into_iter()
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect();
    let database = files
        .iter()
        .position(|(path, _)| path.ends_with("db"))
        .unwrap();
    let (mut refused, mut count) = (0, 0);
    for number in (0..DAMAGES).step_by(step(2)) {
        // Every second damage is to the database.
        let file = if number % 4 < 2 {
            database
        } else {
            number % files.len()
        };
        let (path, bytes) = &files[file];
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        let at = fastrand::usize(..used);
        let mut damaged = bytes.clone();
        match number % 6 {
            0..=2 => damaged[at] ^= 1 << fastrand::u32(..8),
            3 | 4 => damaged[at..]
                .iter_mut()
                .take(4096)
                .for_each(|byte| *byte = 0),
            _ => damaged.truncate(at),
        }
        let copy = copy(prepared.folder.path());
        fs::write(copy.path().join(path), &damaged).unwrap();
        let before = content(copy.path());
        let what = format!("damage {number} to {} at {at}", path.display());
        count += 1;
        match export(copy.path()) {
            Ok(state) => assert!(state == prepared.state, "{what}: another state"),
            Err(error) => {
                refused += 1;
                assert!(error.contains("nothing was changed"), "{what}: {error}");
                assert!(
                    error.contains("export --what-is-readable"),
                    "{what}: {error}"
                );
                assert!(
                    !error.contains("backtrace") && !error.contains("panicked"),
                    "{what}: {error}"
                );
                assert_unchanged(copy.path(), &before, &what);
            }
        }
    }
    println!("{refused} of {count} damages were refused, the others changed nothing");
    refused * 100 / count
}

fn assert_unchanged(
    folder: &Path,
    before: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>,
    what: &str,
) {
    let after = content(folder);
    for (path, bytes) in before {
        assert!(
            after.get(path) == Some(bytes),
            "{what}: {} changed",
            path.display()
        );
    }
    assert_eq!(before.len(), after.len(), "{what}: {:?}", after.keys());
}
