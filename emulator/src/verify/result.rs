//! The results of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Reason;
use crate::cases::{Answer, Difference, Evidence, Named, Outcome, Run};
use crate::clock::Timestamp;

/// The results of all cases.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) run: String,
    pub(crate) started: Timestamp,
    pub(crate) entries: Vec<Entry>,
    /// What could not be removed.
    pub(crate) left: Vec<String>,
    /// Why the run ended before the last case.
    pub(crate) ended: Option<String>,
}

/// The result of one case.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The operation, or `Protocol`.
    pub(crate) operation: String,
    pub(crate) evidence: Evidence,
    /// Where the evidence is.
    pub(crate) source: String,
    pub(crate) verdict: Verdict,
    pub(crate) duration: Duration,
    /// The request with the difference.
    pub(crate) request: String,
    /// Its answer.
    pub(crate) answer: String,
}

/// What became of a case.
#[derive(Debug)]
pub(crate) enum Verdict {
    Same,
    Different(Vec<Difference>),
    Unreached(Reason),
}

/// How many cases have each result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Totals {
    pub(crate) same: usize,
    pub(crate) different: usize,
    pub(crate) not_reached: usize,
}

impl Totals {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Same => self.same += 1,
            Verdict::Different(_) => self.different += 1,
            Verdict::Unreached(_) => self.not_reached += 1,
        }
    }
}

/// The most of a request or an answer in a report.
const MAX_TEXT: usize = 2000;

impl Entry {
    pub(super) fn unreached(named: &Named, reason: Reason) -> Self {
        Self {
            name: named.name.clone(),
            operation: named.folder().to_owned(),
            evidence: named.case.source.evidence,
            source: named.case.source.r#where.clone(),
            verdict: Verdict::Unreached(reason),
            duration: Duration::ZERO,
            request: String::new(),
            answer: String::new(),
        }
    }

    /// The account is replaced everywhere. Only a difference is shown with its request and its answer.
    pub(super) fn new(
        named: &Named,
        mut verdict: Verdict,
        run: &Run,
        duration: Duration,
        account: &str,
    ) -> Self {
        let masked = |text: &str| text.replace(account, "${account}");
        let mut exchange = None;
        if let Verdict::Different(differences) = &mut verdict {
            for difference in differences {
                difference.expected = shortened(masked(&difference.expected));
                difference.actual = shortened(masked(&difference.actual));
            }
            exchange = match &run.outcome {
                Outcome::SetupFailed(refused) => Some(&refused.exchange),
                _ => run.exchange.as_ref(),
            };
        }
        let request = exchange.map_or_else(String::new, |it| it.sent.to_string());
        let answer = exchange.map_or_else(String::new, |it| {
            let body = String::from_utf8_lossy(&it.answer.body);
            format!("HTTP {}\n{body}", it.answer.status)
        });
        Self {
            duration,
            request: shortened(masked(&request)),
            answer: shortened(masked(&answer)),
            verdict,
            ..Self::unreached(named, Reason::Ended)
        }
    }

    /// Whether nothing but an inference says what AWS answers.
    pub(crate) fn is_inferred(&self) -> bool {
        self.evidence == Evidence::Inferred
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// The verdict about a run. `reason` is why a request was not sent or has no answer. On AWS, an error about
/// the caller or the account says nothing about the case.
pub(super) fn verdict(run: &Run, reason: Option<Reason>, is_aws: bool) -> Verdict {
    let refusal = |body: &[u8]| refusal(body).filter(|_| is_aws);
    match &run.outcome {
        Outcome::Same => Verdict::Same,
        Outcome::Unreached(_) => Verdict::Unreached(reason.unwrap_or(Reason::Invalid)),
        Outcome::Different(differences) => {
            let answer = run.exchange.as_ref().map(|it| &it.answer);
            let refusal = answer.and_then(|it| refusal(&it.body));
            match refusal.filter(|reason| *reason == Reason::AccessDenied) {
                Some(reason) => Verdict::Unreached(reason),
                None => Verdict::Different(essential(differences, answer)),
            }
        }
        Outcome::SetupFailed(refused) => match refusal(&refused.exchange.answer.body) {
            Some(reason) => Verdict::Unreached(reason),
            None => Verdict::Different(vec![Difference {
                place: format!("setup step {}, {}", refused.step, refused.operation),
                expected: "success".to_owned(),
                actual: refused.reason.clone(),
            }]),
        },
        Outcome::Invalid(why) => Verdict::Different(vec![Difference {
            place: "the case itself".to_owned(),
            expected: "a case that can be played".to_owned(),
            actual: why.clone(),
        }]),
    }
}

/// The differences that say something: after another status, those of the body do not.
fn essential(differences: &[Difference], answer: Option<&Answer>) -> Vec<Difference> {
    let status = differences.iter().find(|it| it.place == "status");
    match (status, answer) {
        (Some(status), Some(answer)) => vec![Difference {
            actual: format!(
                "{} {}",
                status.actual,
                String::from_utf8_lossy(&answer.body)
            ),
            ..status.clone()
        }],
        _ => differences.to_vec(),
    }
}

/// An error about the caller or the account, which says nothing about the case.
fn refusal(body: &[u8]) -> Option<Reason> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let name = body.get("__type")?.as_str()?;
    match name.rsplit('#').next()? {
        "AccessDeniedException" => Some(Reason::AccessDenied),
        "LimitExceededException" => Some(Reason::Quota),
        _ => None,
    }
}

impl Report {
    pub(crate) fn totals(&self) -> Totals {
        self.totals_of(|_| true)
    }

    /// The totals of some cases.
    pub(crate) fn totals_of(&self, selects: impl Fn(&Entry) -> bool) -> Totals {
        let mut totals = Totals::default();
        for entry in self.entries.iter().filter(|entry| selects(entry)) {
            totals.add(&entry.verdict);
        }
        totals
    }

    /// The totals of each operation.
    pub(crate) fn by_operation(&self) -> BTreeMap<&str, Totals> {
        let mut all = BTreeMap::<_, Totals>::new();
        for entry in &self.entries {
            let totals = all.entry(entry.operation.as_str()).or_default();
            totals.add(&entry.verdict);
        }
        all
    }

    /// The number of cases that were not reached, by reason.
    pub(crate) fn by_reason(&self) -> BTreeMap<&Reason, usize> {
        let mut all = BTreeMap::new();
        for entry in &self.entries {
            if let Verdict::Unreached(reason) = &entry.verdict {
                *all.entry(reason).or_default() += 1;
            }
        }
        all
    }

    /// Whether the run says nothing about the endpoint.
    pub(crate) fn is_failed(&self) -> bool {
        let Totals {
            same, different, ..
        } = self.totals();
        self.ended.is_some() || same + different == 0
    }
}
