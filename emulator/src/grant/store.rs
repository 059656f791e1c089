//! The records of grants: one per grant, an index by terms, so that a repeated request finds its grant,
//! and an index by retiring principal.

use serde::{Deserialize, Serialize};

use super::{Grant, GrantKey, GrantTerms, digest};
use crate::api::{AccountId, KeyArn, KeyId, Location, Region};
use crate::context::{Context, Writing};
use crate::error::{Error, Internal, message};
use crate::hex::hex;
use crate::store::{Bytes, StoreError, record};

/// The purpose of sealed grant tokens.
const TOKEN: &str = "GrantToken";

/// An entry of the index by retiring principal.
#[derive(Serialize, Deserialize)]
struct Owner {
    account: AccountId,
    key: String,
}

impl Context<'_> {
    /// The grant, unless its key is deleted.
    ///
    /// # Errors
    ///
    /// `NotFoundException`, whose message is not known.
    pub(crate) fn grant(&self, place: &GrantKey) -> Result<Grant, Error> {
        let name = name(place);
        let bytes = self.get(&name);
        match bytes {
            Some(bytes) if self.find_key(&place.key)?.is_some() => {
                Ok(record::decode(&name, &bytes)?)
            }
            _ => Err(message::no_such_grant().into()),
        }
    }

    /// The id of the key's grant with the same terms.
    pub(crate) fn same_grant(
        &self,
        key: &KeyArn,
        terms: &GrantTerms,
    ) -> Result<Option<String>, StoreError> {
        let name = same_name(key, terms)?;
        let bytes = self.get(&name);
        bytes.map(|bytes| record::decode(&name, &bytes)).transpose()
    }

    /// Calls `take` for the grants of a key, sorted by id and beginning after a given id, until it
    /// returns `false`.
    pub(crate) fn grants(
        &self,
        key: &KeyArn,
        after: Option<&str>,
        mut take: impl FnMut(GrantKey, Grant) -> bool,
    ) -> Result<(), Error> {
        let prefix = grants_of(key);
        let mut result = Ok(());
        self.scan(&prefix, after, |id, bytes| {
            let place = GrantKey {
                key: key.clone(),
                id: id.to_owned(),
            };
            match read(&place, bytes) {
                Ok(grant) => take(place, grant),
                Err(error) => {
                    result = Err(error.into());
                    false
                }
            }
        });
        result
    }

    /// Calls `take` for the grants of all keys in this Region that a principal may retire.
    pub(crate) fn retirable_grants(
        &self,
        principal: &str,
        after: Option<&str>,
        mut take: impl FnMut(GrantKey, Grant) -> bool,
    ) -> Result<(), Error> {
        let prefix = retirable_prefix(&self.here().region, principal);
        let mut after = after.map(str::to_owned);
        loop {
            const CHUNK: usize = 100;
            // A scan must not read the store, so names are collected before grants are read.
            let mut found = Vec::new();
            self.scan(&prefix, after.as_deref(), |id, bytes| {
                found.push((id.to_owned(), bytes.clone()));
                found.len() < CHUNK
            });
            for (id, bytes) in &found {
                let owner: Owner = record::decode(&format!("{prefix}{id}"), bytes)?;
                let location = Location {
                    account: owner.account,
                    region: self.here().region.clone(),
                };
                let key = KeyArn {
                    location,
                    id: KeyId::new(owner.key),
                };
                let place = GrantKey {
                    key,
                    id: id.clone(),
                };
                match self.grant(&place) {
                    Ok(grant) => {
                        if !take(place, grant) {
                            return Ok(());
                        }
                    }
                    Err(Error::Kms(_)) => {} // deleted with its key
                    Err(error) => return Err(error),
                }
            }
            match found.pop() {
                Some((last, _)) if found.len() + 1 == CHUNK => after = Some(last),
                _ => return Ok(()),
            }
        }
    }

    /// The token of a grant: its key and id, sealed.
    pub(crate) fn grant_token(&self, place: &GrantKey) -> String {
        let GrantKey { key, id } = place;
        let text = format!("{}/{}/{id}", key.location, key.id);
        self.instance_secret().seal(TOKEN, &text)
    }

    /// The grant of a token.
    ///
    /// # Errors
    ///
    /// `InvalidGrantTokenException`, whose message is not known.
    pub(crate) fn grant_of_token(&self, token: &str) -> Result<GrantKey, Error> {
        let text = self.instance_secret().open(TOKEN, token);
        let place = text.as_deref().and_then(parse);
        Ok(place.ok_or_else(message::invalid_grant_token)?)
    }

    /// A random grant id.
    ///
    /// # Errors
    ///
    /// Internal: the system's random generator failed.
    pub(crate) fn new_grant_id(&self) -> Result<String, Error> {
        let random = self.random().bytes(32);
        let random = random.map_err(|error| Internal::new("make a grant", error))?;
        Ok(hex(&random))
    }
}

