//! The faults of one KMS.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{ActiveFault, Fault, FaultId, Hit, InvalidFault, RequestInfo};

/// The maximum number of faults.
const MAX_FAULTS: usize = 1000;

/// The faults that are set.
#[derive(Default)]
pub(crate) struct Registry {
    faults: Mutex<Inner>,
    /// Whether any fault is set: requests take no lock if not.
    any: AtomicBool,
}

#[derive(Default)]
struct Inner {
    last_id: FaultId,
    active: Vec<ActiveFault>,
}

impl Registry {
    /// Sets a fault.
    ///
    /// # Errors
    ///
    /// The fault is invalid, or too many faults are set.
    pub(crate) fn add(&self, fault: Fault) -> Result<FaultId, InvalidFault> {
        fault.check()?;
        let mut inner = self.lock();
        if inner.active.len() >= MAX_FAULTS {
            return Err(InvalidFault(format!(
                "too many faults: the maximum is {MAX_FAULTS}; remove some first"
            )));
        }
        inner.last_id += 1;
        let id = inner.last_id;
        inner.active.push(ActiveFault::new(id, fault));
        self.any.store(true, Ordering::Relaxed);
        Ok(id)
    }

    /// Removes a fault. Returns whether it was set.
    pub(crate) fn remove(&self, id: FaultId) -> bool {
        let mut inner = self.lock();
        let before = inner.active.len();
        inner.active.retain(|active| active.id != id);
        self.any.store(!inner.active.is_empty(), Ordering::Relaxed);
        inner.active.len() < before
    }

    /// All faults, in the order in which they were set.
    pub(crate) fn list(&self) -> Vec<ActiveFault> {
        self.lock().active.clone()
    }

    /// Replaces all faults. Returns the number of faults before.
    pub(crate) fn replace(&self, active: Vec<ActiveFault>) -> usize {
        let mut inner = self.lock();
        self.any.store(!active.is_empty(), Ordering::Relaxed);
        std::mem::replace(&mut inner.active, active).len()
    }

    /// The effect of the faults without a key on a request.
    pub(crate) fn on_arrival(&self, request: &RequestInfo<'_>) -> Option<Hit> {
        self.hit(request, |key| key.is_none())
    }

    /// The effect of the faults with a key on a request. `is_key` decides whether a key id, ARN or
    /// alias identifies the key of the request.
    pub(crate) fn on_key(
        &self,
        request: &RequestInfo<'_>,
        is_key: impl Fn(&str) -> bool,
    ) -> Option<Hit> {
        self.hit(request, |key| key.is_some_and(&is_key))
    }

    /// The first fault that matches and is due wins.
    fn hit(&self, request: &RequestInfo<'_>, key: impl Fn(Option<&str>) -> bool) -> Option<Hit> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let mut inner = self.lock();
        inner
            .active
            .iter_mut()
            .filter(|active| active.matches(request) && key(active.fault.key.as_deref()))
            .find_map(ActiveFault::count)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
