//! What was found so far.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::bounded::Bounded;

/// The maximum number of differences in the list.
const MAX_FOUND: usize = 1000;
/// The number of requests whose comparison is kept, as of events by default.
const MAX_REQUESTS: usize = 10_000;

/// One difference. `None`: the member is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// The path in the answer; `status` and `body` are of HTTP.
    pub(super) path: String,
    pub(super) upstream: Option<String>,
    pub(super) ours: Option<String>,
}

impl Difference {
    pub(super) fn new(path: &str, upstream: Option<String>, ours: Option<String>) -> Self {
        Self {
            path: path.to_owned(),
            upstream,
            ours,
        }
    }

    /// Differences of a kind are counted together. Values are a part of it only if they are no ids.
    fn kind(&self, operation: &str) -> String {
        let Self {
            path,
            upstream,
            ours,
        } = self;
        match path.as_str() {
            "__type" | "status" => format!("{operation} {path} {upstream:?} {ours:?}"),
            _ => format!("{operation} {path}"),
        }
    }
}

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Different(Vec<Difference>),
    /// Why the answers cannot be compared.
    NotCompared(&'static str),
}

/// How the answers to a request compare.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
}

/// Differences of one kind: the first, and how many there were.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    operation: String,
    #[serde(flatten)]
    difference: Difference,
    count: u64,
    request_id: String,
    at: String,
    /// The file of its case.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
}

/// A request whose answers were compared.
pub(super) struct Seen<'s> {
    pub(super) operation: &'s str,
    pub(super) request_id: &'s str,
    pub(super) at: String,
}

pub(crate) struct Report {
    upstream: String,
    inner: Mutex<Inner>,
}

struct Inner {
    counts: Counts,
    /// The index in `found` of each kind.
    kinds: HashMap<String, usize>,
    found: Vec<Found>,
    requests: Bounded<Verdict>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    same: u64,
    different: u64,
    /// By the reason.
    not_compared: BTreeMap<&'static str, u64>,
    /// Requests that the upstream has not answered.
    unanswered: u64,
    /// Kinds of differences that the list has no place for.
    forgotten: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    upstream: String,
    #[serde(flatten)]
    counts: Counts,
    differences: Vec<Found>,
}

impl Report {
    pub(super) fn new(upstream: String) -> Self {
        Self {
            upstream,
            inner: Mutex::new(Inner {
                counts: Counts::default(),
                kinds: HashMap::new(),
                found: Vec::new(),
                requests: Bounded::new(MAX_REQUESTS),
            }),
        }
    }

    /// Adds the result of a comparison. `write_case` is called if it has a difference of a new kind, and
    /// returns the file of its case.
    pub(super) fn add(
        &self,
        seen: &Seen<'_>,
        verdict: Verdict,
        write_case: impl FnOnce(&Difference, &[Difference]) -> Option<String>,
    ) {
        let mut inner = self.lock();
        let counts = &mut inner.counts;
        match &verdict {
            Verdict::Same => counts.same += 1,
            Verdict::Different(_) => counts.different += 1,
            Verdict::NotCompared(why) => *counts.not_compared.entry(why).or_default() += 1,
        }
        if let Verdict::Different(differences) = &verdict {
            let is_new = |difference: &&Difference| {
                !inner.kinds.contains_key(&difference.kind(seen.operation))
            };
            let new = differences.iter().find(is_new);
            let case = new.and_then(|new| write_case(new, differences));
            for difference in differences {
                seen.log(difference, case.as_deref());
                inner.count(seen, difference, case.as_ref());
            }
        }
        inner.requests.insert(seen.request_id, verdict);
    }

    /// Counts a request of which nothing is known here.
    pub(super) fn add_not_compared(&self, why: &'static str) {
        *self.lock().counts.not_compared.entry(why).or_default() += 1;
    }

    pub(super) fn add_unanswered(&self) {
        self.lock().counts.unanswered += 1;
    }

    pub(crate) fn summary(&self) -> Summary {
        let inner = self.lock();
        Summary {
            upstream: self.upstream.clone(),
            counts: inner.counts.clone(),
            differences: inner.found.clone(),
        }
    }

    pub(crate) fn clear(&self) {
        let mut inner = self.lock();
        inner.counts = Counts::default();
        inner.kinds.clear();
        inner.found.clear();
    }

    /// How the answers to a request compare, by its id in the upstream.
    pub(crate) fn of_request(&self, id: &str) -> Option<Compared> {
        let verdict = self.lock().requests.get(id)?.clone();
        let (result, why, differences) = match verdict {
            Verdict::Same => ("same", None, Vec::new()),
            Verdict::Different(differences) => ("different", None, differences),
            Verdict::NotCompared(why) => ("not compared", Some(why), Vec::new()),
        };
        Some(Compared {
            result,
            why,
            differences,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn count(&mut self, seen: &Seen<'_>, difference: &Difference, case: Option<&String>) {
        let kind = difference.kind(seen.operation);
        if let Some(found) = self.kinds.get(&kind).and_then(|at| self.found.get_mut(*at)) {
            found.count += 1;
            return;
        }
        if self.found.len() == MAX_FOUND {
            self.counts.forgotten += 1;
            return;
        }
        self.kinds.insert(kind, self.found.len());
        self.found.push(Found {
            operation: seen.operation.to_owned(),
            difference: difference.clone(),
            count: 1,
            request_id: seen.request_id.to_owned(),
            at: seen.at.clone(),
            case: case.cloned(),
        });
    }
}

impl Seen<'_> {
    fn log(&self, difference: &Difference, case: Option<&str>) {
        tracing::warn!(
            operation = self.operation,
            path = difference.path,
            upstream = difference.upstream,
            ours = difference.ours,
            case,
            request_id = self.request_id,
            "differs from the upstream"
        );
    }
}
