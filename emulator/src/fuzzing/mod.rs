//! The targets of the fuzzers in `fuzz/`: parsers of bytes from outside. A target must return for any input.
//!
//! This module exists only in unit tests, which change valid inputs at random, and in builds with `--cfg fuzzing`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

mod crypto;
mod inputs;
mod policy;
mod service;

/// A function that must return for any input, and valid inputs to start from.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name for the command line.
    pub name: &'static str,
    /// Runs the target once.
    pub run: fn(&[u8]),
    /// Makes valid inputs.
    pub inputs: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub static TARGETS: &[Target] = &[
    target("attestation", crypto::attestation, inputs::attestation),
    target("cbor", crypto::cbor, inputs::cbor),
    target("ciphertext", crypto::ciphertext, inputs::ciphertext),
    target("der", crypto::der, inputs::der),
    target("headers", service::headers, inputs::headers),
    target("import", crypto::import, inputs::import),
    target("policy", policy::policy, inputs::policy),
    target("record", service::record, inputs::record),
    target("request", service::request, inputs::request),
    target("seed", service::seed, inputs::seed),
    target("signature", crypto::signature, inputs::signature),
    target("state", service::state, inputs::state),
    target("token", service::token, inputs::token),
];

const fn target(name: &'static str, run: fn(&[u8]), inputs: fn() -> Vec<Vec<u8>>) -> Target {
    Target { name, run, inputs }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use fastrand::Rng;

    use super::*;

    /// Changes of all inputs of one target.
    const CHANGES: usize = 1500;

    /// Runs each target with its valid inputs, and with changed ones. The fuzzers in `fuzz/` find more; this
    /// finds what is near, with every `cargo test`.
    #[test]
    fn targets_return_for_changed_inputs() {
        let seed = fastrand::u64(..);
        let mut rng = Rng::with_seed(seed);
        for target in TARGETS {
            let inputs = (target.inputs)();
            assert!(!inputs.is_empty(), "{}", target.name);
            let changes = (0..CHANGES).map(|_| {
                let [input, other] = [0, 1].map(|_| rng.choice(&inputs).unwrap());
                changed(input, other, &mut rng)
            });
            for input in inputs.iter().cloned().chain(changes.collect::<Vec<_>>()) {
                let result = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
                let text = input.escape_ascii();
                assert!(
                    result.is_ok(),
                    "seed {seed}, target {}: {text}",
                    target.name
                );
            }
        }
    }

    fn changed(input: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(..=bytes.len());
            match rng.u8(..6) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, rng.u8(..)),
                2 => {
                    let tail = other.get(at..).unwrap_or_default();
                    bytes.truncate(at);
                    bytes.extend_from_slice(tail);
                }
                3 => {
                    let end = rng.usize(at..=bytes.len());
                    bytes.drain(at..end);
                }
                4 if at < bytes.len() => bytes[at] = *rng.choice(b"\x00\x7f\x80\xff0\"{[").unwrap(),
                _ if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
                _ => {}
            }
        }
        bytes
    }
}
