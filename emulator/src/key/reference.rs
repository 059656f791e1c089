//! `KeyId` in requests: a key id, a key ARN, an alias name or an alias ARN.

use crate::api::{AccountId, AliasName, KeyArn, KeyId, Location, Region, arn_parts};
use crate::error::{KmsError, message};

/// A parsed `KeyId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyReference<'r> {
    /// A key id, in the caller's account and Region.
    KeyId(&'r str),
    KeyArn {
        account: &'r str,
        id: &'r str,
    },
    /// An alias name, in the caller's account and Region.
    AliasName(AliasName),
    AliasArn {
        account: &'r str,
        name: AliasName,
    },
}

impl<'r> KeyReference<'r> {
    /// Parses a reference.
    ///
    /// # Errors
    ///
    /// `NotFoundException` for an ARN of another Region (`Invalid arn us-west-2`, recorded) or of
    /// another service (inferred).
    pub(crate) fn parse(text: &'r str, location: &Location) -> Result<Self, KmsError> {
        if !text.starts_with("arn:") {
            return Ok(if text.starts_with(AliasName::PREFIX) {
                Self::AliasName(AliasName::new(text))
            } else {
                Self::KeyId(text)
            });
        }
        let Some([_, partition, "kms", region, account, resource]) = arn_parts(text) else {
            return Err(message::invalid_arn(text));
        };
        if Region::parse(region).is_none() || partition.is_empty() {
            return Err(message::invalid_arn(text));
        }
        if region != location.region.as_str() {
            return Err(message::invalid_arn(region));
        }
        if resource.starts_with(AliasName::PREFIX) {
            return Ok(Self::AliasArn {
                account,
                name: AliasName::new(resource),
            });
        }
        match resource.strip_prefix("key/") {
            Some(id) => Ok(Self::KeyArn { account, id }),
            None => Err(message::invalid_arn(text)),
        }
    }

    /// The location of the key or alias. A reference without an account uses `location`, the
    /// caller's location. `None` for a malformed account.
    pub(crate) fn owner(&self, location: &Location) -> Option<Location> {
        match self {
            Self::KeyArn { account, .. } | Self::AliasArn { account, .. } => Some(Location {
                account: AccountId::parse(account)?,
                region: location.region.clone(),
            }),
            Self::KeyId(_) | Self::AliasName(_) => Some(location.clone()),
        }
    }

    /// The error for an unknown or malformed key id.
    pub(crate) fn not_found(&self, id: &str, location: &Location) -> KmsError {
        let id = KeyId::new(id);
        match self {
            _ if id.is_well_formed() => message::key_does_not_exist(&KeyArn {
                location: location.clone(),
                id,
            }),
            Self::KeyArn { .. } => message::invalid_key_id_in_arn(id.as_str()),
            _ => message::invalid_key_id(id.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<KeyReference<'_>, String> {
        KeyReference::parse(text, &Location::default())
            .map_err(|error| error.message.unwrap_or_default())
    }

    #[test]
    fn parses_every_kind_of_reference() {
        assert_eq!(parse("1234"), Ok(KeyReference::KeyId("1234")));
        assert_eq!(
            parse("alias/a"),
            Ok(KeyReference::AliasName(AliasName::new("alias/a")))
        );
        assert_eq!(
            parse("arn:aws:kms:us-east-1:111122223333:key/1234"),
            Ok(KeyReference::KeyArn {
                account: "111122223333",
                id: "1234"
            })
        );
        assert_eq!(
            parse("arn:aws:kms:us-east-1:111122223333:alias/a:b"),
            Ok(KeyReference::AliasArn {
                account: "111122223333",
                name: AliasName::new("alias/a:b")
            })
        );
    }

    #[test]
    fn rejects_arns_of_other_regions_and_services() {
        assert_eq!(
            parse("arn:aws:kms:us-west-2:000000000000:key/1234"),
            Err("Invalid arn us-west-2".to_owned())
        );
        assert_eq!(
            parse("arn:aws:s3:::bucket"),
            Err("Invalid arn arn:aws:s3:::bucket".to_owned())
        );
        assert_eq!(parse("arn:aws"), Err("Invalid arn arn:aws".to_owned()));
    }
}