impl Writing<'_, '_> {
    /// Puts a grant.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_grant(&mut self, place: &GrantKey, grant: &Grant) -> Result<(), Error> {
        let record_name = name(place);
        let bytes = record::encode(&record_name, grant)?;
        self.put(record_name, bytes);
        if grant.terms.name.is_some() {
            let same = same_name(&place.key, &grant.terms)?;
            let bytes = record::encode(&same, &place.id)?;
            self.put(same, bytes);
        }
        if let Some(principal) = grant.terms.retiring() {
            let retirable = retirable_name(place, principal);
            let owner = Owner {
                account: place.key.location.account.clone(),
                key: place.key.id.to_string(),
            };
            let bytes = record::encode(&retirable, &owner)?;
            self.put(retirable, bytes);
        }
        Ok(())
    }

    /// Deletes a grant.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_grant(&mut self, place: &GrantKey, grant: &Grant) -> Result<(), Error> {
        self.delete(name(place));
        if grant.terms.name.is_some() {
            let same = same_name(&place.key, &grant.terms)?;
            self.delete(same);
        }
        if let Some(principal) = grant.terms.retiring() {
            self.delete(retirable_name(place, principal));
        }
        Ok(())
    }

    /// Deletes all grants of a key.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_grants(&mut self, key: &KeyArn) -> Result<(), Error> {
        let mut all = Vec::new();
        self.grants(key, None, |place, grant| {
            all.push((place, grant));
            true
        })?;
        for (place, grant) in all {
            self.delete_grant(&place, &grant)?;
        }
        Ok(())
    }
}

/// The prefix of the names of a key's grants.
pub(crate) fn grants_of(key: &KeyArn) -> String {
    format!("grant/{}/{}/", key.location, key.id)
}

fn name(place: &GrantKey) -> String {
    format!("{}{}", grants_of(&place.key), place.id)
}

fn same_name(key: &KeyArn, terms: &GrantTerms) -> Result<String, StoreError> {
    let name = format!("grant-of-terms/{}/{}", key.location, key.id);
    let terms = record::encode(&name, terms)?;
    Ok(format!("{name}/{}", digest(&terms)))
}

fn retirable_prefix(region: &Region, principal: &str) -> String {
    format!("retirable-grant/{region}/{}/", digest(principal.as_bytes()))
}

fn retirable_name(place: &GrantKey, principal: &str) -> String {
    let prefix = retirable_prefix(&place.key.location.region, principal);
    format!("{prefix}{}", place.id)
}

fn parse(text: &str) -> Option<GrantKey> {
    let mut parts = text.splitn(4, '/');
    let account = AccountId::parse(parts.next()?)?;
    let region = Region::parse(parts.next()?)?;
    let key = KeyArn {
        location: Location { account, region },
        id: KeyId::new(parts.next()?),
    };
    let id = parts.next()?.to_owned();
    Some(GrantKey { key, id })
}

fn read(place: &GrantKey, bytes: &Bytes) -> Result<Grant, StoreError> {
    record::decode(&name(place), bytes)
}
