//! Code that several operations share.

pub(crate) mod alias_target;
pub(crate) mod custom_key;
pub(crate) mod data_key;
pub(crate) mod data_key_pair;
pub(crate) mod decryption;
pub(crate) mod encryption;
pub(crate) mod grant_list;
pub(crate) mod key_store_choice;
pub(crate) mod mac;
pub(crate) mod rotation;
pub(crate) mod signing;
mod symmetric;
