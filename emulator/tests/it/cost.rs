//! The system calls and the instructions of a request. Unlike times, they depend little on the load of the
//! machine. The program of the tests is not optimized, so its instructions only show changes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::allocations::send;
use crate::process::{Running, emulator, has, start};

/// The requests of a short and of a long run. Their difference leaves out the start and the end.
const RUNS: [u32; 2] = [200, 700];

/// Measured: 141,000. Another compiler can make some more.
const MAX_INSTRUCTIONS: f64 = 162_000.0;

/// What one more request costs.
fn per_request(cost: impl Fn(u32) -> u64) -> f64 {
    let [few, many] = RUNS.map(&cost);
    let requests = f64::from(RUNS[1] - RUNS[0]);
    let more = u32::try_from(many.saturating_sub(few)).unwrap();
    f64::from(more) / requests
}

/// The emulator, watched by a program.
fn watched(program: &str, options: &[&str]) -> Running {
    let emulator = emulator();
    let mut command = Command::new(program);
    for (name, _) in emulator.get_envs() {
        command.env_remove(name);
    }
    // With more threads, the number of their wake-ups depends on the load.
    command.env("TOKIO_WORKER_THREADS", "1");
    command.args(options).arg(emulator.get_program());
    command.args(["--port=0", "--temporary"]);
    command.stdin(Stdio::null());
    start(command)
}

fn generate_random(running: &Running, count: u32) {
    let body = r#"{"NumberOfBytes":32}"#;
    send(running.address, "TrentService.GenerateRandom", body, count);
}

#[test]
fn a_request_makes_few_system_calls() {
    if !has("strace") {
        return;
    }
    let calls = || {
        per_request(|count| {
            let summary = tempfile::NamedTempFile::new().unwrap();
            let path = summary.path().to_str().unwrap();
            // strace is not the parent of the emulator, so that the emulator gets the signal to stop.
            let running = watched("strace", &["-D", "-f", "-c", "-o", path]);
            generate_random(&running, count);
            assert!(running.stop().0.success());
            all_calls(summary.path())
        })
    };
    // The log is written every 10 milliseconds, which are few requests on a busy machine.
    let found: Vec<_> = std::iter::repeat_with(calls).take(3).collect();
    let calls = found.iter().copied().fold(f64::INFINITY, f64::min);
    println!("{calls:.2} system calls");
    // epoll_wait, recvfrom, getrandom and writev, and a part of a write to the log.
    assert!(calls > 3.9, "{found:?}: not all were counted");
    assert!(calls <= 4.7, "{found:?} system calls, at most 4.7");
}

/// The sum of strace's column `calls`.
fn all_calls(summary: &Path) -> u64 {
    let summary = fs::read_to_string(summary).unwrap();
    let rows = summary.lines().filter(|line| !line.ends_with("total"));
    let calls = rows.filter_map(|row| row.split_whitespace().nth(3)?.parse::<u64>().ok());
    calls.sum()
}

#[test]
fn a_request_has_few_instructions() {
    if !has("valgrind") {
        return;
    }
    let instructions = per_request(|count| {
        let count_only = [
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ];
        let running = watched("valgrind", &count_only);
        generate_random(&running, count);
        let (status, log) = running.stop();
        assert!(status.success(), "{log}");
        let line = log
            .lines()
            .find(|line| line.contains("I ") && line.contains("refs:"));
        let (_, number) = line.and_then(|line| line.split_once("refs:")).unwrap();
        number.trim().replace(',', "").parse().unwrap()
    });
    println!("{instructions:.0} instructions");
    assert!(
        instructions > 50_000.0,
        "{instructions}: not all were counted"
    );
    assert!(
        instructions <= MAX_INSTRUCTIONS,
        "{instructions} instructions"
    );
}
