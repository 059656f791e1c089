//! `kms-emulator verify`: plays golden cases against a KMS endpoint, and reports where it differs.

mod clean_up;
mod control;
mod cost;
mod guard;
mod player;
mod reason;
mod record;
mod report;
mod result;
mod subject;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

pub(crate) use clean_up::{CleanedUp, clean_up};
pub(crate) use cost::Cost;
pub(crate) use guard::Abilities;
use player::Player;
pub(crate) use reason::Reason;
pub(crate) use record::Recording;
pub(crate) use report::html::html;
pub(crate) use report::json::json;
pub(crate) use report::junit::junit;
pub(crate) use report::text::text;
use result::verdict;
pub(crate) use result::{Entry, Report, Verdict};
use subject::Kind;
pub(crate) use subject::{Callers, Subject};

use crate::cases::{self, Named};
use crate::clock::{Timestamp, system_time};

/// The number of cases in a row without an answer after which a run ends.
const MAX_SILENT: usize = 5;

/// What a run tells about itself.
pub(crate) trait Observer {
    /// A case begins.
    fn begin(&mut self, index: usize, name: &str);
    /// Whether the user wants the run to end.
    fn is_stopped(&self) -> bool;
}

/// Plays cases and restores what they changed.
///
/// # Errors
///
/// The control plane of the endpoint does not do what it should.
pub(crate) fn play(
    subject: &Subject,
    cases: &[Named],
    mut recording: Option<&mut Recording>,
    observer: &mut impl Observer,
) -> Result<Report, String> {
    let started = system_time();
    let abilities = subject.abilities();
    let start = match &subject.kind {
        Kind::Controlled(control) => Some(control.begin(&subject.remote)?),
        _ => None,
    };
    let mut entries = Vec::new();
    let mut left = Vec::new();
    let mut ended = None;
    let mut silent = 0;
    for (index, named) in cases.iter().enumerate() {
        if ended.is_none() && observer.is_stopped() {
            ended = Some("it was interrupted".to_owned());
        }
        if ended.is_some() {
            entries.push(Entry::unreached(named, Reason::Ended));
            continue;
        }
        observer.begin(index, &named.name);
        if let Some(reason) = guard::check(named, &abilities) {
            entries.push(Entry::unreached(named, reason));
            continue;
        }
        let (entry, remains) = one(subject, named, index, start, recording.as_deref_mut());
        left.extend(remains);
        let is_silent = matches!(&entry.verdict, Verdict::Unreached(it) if it.is_transport());
        silent = if is_silent { silent + 1 } else { 0 };
        if silent == MAX_SILENT {
            let why = "cases in a row had no answer, so the endpoint is not reached any more";
            ended = Some(format!("{MAX_SILENT} {why}"));
        }
        entries.push(entry);
    }
    if let Kind::Controlled(control) = &subject.kind
        && let Err(why) = control.end(&subject.remote)
    {
        left.push(why);
    }
    if subject.is_aws() && !left.is_empty() {
        left.push(format!("--clean-up {} tries it again", subject.run));
    }
    Ok(Report {
        endpoint: subject.remote.address().to_string(),
        region: subject.remote.region().to_owned(),
        run: subject.run.clone(),
        started,
        entries,
        left,
        ended,
    })
}

/// Plays one case. Returns what could not be removed after it.
fn one(
    subject: &Subject,
    named: &Named,
    index: usize,
    start: Option<Timestamp>,
    recording: Option<&mut Recording>,
) -> (Entry, Vec<String>) {
    let clock = Instant::now();
    let mut player = Player::new(subject, index, start);
    if let Some(time) = named.case.transition_time
        && let Err(reason) = player.set_transition_time(time)
    {
        let left = restore(subject, &mut player);
        return (Entry::unreached(named, reason), left);
    }
    let run = cases::run(&named.case, &mut player);
    let verdict = verdict(&run, player.reason.take(), subject.is_aws());
    if let Some(recording) = recording
        && !matches!(verdict, Verdict::Unreached(_))
    {
        recording.add(named, &run);
    }
    let left = restore(subject, &mut player);
    let entry = Entry::new(
        named,
        verdict,
        &run,
        clock.elapsed(),
        &subject.account(index),
    );
    (entry, left)
}

/// Restores what a case changed.
fn restore(subject: &Subject, player: &mut Player<'_>) -> Vec<String> {
    let Kind::Controlled(control) = &subject.kind else {
        return player.clean_up();
    };
    let shares_account = !matches!(subject.accounts, subject::Accounts::PerCase);
    if !player.changed_control && !shares_account {
        return Vec::new();
    }
    let restored = control.rewind(&subject.remote);
    restored.err().into_iter().collect()
}

/// The number of seconds of a duration, for reports.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}
