//! Accounts, Regions, key ids and key ARNs.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::partition;

/// An AWS account: 12 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountId(#[serde(with = "shared_text")] Arc<str>);

/// A Region, such as `us-east-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Region(#[serde(with = "shared_text")] Arc<str>);

/// An account and a Region. A key belongs to one of each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Location {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

/// The id of a key: a UUID, or `mrk-` and 32 hexadecimal digits for a multi-Region key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct KeyId(#[serde(with = "shared_text")] Arc<str>);

/// `arn:aws:kms:us-east-1:000000000000:key/…`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct KeyArn {
    pub(crate) location: Location,
    pub(crate) id: KeyId,
}

impl AccountId {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Region {
    /// Parses a name that matches the model's `RegionType`: `^([a-z]+-){2,3}\d+$`, at most 32
    /// characters. ARNs and record names contain the name, so it must not contain separators.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (words, number) = text.rsplit_once('-')?;
        let ends_in_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let mut count = 0;
        let has_valid_words = words.split('-').all(|word| {
            count += 1;
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        let is_valid = ends_in_number && has_valid_words && (2..=3).contains(&count);
        (is_valid && text.len() <= 32).then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition in ARNs of this Region.
    pub(crate) fn partition(&self) -> &'static str {
        partition::of(&self.0)
    }

    /// Whether this is a China Region. Only China Regions support SM2.
    pub(crate) fn is_in_china(&self) -> bool {
        self.partition() == "aws-cn"
    }
}

impl Default for Location {
    /// The location of requests without credentials: `000000000000` in `us-east-1`.
    fn default() -> Self {
        Self {
            account: AccountId("000000000000".into()),
            region: Region("us-east-1".into()),
        }
    }
}

impl KeyId {
    /// An id from a request. It may be malformed.
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// A new id from 16 random bytes.
    pub(crate) fn generate(random: [u8; 16], multi_region: bool) -> Self {
        let uuid = uuid::Builder::from_random_bytes(random).into_uuid();
        Self(if multi_region {
            format!("mrk-{}", uuid.simple()).into()
        } else {
            uuid.to_string().into()
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the id is well formed. KMS has a different error for malformed ids.
    pub(crate) fn is_well_formed(&self) -> bool {
        if let Some(digits) = self.0.strip_prefix("mrk-") {
            return digits.len() == 32 && is_hexadecimal(digits);
        }
        let groups: Vec<_> = self.0.split('-').collect();
        let lengths = groups.iter().map(|group| group.len());
        lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| is_hexadecimal(group))
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Location {
    /// The account and the Region as text.
    pub(crate) fn text(&self) -> String {
        [self.account.as_str(), "/", self.region.as_str()].concat()
    }

    /// The ARN of a KMS resource in this location: `key/…` or `alias/…`.
    pub(crate) fn arn(&self, resource: impl fmt::Display) -> String {
        let Self { account, region } = self;
        format!(
            "arn:{}:kms:{region}:{account}:{resource}",
            region.partition()
        )
    }

    /// The ARN of a key in this location.
    pub(crate) fn key(&self, id: KeyId) -> KeyArn {
        KeyArn {
            location: self.clone(),
            id,
        }
    }

    /// The ARN of the account.
    pub(crate) fn account_arn(&self) -> String {
        let Self { account, region } = self;
        format!("arn:{}:iam::{account}:root", region.partition())
    }
}

impl KeyArn {
    /// The ARN as text. Most answers have one, and formatting takes longer than joining.
    pub(crate) fn text(&self) -> String {
        let Self {
            location: Location { account, region },
            id,
        } = self;
        let (partition, region) = (region.partition(), region.as_str());
        let (account, id) = (account.as_str(), id.as_str());
        [
            "arn:", partition, ":kms:", region, ":", account, ":key/", id,
        ]
        .concat()
    }

    /// The ARN of the key with the same id in another Region.
    pub(crate) fn in_region(&self, region: Region) -> Self {
        let account = self.location.account.clone();
        Self {
            location: Location { account, region },
            id: self.id.clone(),
        }
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl Serialize for KeyArn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// Texts in records that many values share.
mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        text: &Arc<str>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<str>, D::Error> {
        String::deserialize(deserializer).map(Arc::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognizes_well_formed_key_ids() {
        for (id, expected) in [
            ("1234abcd-12ab-34cd-56ef-1234567890ab", true),
            ("ABCDEF01-2345-6789-ABCD-EF0123456789", true),
            ("mrk-1234abcd12ab34cd56ef1234567890ab", true),
            ("134f2428cec14b25a1ae9048164dba47", false),
            ("mrk-fake-key-id", false),
            ("1234abcd-12ab-34cd-56ef-1234567890ag", false),
            ("foo", false),
            ("", false),
        ] {
            assert_eq!(KeyId::new(id).is_well_formed(), expected, "{id}");
        }
    }

    #[test]
    fn parses_regions() {
        for (region, expected) in [
            ("us-east-1", true),
            ("us-gov-west-1", true),
            ("ap-southeast-12", true),
            ("useast1", false),
            ("us-1", false),
            ("us-east-", false),
            ("us--1", false),
            ("a-b-c-d-1", false),
            ("US-EAST-1", false),
            ("us-east-1/..", false),
        ] {
            assert_eq!(Region::parse(region).is_some(), expected, "{region}");
        }
    }
}
