//! What a document asks for, whichever of the two formats it is written in.

use std::sync::Arc;

use super::error::Field;
use super::format;

/// What is to be there.
#[derive(Clone, Default)]
pub(super) struct Wanted {
    /// Where keys belong that do not say.
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) keys: Vec<WantedKey>,
    /// Aliases that stand apart from their keys, as in local-kms.
    pub(super) aliases: Vec<WantedAlias>,
    pub(super) identities: Arc<[format::Identity]>,
    pub(super) is_of_local_kms: bool,
}

/// A key, and where it stands.
#[derive(Clone)]
pub(super) struct WantedKey {
    pub(super) key: Arc<format::Key>,
    pub(super) place: Field,
    /// What a field is called where the key stands.
    names: fn(&str) -> String,
}

/// An alias, and where it stands.
#[derive(Clone)]
pub(super) struct WantedAlias {
    pub(super) name: String,
    /// The id or the ARN of a key.
    pub(super) target: String,
    pub(super) place: Field,
}

impl Wanted {
    /// Of our own format.
    pub(super) fn of(file: format::File) -> Self {
        let keys = file.keys.into_iter().enumerate();
        let keys = keys
            .map(|(index, key)| WantedKey::new(key, Field::new("keys").at(index), str::to_owned));
        Self {
            account: file.account,
            region: file.region,
            keys: keys.collect(),
            aliases: Vec::new(),
            identities: file.identities.into(),
            is_of_local_kms: false,
        }
    }
}

impl WantedKey {
    pub(super) fn new(key: format::Key, place: Field, names: fn(&str) -> String) -> Self {
        Self {
            key: Arc::new(key),
            place,
            names,
        }
    }

    /// A field of the key, by its name in our own format.
    pub(super) fn field(&self, name: &str) -> Field {
        self.place.member(&(self.names)(name))
    }
}
