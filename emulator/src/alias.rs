//! Aliases: friendly names of keys.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};
use crate::key::{Key, KeyArn, KeyId, Location};

/// The name of an alias with its prefix: `alias/orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AliasName(String);

/// `arn:aws:kms:us-east-1:000000000000:alias/orders`
pub(crate) struct AliasArn<'a> {
    pub(crate) location: &'a Location,
    pub(crate) name: &'a AliasName,
}

/// What is stored of an alias. Its account, Region and name are in the record's name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AliasRecord {
    /// The id of the key that the alias names, in the same account and Region.
    pub(crate) target: String,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    #[serde(with = "millis")]
    pub(crate) updated: Timestamp,
}

impl AliasName {
    /// What every alias begins with.
    pub(crate) const PREFIX: &'static str = "alias/";
    /// What the aliases of AWS managed keys begin with.
    pub(crate) const RESERVED: &'static str = "alias/aws/";

    /// The name that a text is, whether or not it may be one.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A name that a customer may create, change or delete.
    ///
    /// # Errors
    ///
    /// `ValidationException` for the prefix or for a colon, `NotAuthorizedException` for a
    /// reserved name.
    pub(crate) fn of_customer(text: String) -> Result<Self, KmsError> {
        let Some(rest) = text.strip_prefix(Self::PREFIX) else {
            return Err(message::alias_without_prefix());
        };
        if rest.is_empty() {
            return Err(message::alias_without_name());
        }
        if text.starts_with(Self::RESERVED) {
            return Err(message::alias_is_reserved());
        }
        // The pattern lets colons pass, KMS does not.
        if rest.contains(':') {
            return Err(message::alias_with_invalid_characters(&text));
        }
        Ok(Self(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn arn<'a>(&'a self, location: &'a Location) -> AliasArn<'a> {
        AliasArn {
            location,
            name: self,
        }
    }
}

impl AliasRecord {
    /// A new alias of a key.
    pub(crate) fn new(key: &Key, now: Timestamp) -> Self {
        Self {
            target: key.id().to_string(),
            created: now,
            updated: now,
        }
    }

    /// The key that an alias in that account and Region names.
    pub(crate) fn target(&self, location: &Location) -> KeyArn {
        KeyArn {
            location: location.clone(),
            id: KeyId::new(self.target.clone()),
        }
    }
}

impl fmt::Display for AliasName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for AliasArn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.location.arn(self.name))
    }
}
