//! Writes what an endpoint answered as golden cases, without secrets.
//!
//! The model of the API says which members are bytes, and no byte is written: only its presence or its
//! length. Texts that the case does not contain are written as patterns.

mod general;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use self::general::General;
use super::Subject;
use super::guard::partition;
use crate::cases::{Named, Outcome, Request, Run};
use crate::clock::system_time;

/// The folder of a recording.
#[derive(Debug)]
pub(crate) struct Recording {
    folder: PathBuf,
    source: Value,
    /// The first error, after which nothing is written.
    failed: Option<String>,
    pub(crate) count: usize,
}

impl Recording {
    /// A recording in a folder, which is made.
    ///
    /// # Errors
    ///
    /// The folder cannot be made, or is not empty.
    pub(crate) fn new(folder: &Path, subject: &Subject) -> Result<Self, String> {
        let error = |why: &dyn std::fmt::Display| format!("{}: {why}", folder.display());
        fs::create_dir_all(folder).map_err(|why| error(&why))?;
        let mut inside = fs::read_dir(folder).map_err(|why| error(&why))?;
        if inside.next().is_some() {
            return Err(error(&"the folder of a recording must be empty"));
        }
        let remote = &subject.remote;
        let date = system_time().seconds_text();
        let day = date.get(..10).unwrap_or_default();
        let what = if subject.is_aws() { "AWS" } else { "not AWS" };
        let place = format!(
            "{} ({what}), Region {}, partition {}, {day}, client kms-emulator {}",
            remote.address().host(),
            remote.region(),
            partition(remote.region()),
            env!("CARGO_PKG_VERSION"),
        );
        Ok(Self {
            folder: folder.to_owned(),
            source: json!({ "evidence": "recorded", "where": place }),
            failed: None,
            count: 0,
        })
    }

    /// Writes one answer.
    pub(super) fn add(&mut self, named: &Named, run: &Run) {
        let Some(case) = self.case(named, run) else {
            return;
        };
        let path = self.folder.join(format!("{}.json", named.name));
        let text = format!("{case:#}\n");
        let folder = path.parent().unwrap_or(&self.folder);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text));
        match written {
            Ok(()) => self.count += 1,
            Err(why) => {
                let error = format!("{}: {why}", path.display());
                self.failed.get_or_insert(error);
            }
        }
    }

    /// The number of cases.
    ///
    /// # Errors
    ///
    /// One could not be written.
    pub(crate) fn finish(self) -> Result<usize, String> {
        self.failed.map_or(Ok(self.count), Err)
    }

    /// The case of an answer. `None` if the tested request was not sent.
    fn case(&self, named: &Named, run: &Run) -> Option<Value> {
        let answer = &run.exchange.as_ref()?.answer;
        let mut expect = Map::new();
        expect.insert("status".to_owned(), answer.status.into());
        let is_same = matches!(run.outcome, Outcome::Same);
        let known = named.file.get("expect").filter(|_| is_same);
        let operation = match &named.case.request {
            Request::Call(call) => call.operation.as_str(),
            Request::Http(_) => "",
        };
        let general = General::new(named, &run.variables);
        match serde_json::from_slice(&answer.body) {
            Ok(body) => general.describe(operation, &body, known, &mut expect),
            Err(_) if answer.body.is_empty() => {
                expect.insert("empty_body".to_owned(), true.into());
            }
            // A body that is no JSON may contain anything.
            Err(_) => {}
        }
        for name in ["save", "verify", "headers"] {
            if let Some(value) = known.and_then(|known| known.get(name)) {
                expect.insert(name.to_owned(), value.clone());
            }
        }
        let mut case = named.file.as_object()?.clone();
        case.insert("source".to_owned(), self.source.clone());
        case.insert("expect".to_owned(), expect.into());
        Some(case.into())
    }
}
