//! `kms-emulator export --what-is-readable` saves what a refused folder still has.

use std::fs;
use std::path::Path;

use super::folder::{Keys, content, copy, export, key_ids, prepare};
use crate::process::{emulator, run};

/// The exit code, the output and the messages.
fn rescue(folder: &Path) -> (Option<i32>, String, String) {
    let scratch = tempfile::tempdir().unwrap();
    let before = content(folder);
    let mut command = emulator();
    command
        .env("TMPDIR", scratch.path())
        .args(["export", "--what-is-readable", "--data-dir"])
        .arg(folder);
    let result = run(command);
    assert!(content(folder) == before, "the folder is unchanged");
    assert_eq!(
        fs::read_dir(scratch.path()).unwrap().count(),
        0,
        "the copy is removed"
    );
    result
}

#[test]
fn a_sound_folder_is_exported_as_usual() {
    for is_stopped in [true, false] {
        let prepared = prepare(Keys::Plain(5), is_stopped);
        let (code, state, err) = rescue(prepared.folder.path());
        assert_eq!((code, err.as_str()), (Some(0), ""));
        assert!(state == prepared.state);
    }
}

#[test]
fn one_damaged_byte_costs_few_keys() {
    const KEYS: usize = 120;
    let prepared = prepare(Keys::Plain(KEYS), false);
    let database = fs::read(prepared.folder.path().join("sled/db")).unwrap();
    let used = database.iter().rposition(|byte| *byte != 0).unwrap();
    let (mut rounds, mut kept) = (0, 0);
    for part in 1..20 {
        let copy = copy(prepared.folder.path());
        let mut damaged = database.clone();
        damaged[used * part / 20] ^= 0x10;
        fs::write(copy.path().join("sled/db"), &damaged).unwrap();
        let refused = super::folder::copy(copy.path());
        if export(refused.path()).is_ok() {
            continue;
        }
        let (code, state, err) = rescue(copy.path());
        if code == Some(0) {
            // The byte was in a page that sled no longer needs.
            assert!(state == prepared.state, "{err}");
        } else {
            assert_eq!(code, Some(2), "{err}");
            assert!(err.starts_with("kms-emulator: "), "{err}");
        }
        rounds += 1;
        assert!(!state.is_empty(), "{err}");
        kept += key_ids(&state).len();
        // What was saved can be imported.
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &state).unwrap();
        let target = tempfile::tempdir().unwrap();
        let mut import = emulator();
        import
            .arg("import")
            .arg(file.path())
            .arg("--data-dir")
            .arg(target.path());
        let (code, _, err) = run(import);
        assert_eq!(code, Some(0), "{err}");
    }
    println!("{} of {KEYS} keys are saved in the mean", kept / rounds);
    assert!(
        rounds > 5 && kept / rounds > KEYS * 8 / 10,
        "{kept} keys in {rounds} rounds"
    );
}

#[test]
fn missing_writes_are_counted() {
    let prepared = prepare(Keys::Plain(10), false);
    let path = prepared.folder.path().join("recent");
    let recent = fs::read(&path).unwrap();
    let used = recent.iter().rposition(|byte| *byte != 0).unwrap();
    fs::write(&path, &recent[..used - 3000]).unwrap();
    let (code, state, err) = rescue(prepared.folder.path());
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("acknowledged writes are missing"), "{err}");
    assert!((5..10).contains(&key_ids(&state).len()), "{err}");
}
