//! Speed, memory and growth, each figure beside its floor: a bare HTTP server and the bare cryptography.
//! Other emulators of KMS are measured in the same run, if they are on the path.
//!
//! ```sh
//! cargo bench --package kms-emulator --bench serve                    # some ten minutes
//! cargo bench --package kms-emulator --bench serve -- --quick         # a minute
//! cargo bench --package kms-emulator --bench serve -- --keys 1000000
//! cargo bench --package kms-emulator --bench serve -- --docs          # puts the results into docs/performance.md
//! ```
//!
//! Needs Linux. Servers are processes of their own and run all at once. They are measured in turns, in
//! several rounds, and ratios are taken inside a round: other work on the machine affects both sides. Costs
//! are CPU time of the server, because other work affects it least.
//!
//! Exit status: 0 if all gates are met, 1 if one is missed, 3 if the machine was too unsteady to judge.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "a bench prints its results and panics on errors"
)]

mod bare;
mod figure;
mod goals;
mod growth;
mod isolation;
mod load;
mod million;
mod peers;
mod report;
mod request;
mod requests;
mod server;
mod start;

use std::process::ExitCode;
use std::time::Duration;

use goals::Goals;

/// How much is measured.
#[derive(Clone, Copy)]
struct Scale {
    rounds: usize,
    duration: Duration,
    connections: &'static [usize],
    starts: usize,
    keys: usize,
    most_keys: Option<usize>,
}

const FULL: Scale = Scale {
    rounds: 5,
    duration: Duration::from_secs(1),
    connections: &[1, requests::CONNECTIONS, 64],
    starts: 21,
    keys: 100_000,
    most_keys: Some(1_000_000),
};

const QUICK: Scale = Scale {
    rounds: 3,
    duration: Duration::from_millis(300),
    connections: &[1, requests::CONNECTIONS],
    starts: 5,
    keys: 10_000,
    most_keys: None,
};

/// The maximum spread of a reference with which the run is judged.
const MAX_SPREAD: f64 = 2.0;
const UNSTEADY: u8 = 3;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has(bare::SERVER) {
        bare::serve();
    }
    if has(isolation::BURNER) {
        isolation::burn();
    }
    let mut scale = if has("--quick") { QUICK } else { FULL };
    if let Some(at) = arguments.iter().position(|argument| argument == "--keys") {
        scale.keys = arguments[at + 1].parse().unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let peers = peers::start(folder.path());
    let results = requests::measure(&scale, folder.path(), &peers);
    let isolation = isolation::measure(&scale);
    let starts = start::measure(&scale, folder.path());
    let growth = growth::measure(&scale, folder.path());
    let million = million::measure(&scale, folder.path());
    let mut goals = Goals::default();
    requests::judge(&results, &peers, &mut goals);
    isolation::judge(&isolation, &mut goals);
    start::judge(&starts, &mut goals);
    growth::judge(&growth, &mut goals);
    if let Some(million) = &million {
        million::judge(million, &mut goals);
    }
    let text = report::text(&report::Measured {
        results: &results,
        peers: &peers,
        isolation: &isolation,
        starts: &starts,
        growth: &growth,
        million: million.as_ref(),
        goals: &goals,
    });
    println!("\n{text}");

    let primitives = &results.primitives;
    let references = [
        ("the bare HTTP server", results.bare()),
        ("a bare signature", &primitives.sign),
        ("a bare verification", &primitives.verify),
        ("the generation of a key", &primitives.generate),
    ];
    let unsteady = references
        .iter()
        .find(|(_, figure)| figure.spread() > MAX_SPREAD);
    if let Some((name, figure)) = unsteady {
        println!(
            "Not judged: the cost of {name} differed {:.1}-fold between the rounds. Other work on the machine \
             is too heavy; run this again when it is quiet.",
            figure.spread()
        );
        return ExitCode::from(UNSTEADY);
    }
    if has("--docs") {
        report::write_docs(&text);
    }
    let mut is_missed = false;
    for goal in goals.missed() {
        println!(
            "missed: {}: {}, {}",
            goal.name,
            goal.value(),
            goal.gate.text(goal.unit)
        );
        is_missed = true;
    }
    ExitCode::from(u8::from(is_missed))
}
