//! The faults that are set, and whose turn it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::{Cut, Delay, Fault, FaultError, Hit, Names};
use crate::auth::Caller;
use crate::error::Injected;

/// The most faults at once.
const MOST: usize = 1000;

/// What a fault is called from when it is set until it is taken away.
pub type FaultId = u64;

/// A fault that is set, and what has come of it so far.
#[derive(Clone, Debug, Serialize)]
pub struct Armed {
    /// What it is called.
    pub id: FaultId,
    /// What it does.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many requests it applied to.
    pub seen: u64,
    /// How many of them it hit.
    pub hits: u64,
    #[serde(skip)]
    random: fastrand::Rng,
}

/// All faults that are set.
#[derive(Default)]
pub(crate) struct Plan {
    faults: Mutex<Inner>,
    /// Whether there are any, so that requests without faults pay for none.
    any: AtomicBool,
}

#[derive(Clone, Default)]
struct Inner {
    last_id: FaultId,
    armed: Vec<Armed>,
}

/// What a request is, as far as faults ask.
pub(crate) struct Subject<'r> {
    pub(crate) operation: &'r str,
    pub(crate) caller: &'r Caller,
}

impl Plan {
    /// Sets a fault.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence.
    pub(crate) fn arm(&self, fault: Fault) -> Result<FaultId, String> {
        fault.check()?;
        let mut inner = self.lock();
        if inner.armed.len() >= MOST {
            return Err(format!("there are {MOST} faults already: delete some"));
        }
        inner.last_id += 1;
        let id = inner.last_id;
        let random = fastrand::Rng::with_seed(fault.seed);
        inner.armed.push(Armed {
            id,
            fault,
            seen: 0,
            hits: 0,
            random,
        });
        self.any.store(true, Ordering::Relaxed);
        Ok(id)
    }

    /// Takes a fault away, and says whether there was one.
    pub(crate) fn disarm(&self, id: FaultId) -> bool {
        let mut inner = self.lock();
        let before = inner.armed.len();
        inner.armed.retain(|armed| armed.id != id);
        self.any.store(!inner.armed.is_empty(), Ordering::Relaxed);
        inner.armed.len() < before
    }

    /// All faults in the order in which they were set.
    pub(crate) fn list(&self) -> Vec<Armed> {
        self.lock().armed.clone()
    }

    /// Puts other faults in the place of those that are set.
    pub(crate) fn replace(&self, armed: Vec<Armed>) {
        self.any.store(!armed.is_empty(), Ordering::Relaxed);
        self.lock().armed = armed;
    }

    /// What a fault that names no key does to a request.
    pub(crate) fn on_arrival(&self, subject: &Subject<'_>) -> Option<Hit> {
        self.hit(subject, |key| key.is_none())
    }

    /// What a fault that names a key does to a request; `is` tells whether a name means the key of
    /// the request.
    pub(crate) fn on_key(&self, subject: &Subject<'_>, is: impl Fn(&str) -> bool) -> Option<Hit> {
        self.hit(subject, |key| key.is_some_and(&is))
    }

