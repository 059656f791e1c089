//! Multi-Region keys.

use super::{Code, KmsError, error};
use crate::api::{KeyArn, KeyId, Region};

pub(crate) fn replication_requires_primary(arn: &KeyArn) -> KmsError {
    let text = format!("{arn} is not a multi-region primary key.");
    error(Code::UnsupportedOperation, text)
}

/// Recorded with a capital R, and with another exception than that of `ReplicateKey`.
pub(crate) fn update_requires_primary(arn: &KeyArn) -> KmsError {
    let text = format!("{arn} is not a multi-Region primary key.");
    error(Code::KmsInvalidState, text)
}

pub(crate) fn invalid_replica_region(region: &str) -> KmsError {
    let text = format!(
        "Region {region} is not a valid Region or multi-Region keys are not supported in Region \
         {region}."
    );
    error(Code::Validation, text)
}

pub(crate) fn replica_in_another_partition() -> KmsError {
    let text =
        "The replica key Region must be in the same AWS partition as the primary key Region.";
    error(Code::Validation, text)
}

/// The message is known, but not its exception.
pub(crate) fn replica_in_primary_region(region: &Region) -> KmsError {
    let text = format!("{region} cannot have a replica because it contains the primary.");
    error(Code::Validation, text)
}

pub(crate) fn replica_exists_in_region() -> KmsError {
    let text = "You can create only one replica of each primary key in each AWS Region.";
    error(Code::AlreadyExists, text)
}

pub(crate) fn no_replica_in_region(id: &KeyId) -> KmsError {
    let text = format!("{id} does not have a replica key in the specified Region.");
    error(Code::Validation, text)
}
