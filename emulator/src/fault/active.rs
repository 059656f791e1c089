//! A fault with its counters: which requests it matches, and when it is due.

use std::time::Duration;

use serde::Serialize;

use super::{ConnectionFault, Fault};
use crate::auth::Caller;
use crate::error::Injected;

/// The id of a fault, until it is removed.
pub type FaultId = u64;

/// A fault that is set, with its counters.
///
/// ```
/// use kms_emulator::protocol::Request;
///
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// kms.faults().after(1).throttle();
/// kms.handle(&Request::new("TrentService.ListKeys", b"{}"));
/// let active = &kms.faults().list()[0];
/// assert_eq!((active.seen, active.hits), (1, 0));
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ActiveFault {
    /// The id of the fault.
    pub id: FaultId,
    /// The fault as it was set.
    #[serde(flatten)]
    pub fault: Fault,
    /// The number of requests that matched.
    pub seen: u64,
    /// The number of requests that were hit.
    pub hits: u64,
    #[serde(skip)]
    random: fastrand::Rng,
}

/// The parts of a request that a fault can match.
pub(crate) struct RequestInfo<'r> {
    pub(crate) operation: &'r str,
    pub(crate) caller: &'r Caller,
}

/// The effect of a fault on one request.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// The fault that hit the request.
    pub(crate) fault: FaultId,
    pub(crate) error: Option<Injected>,
    pub(crate) delay: Duration,
    pub(crate) connection: Option<ConnectionFault>,
}

impl Hit {
    /// Whether the request is not performed.
    pub(crate) fn prevents(&self) -> bool {
        self.error.is_some() || self.connection == Some(ConnectionFault::DropBefore)
    }
}

impl ActiveFault {
    pub(super) fn new(id: FaultId, fault: Fault) -> Self {
        Self {
            id,
            random: fastrand::Rng::with_seed(fault.seed),
            fault,
            seen: 0,
            hits: 0,
        }
    }

    /// Whether the fault applies to a request, apart from its key.
    pub(super) fn matches(&self, request: &RequestInfo<'_>) -> bool {
        let operation = self.fault.operation.as_ref();
        let caller = self.fault.caller.as_deref();
        operation.is_none_or(|names| {
            names
                .as_slice()
                .iter()
                .any(|name| name == request.operation)
        }) && caller.is_none_or(|caller| request.caller.is(caller))
    }

    /// Counts a matching request, and returns the effect if the fault is due.
    pub(super) fn count(&mut self) -> Option<Hit> {
        self.seen += 1;
        let number = self.seen.checked_sub(self.fault.after)?;
        let is_due = number > 0
            && self.fault.times.is_none_or(|times| self.hits < times)
            && self.fault.every.is_none_or(|every| number % every == 0);
        if !is_due {
            return None;
        }
        // Drawn only for due requests, so that the same requests give the same results.
        let probability = self.fault.probability.unwrap_or(1.0);
        if probability < 1.0 && self.random.f64() >= probability {
            return None;
        }
        self.hits += 1;
        Some(self.hit())
    }

    fn hit(&mut self) -> Hit {
        let exception = self.fault.error.as_ref().map(Injected::from);
        let page = self.fault.status.map(|status| Injected::Page { status });
        let delay = self.fault.delay.map(|delay| delay.draw(&mut self.random));
        Hit {
            fault: self.id,
            error: exception.or(page),
            delay: delay.unwrap_or_default(),
            connection: self.fault.connection,
        }
    }
}
