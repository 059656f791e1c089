//! Aliases: friendly names of keys.

use serde::{Deserialize, Serialize};

use crate::api::{AliasName, KeyArn, KeyId, Location};
use crate::clock::{Timestamp, millis};
use crate::error::{KmsError, message};
use crate::key::Key;

/// The record of an alias. The record's name contains the account, the Region and the alias name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AliasRecord {
    /// The id of the key, which is in the same account and Region.
    pub(crate) target: String,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    #[serde(with = "millis")]
    pub(crate) updated: Timestamp,
}

impl AliasName {
    /// Checks the name of an alias that a customer creates.
    ///
    /// # Errors
    ///
    /// As [`Self::of_customer`], and `InvalidAliasNameException` for an empty name. The model has
    /// this exception only for `CreateAlias`.
    pub(crate) fn of_new(text: String) -> Result<Self, KmsError> {
        if text == Self::PREFIX {
            return Err(message::alias_without_name());
        }
        Self::of_customer(text)
    }

    /// Checks the name of an alias that a customer updates or deletes.
    ///
    /// # Errors
    ///
    /// `ValidationException` for a missing prefix or a colon; `NotAuthorizedException` for a
    /// reserved name.
    pub(crate) fn of_customer(text: String) -> Result<Self, KmsError> {
        let Some(rest) = text.strip_prefix(Self::PREFIX) else {
            return Err(message::alias_without_prefix());
        };
        if text.starts_with(Self::AWS_PREFIX) {
            return Err(message::alias_is_reserved());
        }
        // The model's pattern allows colons, but KMS rejects them.
        if rest.contains(':') {
            return Err(message::alias_with_invalid_characters(&text));
        }
        Ok(Self::new(text))
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

    /// The ARN of the key. `location` is the location of the alias.
    pub(crate) fn target(&self, location: &Location) -> KeyArn {
        KeyArn {
            location: location.clone(),
            id: KeyId::new(self.target.clone()),
        }
    }
}
