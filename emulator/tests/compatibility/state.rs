//! A state file of version 1.
//!
//! `fixtures/state/version-1.json` contains every kind of record. Its calls decrypt old ciphertexts, verify
//! old signatures and MACs, and use old grant tokens, import tokens and markers.

use kms_emulator::Kms;

use crate::calls::repeat;
use crate::fixture;

fn imported() -> Kms {
    let kms = Kms::builder().build_temporary().unwrap();
    kms.import(&fixture("state/version-1.json")).unwrap();
    kms
}

#[test]
fn exports_an_imported_state_unchanged() {
    assert_eq!(
        imported().export().unwrap(),
        fixture("state/version-1.json")
    );
}

#[test]
fn responses_match_the_emulator_that_wrote_the_state() {
    repeat(&imported(), &fixture("state/version-1-calls.json"));
}
