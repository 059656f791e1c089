//! The rotation of keys with imported material.

use crate::context::{Lock, RequestContext};
use crate::error::Error;
use crate::key::Key;

/// Whether new material was imported into a key and all of its replicas.
///
/// # Errors
///
/// Internal.
pub(crate) fn is_ready<L: Lock>(
    key: &Key,
    context: &RequestContext<'_, '_, L>,
) -> Result<bool, Error> {
    let now = context.now();
    for arn in key.siblings() {
        if let Some(sibling) = context.find_key(&arn)?
            && !sibling.has_pending_material(now)
        {
            return Ok(false);
        }
    }
    Ok(key.has_pending_material(now))
}
