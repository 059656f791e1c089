//! The names of records, and the content of indices. A name starts with the kind of the record, the
//! account and the Region, so that a scan finds the keys or the aliases of a Region.

use serde::{Deserialize, Serialize};

use crate::api::{AccountId, AliasName, KeyArn, KeyId, KeyMaterialId, Location, Region};
use crate::clock::Timestamp;
#[cfg(feature = "server")]
use crate::store::Store;

/// The prefix of scheduled changes, which are sorted by time.
pub(crate) const SCHEDULED: &str = "agenda/";

/// The prefix of the keys of an account in a Region.
pub(crate) fn keys(location: &Location) -> String {
    let Location { account, region } = location;
    ["key/", account.as_str(), "/", region.as_str(), "/"].concat()
}

pub(crate) fn key(arn: &KeyArn) -> String {
    of_key("key/", arn, "")
}

/// The accounts and Regions that have keys, at most `limit` of them.
#[cfg(feature = "server")]
pub(crate) fn locations_with_keys(store: &Store, limit: usize) -> Vec<Location> {
    let mut found: Vec<Location> = Vec::new();
    let mut after = None;
    while found.len() < limit {
        let mut next = None;
        store.scan("key/", after.as_deref(), |name, _| {
            next = location_of_key(name);
            false
        });
        let Some(location) = next else { break };
        // `0` is the character after `/`, so no name of this location is later.
        let prefix = keys(&location);
        after = Some(format!("{}0", prefix.trim_end_matches('/')));
        found.push(location);
    }
    found
}

#[cfg(feature = "server")]
fn location_of_key(name: &str) -> Option<Location> {
    let mut parts = name.strip_prefix("key/")?.split('/');
    let account = AccountId::parse(parts.next()?)?;
    let region = Region::parse(parts.next()?)?;
    Some(Location { account, region })
}

/// The material of a key at an index of its list.
pub(crate) fn material(arn: &KeyArn, index: usize) -> String {
    match index {
        // Nearly all keys have one material.
        0 => of_key("material/", arn, "/0"),
        _ => of_key("material/", arn, &format!("/{index}")),
    }
}

/// Maps a material id to its key, so that `Decrypt` finds the key of a ciphertext in any account.
pub(crate) fn material_id(region: &Region, id: &KeyMaterialId) -> String {
    ["material-id/", region.as_str(), "/", &id.text()].concat()
}

/// The prefix of the aliases of an account in a Region.
pub(crate) fn aliases(location: &Location) -> String {
    format!("alias/{location}/")
}

pub(crate) fn alias(location: &Location, name: &AliasName) -> String {
    format!("{}{name}", aliases(location))
}

/// An empty record beside each alias. Its name starts with the key, so that the aliases of one key
/// are found without a scan of all aliases.
pub(crate) fn alias_of(key: &KeyArn, name: &AliasName) -> String {
    format!("{}{name}", aliases_of(key))
}

/// The prefix of the [`alias_of`] records of a key.
pub(crate) fn aliases_of(key: &KeyArn) -> String {
    of_key("alias-of/", key, "/")
}

/// The prefix of the grants of a key.
pub(crate) fn grants_of(key: &KeyArn) -> String {
    of_key("grant/", key, "/")
}

/// A name with the account, the Region and the id of a key. Every request needs some, and formatting
/// takes longer than joining.
fn of_key(kind: &str, key: &KeyArn, end: &str) -> String {
    let KeyArn {
        location: Location { account, region },
        id,
    } = key;
    let (account, region) = (account.as_str(), region.as_str());
    [kind, account, "/", region, "/", id.as_str(), end].concat()
}

/// A scheduled change of a key. The time has a fixed number of digits, so that names sort by time.
pub(crate) fn due(date: Timestamp, key: &KeyArn) -> String {
    format!(
        "{SCHEDULED}{:020}/{}/{}",
        date.millis().max(0),
        key.location,
        key.id
    )
}

/// The time in a name of [`due`].
pub(crate) fn date_due(name: &str) -> Option<Timestamp> {
    let date = name.strip_prefix(SCHEDULED)?.split('/').next()?;
    date.parse().ok().map(Timestamp::from_millis)
}

/// The time and the key in a name of [`due`].
pub(crate) fn parse_due(name: &str) -> Option<(Timestamp, KeyArn)> {
    let mut parts = name.strip_prefix(SCHEDULED)?.splitn(4, '/');
    let date = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let account = AccountId::parse(parts.next()?)?;
    let region = Region::parse(parts.next()?)?;
    let id = KeyId::new(parts.next()?);
    let location = Location { account, region };
    Some((date, KeyArn { location, id }))
}

/// The prefix of the custom key stores of all accounts and Regions.
pub(super) const CUSTOM_KEY_STORES: &str = "custom-key-store/";

pub(super) fn custom_key_store(location: &Location, id: &str) -> String {
    format!("{CUSTOM_KEY_STORES}{location}/{id}")
}

/// The prefix of the keys of a custom key store. Each key has an empty record.
pub(super) fn keys_of_store(location: &Location, store: &str) -> String {
    format!("custom-key-store-key/{location}/{store}/")
}

/// An empty record for each external key that a KMS key uses.
pub(super) fn xks_key(location: &Location, store: &str, xks_key_id: &str) -> String {
    format!("xks-key/{location}/{store}/{xks_key_id}")
}

/// The content of an index record: a key in the Region of the index.
#[derive(Serialize, Deserialize)]
pub(crate) struct IndexedKey {
    account: AccountId,
    key: KeyId,
}

impl IndexedKey {
    pub(super) fn new(arn: &KeyArn) -> Self {
        Self {
            account: arn.location.account.clone(),
            key: arn.id.clone(),
        }
    }

    pub(super) fn arn(&self, region: &Region) -> KeyArn {
        KeyArn {
            location: Location {
                account: self.account.clone(),
                region: region.clone(),
            },
            id: self.key.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_dates_sort_by_time_and_parse_back() {
        let key = KeyArn {
            location: Location::default(),
            id: KeyId::new("1234"),
        };
        let dates = [0, 9, 10, 1_790_000_000_123, i64::MAX].map(Timestamp::from_millis);
        let names = dates.map(|date| due(date, &key));
        assert!(names.is_sorted());
        for (date, name) in dates.iter().zip(&names) {
            assert_eq!(parse_due(name), Some((*date, key.clone())));
            assert_eq!(date_due(name), Some(*date));
        }
        assert_eq!(parse_due("agenda/1"), None);
    }
}
