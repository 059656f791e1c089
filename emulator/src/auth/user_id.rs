//! Unique ids of users and roles. AWS chooses them at random; here they follow from the ARN, so that
//! they are the same in each run.

use sha2::{Digest as _, Sha256};

use crate::api::{AccountId, arn_parts};

/// The letters of unique ids and access key ids.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The unique id of a principal, as `GetCallerIdentity` returns it.
pub(crate) fn user_id(account: &AccountId, arn: &str) -> String {
    let [.., resource] = arn_parts(arn).unwrap_or_default();
    match resource.split_once('/') {
        Some(("user", _)) => unique_id("AIDA", arn),
        Some(("role", _)) => unique_id("AROA", arn),
        Some(("assumed-role", names)) => {
            let (role, session) = names.split_once('/').unwrap_or((names, ""));
            let role = format!("arn:aws:iam::{account}:role/{role}");
            format!("{}:{session}", unique_id("AROA", &role))
        }
        Some(("federated-user", name)) => format!("{account}:{name}"),
        _ => account.to_string(),
    }
}

/// A unique id of 21 characters with a prefix of 4.
pub(crate) fn unique_id(prefix: &str, arn: &str) -> String {
    let hash = Sha256::digest(arn.as_bytes());
    let letters = hash.iter().take(17).map(|byte| letter(*byte));
    prefix.chars().chain(letters).collect()
}

/// A letter of unique ids for a random byte.
pub(crate) fn letter(byte: u8) -> char {
    char::from(LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'A'))
}
