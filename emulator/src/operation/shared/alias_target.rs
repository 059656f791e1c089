//! The target of an alias.

use crate::context::WriteContext;
use crate::error::{Error, message};
use crate::key::{Key, KeyReference};

/// Finds the key that `CreateAlias` and `UpdateAlias` set as the target.
///
/// # Errors
///
/// The reference is an alias, or the lookup fails.
pub(crate) fn alias_target(
    context: &mut WriteContext<'_, '_>,
    reference: &str,
) -> Result<Key, Error> {
    match KeyReference::parse(reference, context.location())? {
        KeyReference::AliasName(_) | KeyReference::AliasArn { .. } => {
            Err(message::alias_targets_alias().into())
        }
        KeyReference::KeyId(_) | KeyReference::KeyArn { .. } => context.key_by_id_or_arn(reference),
    }
}
