//! Lookup and changes of aliases.

use super::{Lock, RequestContext, WriteContext, records};
use crate::alias::AliasRecord;
use crate::api::{AliasName, KeyArn, Location};
use crate::error::{Error, message};
use crate::key::Key;
use crate::store::{StoreError, record};

/// The number of aliases to read at once.
const CHUNK: usize = 100;

impl<L: Lock> RequestContext<'_, '_, L> {
    /// An alias and its key. An alias is deleted with its key.
    ///
    /// # Errors
    ///
    /// `NotFoundException`.
    pub(crate) fn alias(
        &self,
        location: &Location,
        name: &AliasName,
    ) -> Result<(AliasRecord, Key), Error> {
        if let Some(alias) = self.alias_record(location, name)?
            && let Some(key) = self.find_key(&alias.target(location))?
        {
            return Ok((alias, key));
        }
        Err(message::alias_is_not_found(&name.arn(location)).into())
    }

    /// Calls `take` for the aliases of a key, or of this account and Region, sorted by name, after
    /// the given name, until it returns `false`.
    pub(crate) fn aliases(
        &self,
        key: Option<&KeyArn>,
        after: Option<&str>,
        mut take: impl FnMut(AliasName, AliasRecord) -> bool,
    ) -> Result<(), Error> {
        // Collects names first: the callback of a scan must not read the store.
        let prefix = match key {
            Some(key) => records::aliases_of(key),
            None => records::aliases(self.location()),
        };
        let mut after = after.map(str::to_owned);
        loop {
            let mut names = Vec::new();
            self.scan(&prefix, after.as_deref(), |name, _| {
                names.push(name.to_owned());
                names.len() < CHUNK
            });
            for name in &names {
                let name = AliasName::new(name.as_str());
                // An alias is deleted with its key.
                if let Some(alias) = self.alias_record(self.location(), &name)?
                    && self.key_exists(&alias.target(self.location()))?
                    && !take(name, alias)
                {
                    return Ok(());
                }
            }
            match names.pop() {
                Some(last) if names.len() + 1 == CHUNK => after = Some(last),
                _ => return Ok(()),
            }
        }
    }

    /// The names of the aliases of a key, without a look at their records.
    #[cfg(feature = "server")]
    pub(crate) fn alias_names(&self, key: &KeyArn) -> Vec<String> {
        self.names(&records::aliases_of(key))
    }

    fn alias_record(
        &self,
        location: &Location,
        name: &AliasName,
    ) -> Result<Option<AliasRecord>, StoreError> {
        let record_name = records::alias(location, name);
        let Some(bytes) = self.get(&record_name) else {
            return Ok(None);
        };
        record::decode(&record_name, &bytes).map(Some)
    }
}

impl WriteContext<'_, '_> {
    /// Stores an alias. Replaces the alias with that name.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_alias(
        &mut self,
        location: &Location,
        name: &AliasName,
        alias: &AliasRecord,
    ) -> Result<(), StoreError> {
        if let Some(before) = self.alias_record(location, name)? {
            self.delete(records::alias_of(&before.target(location), name));
        }
        let record_name = records::alias(location, name);
        let bytes = record::encode(&record_name, alias)?;
        self.put(record_name, bytes);
        self.put(records::alias_of(&alias.target(location), name), Vec::new());
        Ok(())
    }

    /// Deletes an alias.
    pub(crate) fn delete_alias(
        &mut self,
        location: &Location,
        name: &AliasName,
        alias: &AliasRecord,
    ) {
        self.delete(records::alias_of(&alias.target(location), name));
        self.delete(records::alias(location, name));
    }

    /// Deletes all aliases of a key.
    pub(super) fn delete_aliases(&mut self, key: &KeyArn) {
        let prefix = records::aliases_of(key);
        for name in self.names(&prefix) {
            let alias = AliasName::new(name.as_str());
            self.delete(records::alias(&key.location, &alias));
            self.delete(format!("{prefix}{name}"));
        }
    }
}
