//! Runs every golden case in `fixtures/cases`, each against a new emulator.
//!
//! Each case file is one test: `cargo test --test golden Sign/digest` runs the cases of `Sign` whose name
//! starts with `digest`. `fixtures/README.md` describes the format. The last line of output counts the
//! cases by evidence.

mod collection;
mod reason;
mod stage;
mod tally;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use kms_emulator::cases::{self, Outcome};
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
        let named = entry.read()?;
        tally.count(named.case.source.evidence);
        let mut stage = Stage::new(named.case.transition_time.unwrap_or_default())?;
        let run = cases::run(&named.case, &mut stage);
        let Outcome::Same = run.outcome else {
            return Err(Failed::from(cases::report(&named, &run)));
        };
        let tested = run.exchange.as_ref().zip(stage.reply.as_ref());
        match tested.and_then(|(exchange, reply)| reason::check(&exchange.sent, reply)) {
            None => Ok(()),
            Some(wrong) => Err(format!("{wrong}\n\n{}", cases::report(&named, &run)).into()),
        }
    })
}
