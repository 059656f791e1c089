//! The actions that policies name: those of the operations, and one without an operation.

use super::{Operation, all};
use crate::authorization::Action;

/// The actions that are no operations: permissions of AWS itself.
const PERMISSIONS_ONLY: [Action; 1] = [Action::on_key("SynchronizeMultiRegionKey")];

/// The action of an operation.
pub(super) const fn action_of<O: Operation>() -> Action {
    Action {
        name: O::NAME,
        scope: O::RESOURCE,
        cross_account: O::CROSS_ACCOUNT,
        condition_keys: O::CONDITION_KEYS,
        also: O::ALSO,
    }
}

/// All actions of KMS.
pub(crate) fn actions() -> impl Iterator<Item = Action> {
    let of_operations = all().iter().flat_map(|entry| {
        let action = entry.info.action;
        entry
            .actions
            .iter()
            .map(move |name| Action { name, ..action })
    });
    of_operations.chain(PERMISSIONS_ONLY)
}

/// The action with a name, such as `ReEncryptFrom`.
pub(crate) fn action(name: &str) -> Option<Action> {
    actions().find(|action| action.name == name)
}
