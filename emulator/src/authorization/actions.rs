//! The actions of KMS, with their resources and condition keys, from the service authorization
//! reference.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    /// The condition keys of every action on a key.
    key_keys: Vec<String>,
    /// The condition keys that are lists.
    list_keys: Vec<String>,
    actions: BTreeMap<String, Action>,
}

/// An action.
#[derive(Deserialize)]
pub(crate) struct Action {
    pub(crate) scope: Scope,
    /// Whether it works on keys of other accounts.
    pub(crate) cross_account: bool,
    keys: Vec<String>,
}

/// The resource of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// `*`
    Any,
    Key,
    /// An alias and its key.
    Alias,
}

static REFERENCE: LazyLock<Option<Reference>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../model/actions.json")).ok());

/// The action with a name, such as `Sign`.
pub(crate) fn action(name: &str) -> Option<&'static Action> {
    REFERENCE.as_ref()?.actions.get(name)
}

/// All actions with their names.
#[cfg(feature = "cli")]
pub(crate) fn actions() -> impl Iterator<Item = (&'static str, &'static Action)> {
    let all = REFERENCE.iter().flat_map(|reference| &reference.actions);
    all.map(|(name, action)| (name.as_str(), action))
}

/// Whether a condition key is a list.
pub(crate) fn is_list(key: &str) -> bool {
    let lists = REFERENCE
        .as_ref()
        .map(|reference| reference.list_keys.as_slice());
    lists
        .unwrap_or_default()
        .iter()
        .any(|list| list.eq_ignore_ascii_case(key))
}

/// Whether a condition key describes a key.
pub(crate) fn describes_key(key: &str) -> bool {
    let known = REFERENCE.iter().flat_map(|reference| &reference.key_keys);
    known
        .into_iter()
        .any(|known| known.eq_ignore_ascii_case(key))
}

impl Action {
    /// Whether AWS has a condition key in requests of this action. `of_key` adds the keys that
    /// describe a key. Global keys are not in the reference.
    pub(super) fn has(&self, key: &str, of_key: bool) -> bool {
        let own = self.keys.iter();
        let of_key = REFERENCE
            .iter()
            .filter(|_| of_key)
            .flat_map(|all| &all.key_keys);
        own.chain(of_key)
            .any(|known| match known.strip_suffix('*') {
                Some(prefix) => key.starts_with(prefix),
                None => key == known,
            })
    }

    /// Whether requests of this action can have a condition key. Names of keys ignore case.
    #[cfg(feature = "cli")]
    pub(crate) fn can_have(&self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        let of_key = REFERENCE
            .iter()
            .filter(|_| self.scope != Scope::Any)
            .flat_map(|all| &all.key_keys);
        self.keys.iter().chain(of_key).any(|known| {
            let known = known.to_ascii_lowercase();
            match known.strip_suffix('*') {
                Some(prefix) => key.starts_with(prefix),
                None => key == known,
            }
        })
    }

    /// Whether requests have an encryption context, which the constraints of a grant limit.
    pub(super) fn has_encryption_context(&self) -> bool {
        self.has("kms:EncryptionAlgorithm", false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_actions() {
        let model = include_str!("../../model/kms.json");
        let model: serde_json::Value = serde_json::from_str(model).unwrap();
        let operations = model["operations"].as_object().unwrap();
        assert!(operations.len() > 50);
        for name in operations.keys() {
            let actions = match name.as_str() {
                "ReEncrypt" => vec!["ReEncryptFrom", "ReEncryptTo"],
                name => vec![name],
            };
            for name in actions {
                assert!(action(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn actions_have_their_keys() {
        for (name, key, of_key, expected) in [
            ("Sign", "kms:SigningAlgorithm", true, true),
            ("Sign", "kms:RecipientAttestation:PCR0", true, false),
            ("Decrypt", "kms:RecipientAttestation:PCR0", true, true),
            ("Sign", "kms:KeySpec", true, true),
            ("ListKeys", "kms:KeySpec", false, false),
            ("TagResource", "aws:RequestTag/team", true, true),
        ] {
            assert_eq!(
                action(name).unwrap().has(key, of_key),
                expected,
                "{name} {key}"
            );
        }
    }
}