    fn hit(&self, subject: &Subject<'_>, key: impl Fn(Option<&str>) -> bool) -> Option<Hit> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let mut inner = self.lock();
        let mut armed = inner.armed.iter_mut();
        armed.find_map(|armed| {
            let applies = armed.fault.applies(subject) && key(armed.fault.key.as_deref());
            (applies && armed.is_its_turn()).then(|| armed.hit())
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    fn applies(&self, subject: &Subject<'_>) -> bool {
        let operation = self.operation.as_ref();
        operation.is_none_or(|names| names.contains(subject.operation))
            && self
                .caller
                .as_deref()
                .is_none_or(|caller| subject.caller.is(caller))
    }
}

impl Armed {
    /// Counts a request that the fault applies to, and decides whether it hits it.
    fn is_its_turn(&mut self) -> bool {
        self.seen += 1;
        let Some(number) = self
            .seen
            .checked_sub(self.fault.after)
            .filter(|number| *number > 0)
        else {
            return false;
        };
        if self.fault.times.is_some_and(|times| self.hits >= times)
            || self.fault.every.is_some_and(|every| number % every != 0)
        {
            return false;
        }
        // Drawn whenever it could hit, so that the same requests meet the same chances.
        let probability = self.fault.probability.unwrap_or(1.0);
        let hits = probability >= 1.0 || self.random.f64() < probability;
        self.hits += u64::from(hits);
        hits
    }

    fn hit(&mut self) -> Hit {
        let error = self.fault.error.as_ref().map(FaultError::injected);
        let page = self.fault.status.map(|status| Injected::Page { status });
        let delay = self.fault.delay.map(|delay| delay.draw(&mut self.random));
        Hit {
            refusal: error.or(page),
            delay: delay.unwrap_or_default(),
            cut: self.fault.connection,
        }
    }
}

/// Sets faults, one call a condition; the last call says what happens.
///
/// ```
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// kms.faults().on("Sign").times(2).throttle();
/// kms.faults().on("CreateKey").times(1).lose_answer();
/// # Ok::<(), kms_emulator::StoreError>(())
/// ```
#[must_use = "say what happens: fail, throttle, delay, …"]
pub struct Faults<'k> {
    plan: &'k Plan,
    fault: Fault,
}

impl<'k> Faults<'k> {
    pub(crate) fn new(plan: &'k Plan) -> Self {
        Self {
            plan,
            fault: Fault::default(),
        }
    }

    /// For this operation alone; called again, for this one too.
    pub fn on(mut self, operation: &str) -> Self {
        let mut names: Vec<String> = self
            .fault
            .operation
            .iter()
            .flat_map(Names::iter)
            .map(str::to_owned)
            .collect();
        names.push(operation.to_owned());
        self.fault.operation = Some(Names::Many(names));
        self
    }

    /// For a key alone: its id, ARN or alias.
    pub fn key(mut self, key: &str) -> Self {
        self.fault.key = Some(key.to_owned());
        self
    }

    /// For a caller alone: an access key id, an account, or an ARN.
    pub fn caller(mut self, caller: &str) -> Self {
        self.fault.caller = Some(caller.to_owned());
        self
    }

    /// After so many requests have gone free.
    pub fn after(mut self, after: u64) -> Self {
        self.fault.after = after;
        self
    }

    /// So many times.
    pub fn times(mut self, times: u64) -> Self {
        self.fault.times = Some(times);
        self
    }

    /// Each so-many-th time; 0 is taken for 1.
    pub fn every(mut self, every: u64) -> Self {
        self.fault.every = std::num::NonZero::new(every.max(1));
        self
    }

    /// With a probability from 0 to 1, drawn from a seed.
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.fault.probability = Some(probability);
        self.fault.seed = seed;
        self
    }

    /// The answer, whatever it is, comes so late.
    pub fn delayed(mut self, delay: impl Into<Delay>) -> Self {
        self.fault.delay = Some(delay.into());
        self
    }

    /// The answer comes so late, and is well.
    pub fn delay(self, delay: Duration) -> FaultId {
        self.delayed(delay).arm()
    }

    /// `ThrottlingException`
    pub fn throttle(self) -> FaultId {
        self.fail("ThrottlingException")
    }

    /// An exception, with the status and the text that it has on AWS, as far as they are known.
    pub fn fail(mut self, code: &str) -> FaultId {
        self.fault.error = Some(FaultError::Code(code.to_owned()));
        self.arm()
    }

    /// An exception with a status and a text of one's own.
    pub fn fail_with(mut self, code: &str, status: u16, message: &str) -> FaultId {
        self.fault.error = Some(FaultError::Whole {
            code: code.to_owned(),
            message: Some(message.to_owned()),
            status: Some(status),
        });
        self.arm()
    }

    /// An HTTP status with a page of HTML, as of a proxy: 502, 503, 504.
    pub fn status(mut self, status: u16) -> FaultId {
        self.fault.status = Some(status);
        self.arm()
    }

    /// The connection, or the answer on it, breaks.
    pub fn cut(mut self, cut: Cut) -> FaultId {
        self.fault.connection = Some(cut);
        self.arm()
    }

    /// The request is done, but the connection is closed without an answer.
    pub fn lose_answer(self) -> FaultId {
        self.cut(Cut::LoseAnswer)
    }

    /// All faults that are set.
    pub fn list(&self) -> Vec<Armed> {
        self.plan.list()
    }

    /// Takes one away, and says whether there was one.
    #[expect(clippy::must_use_candidate, reason = "most do not ask")]
    pub fn remove(&self, id: FaultId) -> bool {
        self.plan.disarm(id)
    }

    /// Takes all away.
    pub fn clear(self) {
        self.plan.replace(Vec::new());
    }

    /// # Panics
    ///
    /// If the fault makes no sense: a slip in the test that sets it.
    #[expect(clippy::panic, reason = "a test's slip, best shown where it is")]
    fn arm(self) -> FaultId {
        match self.plan.arm(self.fault) {
            Ok(id) => id,
            Err(wrong) => panic!("not a fault: {wrong}"),
        }
    }
}
