//! The time of a start, the memory of an idle server, and the cost of an emulator inside a test.

use std::path::Path;
use std::time::Instant;

use kms_emulator::Emulator;
use kms_emulator::protocol::Request;

use crate::Scale;
use crate::figure::Figure;
use crate::goals::Goals;
use crate::server::{BINARY, Server};

/// In milliseconds and MB.
#[derive(Default)]
pub(crate) struct Starts {
    pub(crate) bare: Figure,
    pub(crate) temporary: Figure,
    pub(crate) new_folder: Figure,
    pub(crate) memory_temporary: Figure,
    pub(crate) memory_new_folder: Figure,
    pub(crate) binary: f64,
    pub(crate) in_process: Vec<(&'static str, Figure)>,
}

pub(crate) fn measure(scale: &Scale, folder: &Path) -> Starts {
    let mut starts = Starts {
        binary: std::fs::metadata(BINARY).unwrap().len() as f64 / 1e6,
        ..Starts::default()
    };
    for number in 0..scale.starts {
        let (time, server) = timed(Server::bare);
        starts.bare.push(time);
        drop(server);
        let (time, server) = timed(|| Server::emulator(&["--temporary"]));
        starts.temporary.push(time);
        starts.memory_temporary.push(server.memory());
        drop(server);
        let folder = folder.join(format!("start-{number}"));
        let (time, server) = timed(|| Server::durable(&folder));
        starts.new_folder.push(time);
        starts.memory_new_folder.push(server.memory());
    }
    starts.in_process = in_process();
    starts
}

/// The milliseconds of a start, and what it started.
pub(crate) fn timed<T>(start: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let result = start();
    (started.elapsed().as_secs_f64() * 1000.0, result)
}

/// The milliseconds that a test needs to start its own emulator and to restore a snapshot.
fn in_process() -> Vec<(&'static str, Figure)> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let start = |listens: bool| {
        let builder = Emulator::builder();
        let builder = if listens {
            builder
        } else {
            builder.without_listener()
        };
        runtime.block_on(builder.start()).unwrap()
    };
    let starts = |listens: bool| (0..200).map(|_| timed(|| start(listens)).0).collect();
    let kms = start(false);
    let create = || {
        kms.kms()
            .handle(&Request::new("TrentService.CreateKey", b"{}"))
    };
    for _ in 0..1000 {
        create();
    }
    let snapshot = kms.snapshot();
    let restores = (0..100).map(|_| {
        create();
        timed(|| kms.restore(&snapshot).unwrap()).0
    });
    vec![
        ("start in a test, on a port", starts(true)),
        ("start in a test, without a listener", starts(false)),
        (
            "restore a snapshot of 1,000 keys in a test",
            restores.collect(),
        ),
    ]
}

pub(crate) fn judge(starts: &Starts, goals: &mut Goals) {
    let median = |figure: &Figure| Figure::from_iter([figure.median()]);
    let ratio = median(&starts.new_folder).over(&median(&starts.bare));
    goals.at_most(
        "start with a new data folder / bare HTTP",
        &ratio,
        "x",
        3.0,
        2.0,
    );
    goals.at_most(
        "start with a new data folder",
        &starts.new_folder,
        " ms",
        12.0,
        6.0,
    );
    let memory = &starts.memory_new_folder;
    goals.at_most("memory when idle, data folder", memory, " MB", 10.0, 8.0);
}
