//! The public builder of faults.

use std::fmt;
use std::num::NonZero;
use std::time::Duration;

use super::{
    ActiveFault, ConnectionFault, Delay, Exception, Fault, FaultId, InvalidFault, Registry,
};
use crate::one_or_many::OneOrMany;

/// Sets faults. Each call adds a condition; the last call sets the effect.
///
/// ```
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// kms.faults().on("Sign").times(2).throttle();
/// kms.faults().on("CreateKey").times(1).lose_answer();
/// assert_eq!(kms.faults().list().len(), 2);
/// kms.faults().clear();
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[must_use = "call a method that sets the effect, such as fail, throttle or delay"]
pub struct Faults<'k> {
    registry: &'k Registry,
    fault: Fault,
}

impl fmt::Debug for Faults<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Faults");
        debug.field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl<'k> Faults<'k> {
    pub(crate) fn new(registry: &'k Registry) -> Self {
        Self {
            registry,
            fault: Fault::default(),
        }
    }

    /// Applies the fault to this operation only. Several calls select several operations.
    pub fn on(mut self, operation: &str) -> Self {
        let earlier = self.fault.operation.take();
        let mut names = earlier.map(OneOrMany::into_vec).unwrap_or_default();
        names.push(operation.to_owned());
        self.fault.operation = Some(OneOrMany::Many(names));
        self
    }

    /// Applies the fault to this key only: a key id, an ARN, or an alias.
    pub fn key(mut self, key: &str) -> Self {
        self.fault.key = Some(key.to_owned());
        self
    }

    /// Applies the fault to this caller only: an access key id, an account id, or an ARN.
    pub fn caller(mut self, caller: &str) -> Self {
        self.fault.caller = Some(caller.to_owned());
        self
    }

    /// Skips the first requests that match.
    pub fn after(mut self, after: u64) -> Self {
        self.fault.after = after;
        self
    }

    /// Stops after this number of hits.
    pub fn times(mut self, times: u64) -> Self {
        self.fault.times = Some(times);
        self
    }

    /// Hits only every Nth request that matches. 0 means 1.
    pub fn every(mut self, every: u64) -> Self {
        self.fault.every = NonZero::new(every.max(1));
        self
    }

    /// Hits with this probability, from 0 to 1. The same seed gives the same results.
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.fault.probability = Some(probability);
        self.fault.seed = seed;
        self
    }

    /// Delays the response, in addition to another effect.
    pub fn delayed(mut self, delay: impl Into<Delay>) -> Self {
        self.fault.delay = Some(delay.into());
        self
    }

    /// Delays the response of a request that succeeds.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn delay(self, delay: Duration) -> FaultId {
        self.delayed(delay).set()
    }

    /// Returns a `ThrottlingException`.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn throttle(self) -> FaultId {
        self.fail("ThrottlingException")
    }

    /// Returns an exception. The status and the message are those of AWS, if they are known.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn fail(mut self, code: &str) -> FaultId {
        self.fault.error = Some(Exception::new(code));
        self.set()
    }

    /// Returns an exception with a custom status and message.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn fail_with(mut self, code: &str, status: u16, message: &str) -> FaultId {
        self.fault.error = Some(Exception {
            message: Some(message.to_owned()),
            status: Some(status),
            ..Exception::new(code)
        });
        self.set()
    }

    /// Returns an HTTP status with an HTML page, as a proxy does: 502, 503, 504.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn status(mut self, status: u16) -> FaultId {
        self.fault.status = Some(status);
        self.set()
    }

    /// Breaks the connection, or the response on it.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn connection(mut self, fault: ConnectionFault) -> FaultId {
        self.fault.connection = Some(fault);
        self.set()
    }

    /// Performs the request, then closes the connection without a response.
    ///
    /// # Panics
    ///
    /// If the fault is invalid.
    pub fn lose_answer(self) -> FaultId {
        self.connection(ConnectionFault::LoseAnswer)
    }

    /// Sets a fault that was built elsewhere, such as one read from JSON. Conditions of this
    /// builder are ignored.
    ///
    /// # Errors
    ///
    /// The fault is invalid, or too many faults are set.
    pub fn insert(self, fault: Fault) -> Result<FaultId, InvalidFault> {
        self.registry.add(fault)
    }

    /// All faults that are set.
    pub fn list(&self) -> Vec<ActiveFault> {
        self.registry.list()
    }

    /// Removes a fault. Returns whether it was set.
    #[expect(clippy::must_use_candidate, reason = "most callers ignore the result")]
    pub fn remove(&self, id: FaultId) -> bool {
        self.registry.remove(id)
    }

    /// Removes all faults.
    pub fn clear(self) {
        self.registry.replace(Vec::new());
    }

    #[expect(
        clippy::panic,
        reason = "a mistake in a test is best reported where it is made"
    )]
    fn set(self) -> FaultId {
        match self.registry.add(self.fault) {
            Ok(id) => id,
            Err(error) => panic!("invalid fault: {error}"),
        }
    }
}
