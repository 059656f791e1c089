//! The power may fail at any time. The power failures are simulated: the tests record what a process writes
//! and syncs, rebuild what the disk can contain at each point, and start with it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder::{Keys, Prepared, create, export, prepare, prepared};
use super::model::{Disk, Unsynced};
use super::{step, trace};
use crate::process::{emulator, has, start};

/// The number of points that are tested of a recording.
const SAMPLE: usize = 30;

/// A folder of format 2, written by version 0.1.0 and killed: three keys and an alias.
pub(super) fn earlier_format() -> Prepared {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/durability/format-2");
    let folder = super::folder::copy(&files);
    let prepared = prepared(folder);
    assert_eq!(super::folder::key_ids(&prepared.state).len(), 3);
    assert!(prepared.state.contains("alias/first"), "{}", prepared.state);
    prepared
}

#[test]
fn a_power_failure_loses_no_acknowledged_key() {
    if !has("strace") {
        return;
    }
    let mut points = 0;
    for keys in [
        Keys::Plain(20),
        Keys::Tags(12),
        Keys::Policies(8),
        Keys::Descriptions(20),
    ] {
        points += cut_while_creating(keys);
    }
    println!("the power failed at {points} points");
    assert!(points > 100, "only {points} points");
}

/// Cuts the power while a new folder gets keys. Returns the number of points.
fn cut_while_creating(keys: Keys) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = traced(log.path());
    command
        .args(["serve", "--port=0", "--data-dir"])
        .arg(folder.path());
    let running = start(command);
    let ids = create(running.address, keys);
    assert_eq!(running.stop().0.code(), Some(0));

    let before = tempfile::tempdir().unwrap();
    let disk = Disk::new(before.path(), &trace::read(log.path(), folder.path()));
    assert_same(&disk, folder.path());
    let ids: Vec<_> = ids
        .iter()
        .map(|id| (id, disk.sent(&format!("\"KeyId\":\"{id}\""))))
        .collect();
    each_state(&disk, |point, state, what| {
        let acknowledged: Vec<_> = ids
            .iter()
            .filter(|(_, sent)| *sent < point)
            .map(|(id, _)| id)
            .collect();
        let state = match state {
            Ok(state) => state,
            Err(error) if acknowledged.is_empty() && error.contains("is not a data folder") => {
                return;
            }
            Err(error) => panic!("{keys:?}, {what}: {error}"),
        };
        for id in acknowledged {
            assert!(
                state.contains(&format!("key/000000000000/us-east-1/{id}\"")),
                "{keys:?}, {what}: {id}"
            );
            assert!(
                state.contains(&format!("material/000000000000/us-east-1/{id}/0\"")),
                "{keys:?}, {what}: {id}"
            );
        }
    })
}

#[test]
fn a_power_failure_during_a_start_loses_nothing() {
    if !has("strace") {
        return;
    }
    let mut points = 0;
    for prepared in [
        prepare(Keys::Plain(3), true),
        prepare(Keys::Plain(3), false),
        prepare(Keys::Tags(12), true),
        prepare(Keys::Tags(12), false),
        earlier_format(),
    ] {
        let folder = super::folder::copy(prepared.folder.path());
        let disk = record(folder.path(), &["export"], prepared.folder.path());
        points += each_state(&disk, |_, state, what| {
            let state = state.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(state == prepared.state, "{what}: another state");
        });
    }
    println!("the power failed at {points} points");
    assert!(points > 100, "only {points} points");
}

/// An import replaces the whole database.
#[test]
fn a_power_failure_during_an_import_leaves_the_old_or_the_new_state() {
    if !has("strace") {
        return;
    }
    let (old, new) = (prepare(Keys::Tags(4), true), prepare(Keys::Plain(90), true));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &new.state).unwrap();
    let folder = super::folder::copy(old.folder.path());
    let disk = record(
        folder.path(),
        &["import", file.path().to_str().unwrap()],
        old.folder.path(),
    );
    let (mut olds, mut news) = (0, 0);
    each_state(&disk, |_, state, what| {
        let state = state.unwrap_or_else(|error| panic!("{what}: {error}"));
        olds += usize::from(state == old.state);
        news += usize::from(state == new.state);
        assert!(
            state == old.state || state == new.state,
            "{what}: a mixed state"
        );
    });
    assert!(olds > 5 && news > 2, "{olds} old and {news} new states");
}

/// The emulator, whose system calls strace writes to a file. strace is not its parent.
fn traced(log: &Path) -> Command {
    let program = emulator();
    let mut command = Command::new("strace");
    for (name, _) in program.get_envs() {
        command.env_remove(name);
    }
    command
        .arg("-D")
        .args(trace::options(log))
        .arg(program.get_program());
    command.stdin(std::process::Stdio::null());
    command
}

/// Records a command with a data folder.
fn record(folder: &Path, arguments: &[&str], before: &Path) -> Disk {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = traced(log.path());
    command.args(arguments).arg("--data-dir").arg(folder);
    // strace ends after the emulator, and closes the output then.
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let disk = Disk::new(before, &trace::read(log.path(), folder));
    assert_same(&disk, folder);
    disk
}

/// The recording is complete.
fn assert_same(disk: &Disk, folder: &Path) {
    let rebuilt = tempfile::tempdir().unwrap();
    let end = disk.points().last().unwrap();
    disk.restore(end, Unsynced::Kept, rebuilt.path());
    let (rebuilt, found) = (
        super::folder::content(rebuilt.path()),
        super::folder::content(folder),
    );
    let names =
        |files: &std::collections::BTreeMap<PathBuf, _>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&rebuilt), names(&found));
    for (path, bytes) in found {
        assert!(
            rebuilt[&path] == bytes,
            "the recording of {} is not complete",
            path.display()
        );
    }
}

/// Starts with what the disk can contain at some points. Returns the number of points.
fn each_state(disk: &Disk, mut check: impl FnMut(usize, Result<String, String>, &str)) -> usize {
    let points: Vec<_> = disk.points().collect();
    let mut count = 0;
    for point in points.iter().step_by(step(points.len().div_ceil(SAMPLE))) {
        count += 1;
        for unsynced in [
            Unsynced::Kept,
            Unsynced::Lost,
            Unsynced::Partly,
            Unsynced::Partly,
        ] {
            let folder = tempfile::tempdir().unwrap();
            disk.restore(*point, unsynced, folder.path());
            let what = format!("point {point}, unsynced changes are {unsynced:?}");
            check(*point, export(folder.path()), &what);
        }
    }
    count
}
