//! The vocabulary of the KMS API: ids, ARNs, names and the enums of the model, with the tables of
//! AWS's reference.
//!
//! This is the ground floor. It has no records, errors or cryptography, so every other module may
//! use it.

mod algorithm;
mod alias;
mod arn;
mod encryption_context;
mod grant_operation;
mod id;
mod key_manager;
pub(crate) mod key_state;
mod material_id;
mod partition;
mod spec;
mod wire_enum;
mod wrapping;
mod xks_error;

pub(crate) use algorithm::{
    Algorithms, EncapsulationAlgorithm, EncryptionAlgorithm, KeyAgreementAlgorithm, MacAlgorithm,
    SigningAlgorithm,
};
pub(crate) use alias::{AliasArn, AliasName};
pub(crate) use arn::arn_parts;
pub(crate) use encryption_context::EncryptionContext;
pub(crate) use grant_operation::GrantOperation;
pub(crate) use id::{AccountId, KeyArn, KeyId, Location, Region};
pub(crate) use key_manager::KeyManager;
pub(crate) use key_state::KeyState;
pub(crate) use material_id::KeyMaterialId;
pub(crate) use spec::{KeyFamily, KeySpec, KeyUsage, Origin, RsaSize};
pub(crate) use wire_enum::wire_enum;
pub(crate) use wrapping::{WrappingAlgorithm, WrappingKeySpec};
pub(crate) use xks_error::{XksConnectionError, XksError};
