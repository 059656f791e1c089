//! Runs every golden case in `fixtures/cases`, each against a new emulator.
//!
//! Each case file is one test: `cargo test --test golden Sign/digest` runs the cases of `Sign` whose name
//! starts with `digest`. `fixtures/README.md` describes the format. The last line of output counts the
//! cases by evidence.

mod case;
mod collection;
mod expectation;
mod matcher;
mod reason;
mod report;
mod signature;
mod stage;
mod tally;
mod template;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kms_emulator::clock::parse_duration;
use libtest_mimic::{Arguments, Failed, FormatSetting, Trial};

use crate::collection::Entry;
use crate::stage::Stage;
use crate::tally::Tally;

/// The cases are outside the crate, because they describe KMS and not this implementation.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/cases");

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let tally = Arc::new(Tally::default());
    let trials = collection::entries(Path::new(CASES))?
        .into_iter()
        .map(|entry| trial(entry, Arc::clone(&tally)))
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Programs parse the list of tests and the JSON report, so the count is not printed there.
    if !arguments.list && arguments.format != Some(FormatSetting::Json) {
        writeln!(io::stdout(), "{tally}\n")?;
    }
    Ok(conclusion.exit_code())
}

fn trial(entry: Entry, tally: Arc<Tally>) -> Trial {
    Trial::test(entry.name.clone(), move || {
        let (case, file) = entry.read()?;
        tally.count(case.source.evidence);
        let transition_time = match case.transition_time.as_deref() {
            Some(text) => {
                parse_duration(text).map_err(|error| format!("transition_time: {error}"))?
            }
            None => Duration::ZERO,
        };
        let mut stage = Stage::new(transition_time)?;
        stage.set_up(&case.setup)?;
        let exchange = stage.call(&case.request)?;
        let mut differences = stage.compare(&case.expect, &exchange.reply)?;
        differences.extend(reason::check(&exchange));
        if differences.is_empty() {
            return Ok(());
        }
        Err(Failed::from(report::text(
            &case,
            &file,
            &stage,
            &exchange,
            &differences,
        )))
    })
}
