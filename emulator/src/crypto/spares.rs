//! Spare RSA keys, so that making one is a matter of milliseconds in the usual case.
//!
//! The first key of an RSA spec is made while its caller waits. From then on a few spares of that
//! spec are kept, made in the background by one thread for all specs, which ends when nothing is
//! missing. Nothing is made before somebody asked for an RSA key: a test that wants none pays for
//! none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use super::rsa::{RsaKey, Size};
use super::{CryptoError, KeyMaterial, Random};
use crate::api::KeySpec;

/// The spares of a KMS.
#[derive(Default)]
pub(crate) struct Spares(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    shelves: [Shelf; 3],
    /// Whether the thread is there.
    making: bool,
}

/// The place of one spec's spares.
#[derive(Default)]
struct Shelf {
    wanted: bool,
    spares: Vec<RsaKey>,
}

/// How many spares of a spec are kept: the more, the less they cost.
const fn capacity(size: Size) -> usize {
    match size {
        Size::Rsa2048 => 4,
        Size::Rsa3072 => 2,
        Size::Rsa4096 => 1,
    }
}

impl Spares {
    /// New material of a spec: a spare, or made now.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub(crate) fn material(
        &self,
        spec: KeySpec,
        random: &Random,
    ) -> Result<KeyMaterial, CryptoError> {
        let Some(size) = Size::of(spec) else {
            return KeyMaterial::generate(spec, random);
        };
        // Whose turn it was to make a spare would tell which key it is.
        if random.is_seeded() {
            return RsaKey::generate(size, random).map(KeyMaterial::Rsa);
        }
        let spare = lock(&self.0).shelf(size).spares.pop();
        let made = spare.map_or_else(|| RsaKey::generate(size, random), Ok);
        // Only now: two keys made at once would take the caller twice as long.
        self.refill(size);
        made.map(KeyMaterial::Rsa)
    }

    fn refill(&self, size: Size) {
        let mut state = lock(&self.0);
        state.shelf(size).wanted = true;
        if state.making {
            return;
        }
        let weak = Arc::downgrade(&self.0);
        let thread = thread::Builder::new().name("rsa-spares".to_owned());
        // Without a thread there is no spare, and the next key is made while its caller waits.
        state.making = thread.spawn(move || make(&weak)).is_ok();
    }
}

impl State {
    fn shelf(&mut self, size: Size) -> &mut Shelf {
        let [small, medium, large] = &mut self.shelves;
        match size {
            Size::Rsa2048 => small,
            Size::Rsa3072 => medium,
            Size::Rsa4096 => large,
        }
    }

    /// The next spare to make, the quickest first. The thread is told to end by `None`.
    fn next(&mut self) -> Option<Size> {
        let missing = Size::ALL.into_iter().find(|size| {
            let place = self.shelf(*size);
            place.wanted && place.spares.len() < capacity(*size)
        });
        self.making = missing.is_some();
        missing
    }
}

/// Makes what is missing, until nothing is or the KMS has gone.
fn make(spares: &Weak<Mutex<State>>) {
    loop {
        let Some(size) = spares.upgrade().and_then(|spares| lock(&spares).next()) else {
            return;
        };
        // The KMS may go while this is under way.
        let key = RsaKey::generate(size, &Random::System);
        let Some(spares) = spares.upgrade() else {
            return;
        };
        let mut state = lock(&spares);
        match key {
            Ok(key) => state.shelf(size).spares.push(key),
            // The next caller is told; trying again here would only spin.
            Err(error) => {
                tracing::warn!("no spare {} key: {error}", size.spec());
                state.making = false;
                return;
            }
        }
    }
}

/// Half a change could not be seen if a holder panicked: each is one assignment.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn a_spare_is_made_once_a_key_was_asked_for_and_of_that_spec_alone() {
        let spares = Spares::default();
        spares
            .material(KeySpec::EccNistP256, &Random::System)
            .unwrap();
        assert!(!lock(&spares.0).making);

        let first = spares
            .material(KeySpec::Rsa2048, &Random::System)
            .unwrap()
            .encode()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        while lock(&spares.0).making && Instant::now() < end {
            thread::yield_now();
        }
        let made = {
            let mut state = lock(&spares.0);
            assert!(state.shelf(Size::Rsa3072).spares.is_empty());
            let made = &state.shelf(Size::Rsa2048).spares;
            assert_eq!(made.len(), capacity(Size::Rsa2048));
            made.last().map(RsaKey::encode).unwrap()
        };
        let second = spares
            .material(KeySpec::Rsa2048, &Random::System)
            .unwrap()
            .encode()
            .unwrap();
        assert_eq!(second.expose(), made.expose());
        assert_ne!(second.expose(), first.expose());
    }
}
