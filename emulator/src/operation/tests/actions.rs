//! The actions against the service authorization reference.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::authorization::condition_key::{OF_KEY, is_list};
use crate::authorization::{Action, Scope};
use crate::model::model;
use crate::operation::actions::{action, actions};
use crate::operation::{TABLE, find};

#[derive(Deserialize)]
struct Reference {
    /// The condition keys of every action on a key.
    key_keys: BTreeSet<String>,
    /// The condition keys that are lists.
    list_keys: BTreeSet<String>,
    actions: BTreeMap<String, Entry>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Entry {
    scope: String,
    cross_account: bool,
    keys: BTreeSet<String>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../../questions/actions.json")).unwrap()
}

#[test]
fn every_action_is_that_of_the_reference() {
    let entry = |action: Action| {
        let scope = match action.scope {
            Scope::Any => "any",
            Scope::Key => "key",
            Scope::Alias => "alias",
        };
        let keys = action.condition_keys.iter().copied().flatten();
        let keys: Vec<_> = keys.map(|key| key.0.to_owned()).collect();
        let entry = Entry {
            scope: scope.to_owned(),
            cross_account: action.cross_account,
            keys: keys.iter().cloned().collect(),
        };
        assert_eq!(entry.keys.len(), keys.len(), "twice in {}", action.name);
        (action.name.to_owned(), entry)
    };
    let own: BTreeMap<_, _> = actions().map(entry).collect();
    let mut expected = reference().actions;
    for (name, own) in &own {
        assert_eq!(expected.remove(name).as_ref(), Some(own), "{name}");
    }
    assert!(expected.is_empty(), "{expected:?}");
    assert!(own.len() > model().operation_names().count());
}

#[test]
fn condition_keys_of_keys_and_lists_are_those_of_the_reference() {
    let reference = reference();
    let of_key: BTreeSet<_> = OF_KEY.iter().map(|key| key.0.to_owned()).collect();
    assert_eq!(of_key, reference.key_keys);
    let known = TABLE.iter().flat_map(|entry| {
        let own = entry.info.action.condition_keys;
        own.iter().copied().flatten()
    });
    for key in known.chain(OF_KEY) {
        // `aws:TagKeys` is a list of IAM.
        assert_eq!(
            is_list(key.0),
            reference.list_keys.contains(key.0),
            "{key:?}"
        );
    }
}

#[test]
fn actions_have_their_keys() {
    for (name, key, expected) in [
        ("Sign", "kms:SigningAlgorithm", true),
        ("Sign", "KMS:signingalgorithm", true),
        ("Sign", "kms:SigningAlgorithms", false),
        ("Sign", "kms:RecipientAttestation:PCR0", false),
        ("Decrypt", "kms:RecipientAttestation:PCR0", true),
        ("Sign", "kms:KeySpec", true),
        ("ListKeys", "kms:KeySpec", false),
        ("TagResource", "aws:RequestTag/team", true),
    ] {
        assert_eq!(
            action(name).unwrap().can_have(key),
            expected,
            "{name} {key}"
        );
    }
}

/// An action that is asked for with another one exists, and describes itself.
#[test]
fn other_actions_are_those_of_their_operations() {
    for (name, others) in [
        ("CreateKey", &["TagResource"][..]),
        ("ReplicateKey", &["CreateKey", "TagResource"]),
        ("Sign", &[]),
    ] {
        let also = find(name).unwrap().info.action.also;
        let names: Vec<_> = also.iter().map(|action| action.name).collect();
        assert_eq!(names, others, "{name}");
    }
}
