//! What records are called. A name begins with the kind of the record, then the account and the
//! Region; so the keys, or the aliases, of a Region stand together.

use crate::api::{AccountId, AliasName, KeyArn, KeyId, KeyMaterialId, Location, Region};
use crate::clock::Timestamp;

/// All of what is due, by time.
pub(crate) const AGENDA: &str = "agenda/";

/// What the keys of an account in a Region begin with.
pub(crate) fn keys(location: &Location) -> String {
    format!("key/{location}/")
}

pub(crate) fn key(arn: &KeyArn) -> String {
    format!("{}{}", keys(&arn.location), arn.id)
}

/// The secret at a place in a key's list of materials.
pub(crate) fn material(arn: &KeyArn, place: usize) -> String {
    format!("material/{}/{}/{place}", arn.location, arn.id)
}

/// For each id of material an index tells its key, so that `Decrypt` finds the key of a
/// ciphertext, whoever's it is.
pub(crate) fn material_id(region: &Region, id: &KeyMaterialId) -> String {
    format!("material-id/{region}/{id}")
}

pub(crate) fn alias(location: &Location, name: &AliasName) -> String {
    format!("alias/{location}/{name}")
}

/// Beside each alias stands an empty record that begins with its key, so that the aliases of one
/// key are found without looking at all.
pub(crate) fn alias_of(key: &KeyArn, name: &AliasName) -> String {
    format!("{}{name}", aliases_of(key))
}

/// What those records of one key begin with.
pub(crate) fn aliases_of(key: &KeyArn) -> String {
    format!("alias-of/{}/{}/", key.location, key.id)
}

/// Something is due for a key at a moment. The digits are as many for every moment, so that the
/// names are sorted by it.
pub(crate) fn due(date: Timestamp, key: &KeyArn) -> String {
    format!(
        "{AGENDA}{:020}/{}/{}",
        date.millis().max(0),
        key.location,
        key.id
    )
}

/// When a name of [`due`] is due.
pub(crate) fn date_due(name: &str) -> Option<Timestamp> {
    let date = name.strip_prefix(AGENDA)?.split('/').next()?;
    date.parse().ok().map(Timestamp::from_millis)
}

/// What a name of [`due`] says.
pub(crate) fn parse_due(name: &str) -> Option<(Timestamp, KeyArn)> {
    let mut parts = name.strip_prefix(AGENDA)?.splitn(4, '/');
    let date = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let account = AccountId::parse(parts.next()?)?;
    let region = Region::parse(parts.next()?)?;
    let id = KeyId::new(parts.next()?);
    let location = Location { account, region };
    Some((date, KeyArn { location, id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_sorted_by_time_and_reads_back() {
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
