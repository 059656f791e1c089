//! A pool of generated RSA keys, so that creating a key usually takes milliseconds.
//!
//! The caller waits for the first key of an RSA spec. Then one background thread for all specs
//! generates a few more keys of that spec, and ends when the pool is full. The pool is empty until
//! the first request, so tests without RSA keys pay nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use super::algorithm::Algorithm;
use super::rsa::RsaKey;
use super::{CryptoError, KeyMaterial, Random};
use crate::api::{KeySpec, RsaSize};

/// The generated RSA keys of a KMS.
#[derive(Default)]
pub(crate) struct RsaKeyPool(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    pools: [Pool; 3],
    /// Whether the background thread runs.
    is_generating: bool,
}

/// The generated keys of one size.
#[derive(Default)]
struct Pool {
    /// Whether a key of this size was requested before.
    is_in_use: bool,
    keys: Vec<RsaKey>,
}

/// The number of keys of a size to keep ready. Larger keys are slower to generate.
const fn capacity(size: RsaSize) -> usize {
    match size {
        RsaSize::Rsa2048 => 4,
        RsaSize::Rsa3072 => 2,
        RsaSize::Rsa4096 => 1,
    }
}

impl RsaKeyPool {
    /// New material of a spec, from the pool if possible.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn generate(
        &self,
        spec: KeySpec,
        random: &Random,
    ) -> Result<KeyMaterial, CryptoError> {
        let Algorithm::Rsa(size) = Algorithm::of(spec) else {
            return KeyMaterial::generate(spec, random);
        };
        // Background generation would make the order of keys nondeterministic.
        if random.is_seeded() {
            return RsaKey::generate(size, random).map(KeyMaterial::Rsa);
        }
        let pooled = lock(&self.0).pool(size).keys.pop();
        let key = pooled.map_or_else(|| RsaKey::generate(size, random), Ok);
        // After the caller's own key: two generations at once would double the wait.
        self.refill(size);
        key.map(KeyMaterial::Rsa)
    }

    fn refill(&self, size: RsaSize) {
        let mut state = lock(&self.0);
        state.pool(size).is_in_use = true;
        if state.is_generating {
            return;
        }
        let weak = Arc::downgrade(&self.0);
        let thread = thread::Builder::new().name("rsa-key-pool".to_owned());
        // If the thread cannot start, the next caller waits for its key.
        state.is_generating = thread.spawn(move || fill(&weak)).is_ok();
    }
}

impl State {
    fn pool(&mut self, size: RsaSize) -> &mut Pool {
        let [small, medium, large] = &mut self.pools;
        match size {
            RsaSize::Rsa2048 => small,
            RsaSize::Rsa3072 => medium,
            RsaSize::Rsa4096 => large,
        }
    }

    /// The size of the next key to generate, smallest first. `None` ends the thread.
    fn next_size(&mut self) -> Option<RsaSize> {
        let missing = RsaSize::ALL.into_iter().find(|size| {
            let pool = self.pool(*size);
            pool.is_in_use && pool.keys.len() < capacity(*size)
        });
        self.is_generating = missing.is_some();
        missing
    }
}

/// Generates keys until the pool is full or its owner is dropped.
fn fill(state: &Weak<Mutex<State>>) {
    loop {
        let Some(size) = state.upgrade().and_then(|state| lock(&state).next_size()) else {
            return;
        };
        // Holds no strong reference, so that the owner can be dropped.
        let key = RsaKey::generate(size, &Random::System);
        let Some(state) = state.upgrade() else {
            return;
        };
        let mut state = lock(&state);
        match key {
            Ok(key) => state.pool(size).keys.push(key),
            // The next caller gets the error; a retry here would only spin.
            Err(error) => {
                tracing::warn!("cannot pre-generate an {} key: {error}", size.spec());
                state.is_generating = false;
                return;
            }
        }
    }
}

/// A panic cannot leave the state inconsistent, because each change is one assignment.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn pool_fills_after_the_first_key_of_a_size() {
        let pool = RsaKeyPool::default();
        let generate = |spec| {
            let material = pool.generate(spec, &Random::System).unwrap();
            material.encode().unwrap()
        };
        generate(KeySpec::EccNistP256);
        assert!(!lock(&pool.0).is_generating);

        let first = generate(KeySpec::Rsa2048);
        let end = Instant::now() + Duration::from_secs(60);
        while lock(&pool.0).is_generating && Instant::now() < end {
            thread::yield_now();
        }
        let pooled = {
            let mut state = lock(&pool.0);
            assert!(state.pool(RsaSize::Rsa3072).keys.is_empty());
            let keys = &state.pool(RsaSize::Rsa2048).keys;
            assert_eq!(keys.len(), capacity(RsaSize::Rsa2048));
            keys.last().map(RsaKey::encode).unwrap()
        };
        let second = generate(KeySpec::Rsa2048);
        assert_eq!(second.expose(), pooled.expose());
        assert_ne!(second.expose(), first.expose());
    }
}
