//! The target of an alias.

use crate::api::KeyId;
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
        // Without quotes, other than in other operations (recorded in 2023 for CreateAlias).
        KeyReference::KeyId(id) if !KeyId::new(id).is_well_formed() => {
            Err(message::invalid_key_id_in_arn(id).into())
        }
        KeyReference::KeyId(_) | KeyReference::KeyArn { .. } => context.key_by_id_or_arn(reference),
    }
}
