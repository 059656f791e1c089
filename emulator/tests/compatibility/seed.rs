//! A seed of version 0.1.0: all key specs derive their material from a text, so the same file has to give
//! the same keys for ever, and decrypt and verify what was made with them.

use kms_emulator::Kms;
use kms_emulator::seed::Seed;

use crate::calls::repeat;
use crate::fixture;

#[test]
fn the_same_seed_gives_the_same_keys() {
    let seed = Seed::parse("version-1.yaml", &fixture("seed/version-1.yaml")).unwrap();
    let kms = Kms::builder().build_temporary().unwrap();
    kms.seed(&seed).unwrap();
    repeat(&kms, &fixture("seed/version-1-calls.json"));
}

#[test]
fn the_seed_of_local_kms_gives_the_same_keys() {
    let seed = Seed::parse("local-kms.yaml", &fixture("seed/local-kms.yaml")).unwrap();
    let kms = Kms::builder().seed(seed).build_temporary().unwrap();
    repeat(&kms, &fixture("seed/local-kms-calls.json"));
}
