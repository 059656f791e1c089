//! The environment variables of local-kms. A container that was configured for local-kms works with
//! the emulator without changes. The emulator's own options and variables take precedence.
//!
//! `KMS_REGION` has the same name in both.

use std::env;
use std::path::PathBuf;

const ACCOUNT: &str = "KMS_ACCOUNT_ID";
const DATA: &str = "KMS_DATA_PATH";
const SEED: &str = "KMS_SEED_PATH";

/// The variables that begin with `KMS_`.
pub(super) const VARIABLES: [&str; 3] = [ACCOUNT, DATA, SEED];

/// `PORT`.
pub(super) fn port() -> Result<Option<u16>, String> {
    let Ok(port) = env::var("PORT") else {
        return Ok(None);
    };
    port.parse()
        .map(Some)
        .map_err(|_| format!("invalid value '{port}' for 'PORT': expected a number up to 65535"))
}

/// `KMS_ACCOUNT_ID`.
pub(super) fn account() -> Option<String> {
    env::var(ACCOUNT).ok()
}

/// `KMS_DATA_PATH`.
pub(super) fn data_dir() -> Option<PathBuf> {
    env::var_os(DATA).map(PathBuf::from)
}

/// `KMS_SEED_PATH`, if the file exists. local-kms ignores a missing file too.
pub(super) fn seed() -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(SEED)?);
    path.exists().then_some(path)
}
