//! How grants are kept: each under its key, with an index by its terms, so that a request that is
//! made again finds its grant, and one by who may retire it.

use serde::{Deserialize, Serialize};

use super::{Grant, GrantPlace, GrantTerms, digest};
use crate::api::{AccountId, KeyArn, KeyId, Location, Region};
use crate::context::{Context, Writing};
use crate::error::{Error, Internal, message};
use crate::hex;
use crate::store::{Bytes, StoreError, record};

/// What grant tokens are sealed as.
const TOKEN: &str = "GrantToken";

/// What is stored in the index by retiring principal.
#[derive(Serialize, Deserialize)]
struct Owner {
    account: AccountId,
    key: String,
}

impl Context<'_> {
    /// The grant at a place, unless its key is gone.
    ///
    /// # Errors
    ///
    /// `NotFoundException`, whose text is not known.
    pub(crate) fn grant(&self, place: &GrantPlace) -> Result<Grant, Error> {
        let name = name(place);
        let bytes = self.get(&name);
        match bytes {
            Some(bytes) if self.find_key(&place.key)?.is_some() => {
                Ok(record::decode(&name, &bytes)?)
            }
            _ => Err(message::no_such_grant().into()),
        }
    }

    /// The grant of a key that has the same terms.
    pub(crate) fn same_grant(
        &self,
        key: &KeyArn,
        terms: &GrantTerms,
    ) -> Result<Option<String>, StoreError> {
        let name = same_name(key, terms)?;
        let bytes = self.get(&name);
        bytes.map(|bytes| record::decode(&name, &bytes)).transpose()
    }

    /// The grants of a key in the order of their ids, from the first after a given id. Ends when
    /// `take` answers `false`.
    pub(crate) fn grants(
        &self,
        key: &KeyArn,
        after: Option<&str>,
        mut take: impl FnMut(GrantPlace, Grant) -> bool,
    ) -> Result<(), Error> {
        let prefix = grants_of(key);
        let mut result = Ok(());
        self.scan(&prefix, after, |id, bytes| {
            let place = GrantPlace {
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

    /// The grants in this Region, of any key, that a principal may retire.
    pub(crate) fn retirable_grants(
        &self,
        principal: &str,
        after: Option<&str>,
        mut take: impl FnMut(GrantPlace, Grant) -> bool,
    ) -> Result<(), Error> {
        let prefix = retirable_prefix(&self.here().region, principal);
        let mut after = after.map(str::to_owned);
        loop {
            const CHUNK: usize = 100;
            // Names first, then records: a scan must not read the store it is scanning.
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
                let place = GrantPlace {
                    key,
                    id: id.clone(),
                };
                match self.grant(&place) {
                    Ok(grant) => {
                        if !take(place, grant) {
                            return Ok(());
                        }
                    }
                    Err(Error::Kms(_)) => {} // gone with its key
                    Err(error) => return Err(error),
                }
            }
            match found.pop() {
                Some((last, _)) if found.len() + 1 == CHUNK => after = Some(last),
                _ => return Ok(()),
            }
        }
    }

    /// The token of a grant: it says which grant, and cannot be made up.
    pub(crate) fn grant_token(&self, place: &GrantPlace) -> String {
        let GrantPlace { key, id } = place;
        let text = format!("{}/{}/{id}", key.location, key.id);
        self.marker_key().seal(TOKEN, &text)
    }

    /// The grant that a token says.
    ///
    /// # Errors
    ///
    /// `InvalidGrantTokenException`, whose text is not known.
    pub(crate) fn grant_of_token(&self, token: &str) -> Result<GrantPlace, Error> {
        let text = self.marker_key().open(TOKEN, token);
        let place = text.as_deref().and_then(parse);
        Ok(place.ok_or_else(message::invalid_grant_token)?)
    }

    /// A new grant's id.
    ///
    /// # Errors
    ///
    /// Internal: the system has no randomness.
    pub(crate) fn new_grant_id(&self) -> Result<String, Error> {
        let random = self.random().bytes(32);
        let random = random.map_err(|error| Internal::new("make a grant", error))?;
        Ok(hex::encode(&random))
    }
}

impl Writing<'_, '_> {
    /// Puts a grant.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_grant(&mut self, place: &GrantPlace, grant: &Grant) -> Result<(), Error> {
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

    /// Takes a grant away.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn delete_grant(&mut self, place: &GrantPlace, grant: &Grant) -> Result<(), Error> {
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

    /// Takes away all grants of a key.
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

/// What the records of a key's grants begin with.
pub(crate) fn grants_of(key: &KeyArn) -> String {
    format!("grant/{}/{}/", key.location, key.id)
}

fn name(place: &GrantPlace) -> String {
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

fn retirable_name(place: &GrantPlace, principal: &str) -> String {
    let prefix = retirable_prefix(&place.key.location.region, principal);
    format!("{prefix}{}", place.id)
}

fn parse(text: &str) -> Option<GrantPlace> {
    let mut parts = text.splitn(4, '/');
    let account = AccountId::parse(parts.next()?)?;
    let region = Region::parse(parts.next()?)?;
    let key = KeyArn {
        location: Location { account, region },
        id: KeyId::new(parts.next()?),
    };
    let id = parts.next()?.to_owned();
    Some(GrantPlace { key, id })
}

fn read(place: &GrantPlace, bytes: &Bytes) -> Result<Grant, StoreError> {
    record::decode(&name(place), bytes)
}
