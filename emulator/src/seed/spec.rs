//! The content of a seed document, independent of its format.

use std::sync::Arc;

use super::error::FieldPath;
use super::format;

#[derive(Clone, Default)]
pub(super) struct SeedSpec {
    /// The account of keys without `account`.
    pub(super) account: Option<String>,
    /// The Region of keys without `region`.
    pub(super) region: Option<String>,
    pub(super) keys: Vec<KeySeed>,
    /// Aliases that are listed separately from keys, as in local-kms.
    pub(super) aliases: Vec<AliasSeed>,
    pub(super) accounts: Arc<[format::Account]>,
    pub(super) identities: Arc<[format::Identity]>,
    pub(super) is_local_kms: bool,
}

#[derive(Clone)]
pub(super) struct KeySeed {
    pub(super) key: Arc<format::Key>,
    pub(super) path: FieldPath,
    /// Converts the name of a field of the emulator's own format to the format of the document.
    names: fn(&str) -> String,
}

#[derive(Clone)]
pub(super) struct AliasSeed {
    pub(super) name: String,
    /// A key id or key ARN.
    pub(super) target: String,
    pub(super) path: FieldPath,
}

impl From<format::File> for SeedSpec {
    fn from(file: format::File) -> Self {
        let keys = file.keys.into_iter().enumerate();
        let keys = keys
            .map(|(index, key)| KeySeed::new(key, FieldPath::new("keys").at(index), str::to_owned));
        Self {
            account: file.account,
            region: file.region,
            keys: keys.collect(),
            aliases: Vec::new(),
            accounts: file.accounts.into(),
            identities: file.identities.into(),
            is_local_kms: false,
        }
    }
}

impl KeySeed {
    pub(super) fn new(key: format::Key, path: FieldPath, names: fn(&str) -> String) -> Self {
        Self {
            key: Arc::new(key),
            path,
            names,
        }
    }

    /// The path of a field of the key, by its name in the emulator's own format.
    pub(super) fn field(&self, name: &str) -> FieldPath {
        self.path.member(&(self.names)(name))
    }

    /// Whether the seed sets the key's material.
    pub(super) fn has_material(&self) -> bool {
        self.key.material.is_some() || !self.key.materials.is_empty()
    }
}
