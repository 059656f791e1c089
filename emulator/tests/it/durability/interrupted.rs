//! A start may be killed at any system call that changes the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::folder::{Keys, Prepared, copy, export, prepare};
use super::step;
use crate::process::{emulator, has};

/// The system calls that change the disk.
pub(super) const CHANGES: &str = "openat,write,pwrite64,writev,pwritev,rename,renameat,renameat2,unlink,\
                                  unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,ftruncate,fallocate,link,\
                                  linkat,copy_file_range,sendfile,chmod,fchmod,fchmodat";

#[test]
fn an_interrupted_start_loses_nothing() {
    if !has("strace") {
        return;
    }
    let mut points = 0;
    for is_stopped in [true, false] {
        points += interrupt(&prepare(Keys::Plain(3), is_stopped), "KILL", step(1));
        points += interrupt(&prepare(Keys::Tags(12), is_stopped), "KILL", step(5));
        points += interrupt(&prepare(Keys::Plain(3), is_stopped), "TERM", step(4));
    }
    points += interrupt(&super::power::earlier_format(), "KILL", step(2));
    println!("starts were interrupted at {points} system calls");
    assert!(points > 100, "only {points} points");
}

/// Interrupts a start and a stop at every `step`th system call. Returns the number of interruptions.
fn interrupt(prepared: &Prepared, signal: &str, step: usize) -> usize {
    let calls = count_calls(prepared.folder.path());
    let points = calls
        .iter()
        .flat_map(|(call, count)| (1..=*count).map(move |number| (call, number)));
    let mut interrupted = 0;
    for (call, number) in points.step_by(step) {
        let copy = copy(prepared.folder.path());
        let inject = format!("inject={call}:signal={signal}:when={number}");
        let status = traced(
            copy.path(),
            &[
                "-e",
                &inject,
                "-e",
                &format!("trace={call}"),
                "-o",
                "/dev/null",
            ],
        )
        .status()
        .unwrap();
        interrupted += usize::from(!status.success());
        let state = export(copy.path());
        let state = state.unwrap_or_else(|error| panic!("{signal} at {call} {number}: {error}"));
        assert!(
            state == prepared.state,
            "{signal} at {call} {number}: another state"
        );
    }
    interrupted
}

/// `export` opens the folder and closes it.
fn traced(folder: &Path, options: &[&str]) -> Command {
    let program = emulator();
    let mut command = Command::new("strace");
    command.arg("-f").args(options).arg(program.get_program());
    command.arg("export").arg("--data-dir").arg(folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The number of calls of each kind that one thread makes. strace counts them by thread.
fn count_calls(folder: &Path) -> BTreeMap<String, usize> {
    let copy = copy(folder);
    let log = tempfile::NamedTempFile::new().unwrap();
    let path = log.path().to_str().unwrap();
    let trace = format!("trace={CHANGES}");
    let status = traced(copy.path(), &["-e", &trace, "-o", path])
        .status()
        .unwrap();
    assert!(status.success(), "strace works");
    let mut calls: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some((thread, call)) = line.split_once(' ')
            && let Some((name, _)) = call.trim_start().split_once('(')
        {
            *calls
                .entry((name.to_owned(), thread.to_owned()))
                .or_default() += 1;
        }
    }
    let mut most = BTreeMap::new();
    for ((name, _), count) in calls {
        let known = most.entry(name).or_default();
        *known = count.max(*known);
    }
    assert!(
        most.contains_key("unlink") && most.contains_key("fsync"),
        "{most:?}"
    );
    most
}
