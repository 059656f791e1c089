//! The actions of KMS. Each operation describes its own.

use super::condition_key::{
    ConditionKey, ConditionKeys, ENCRYPTION_ALGORITHM, OF_KEY, TRAILING_DAYS_WITHOUT_KEY_USAGE,
};

/// An action, and what a decision about it depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action {
    /// Without `kms:`: `Sign`, `ReEncryptFrom`.
    pub(crate) name: &'static str,
    pub(crate) scope: Scope,
    /// Whether it works on keys of other accounts.
    pub(crate) cross_account: bool,
    /// The condition keys of its requests, besides those of every request and those that describe a key.
    pub(crate) condition_keys: ConditionKeys,
    /// Other actions that a request can need permission for.
    pub(crate) also: &'static [Self],
}

/// The resource of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `*`
    Any,
    Key,
    /// An alias and its key.
    Alias,
}

impl Action {
    /// An action on a key, with nothing special.
    pub(crate) const fn on_key(name: &'static str) -> Self {
        Self {
            name,
            scope: Scope::Key,
            cross_account: false,
            condition_keys: &[],
            also: &[],
        }
    }

    /// Whether a key decides about it, too.
    pub(crate) fn needs_key(&self) -> bool {
        self.scope != Scope::Any
    }

    /// Whether AWS has a condition key in requests of this action. `of_key` adds the keys that
    /// describe a key.
    pub(super) fn has(&self, key: ConditionKey, of_key: bool) -> bool {
        let described = if of_key { OF_KEY } else { &[] };
        self.own_keys().chain(described).any(|known| *known == key)
    }

    /// Whether requests of this action can have the condition key with a name.
    #[cfg(feature = "cli")]
    pub(crate) fn can_have(&self, name: &str) -> bool {
        let of_key = if self.needs_key() { OF_KEY } else { &[] };
        let mut known = self.own_keys().chain(of_key);
        known.any(|key| key.is_named(name))
    }

    /// Whether requests have an encryption context, which the constraints of a grant limit.
    pub(super) fn has_encryption_context(&self) -> bool {
        self.has(ENCRYPTION_ALGORITHM, false)
    }

    /// Whether a decision can depend on the time since the last use of the key.
    pub(crate) fn counts_days_without_use(&self) -> bool {
        self.has(TRAILING_DAYS_WITHOUT_KEY_USAGE, false)
    }

    fn own_keys(&self) -> impl Iterator<Item = &'static ConditionKey> {
        self.condition_keys.iter().copied().flatten()
    }

    /// Another action that a request can need permission for.
    pub(super) fn other(&self, name: &str) -> Option<&'static Self> {
        self.also.iter().find(|action| action.name == name)
    }
}
