//! The environment variables of local-kms, so that a container that was set up for it need not be
//! set up again. Options of our own, and their variables, win.
//!
//! `KMS_REGION` is called the same in both.

use std::env;
use std::path::PathBuf;

/// `PORT`.
pub(super) fn port() -> Result<Option<u16>, String> {
    let Ok(port) = env::var("PORT") else {
        return Ok(None);
    };
    port.parse()
        .map(Some)
        .map_err(|_| format!("PORT={port} is not a port"))
}

/// `KMS_ACCOUNT_ID`.
pub(super) fn account() -> Option<String> {
    env::var("KMS_ACCOUNT_ID").ok()
}

/// `KMS_DATA_PATH`.
pub(super) fn data_dir() -> Option<PathBuf> {
    env::var_os("KMS_DATA_PATH").map(PathBuf::from)
}

/// `KMS_SEED_PATH`, if there is such a file; local-kms goes on without.
pub(super) fn seed() -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os("KMS_SEED_PATH")?);
    path.exists().then_some(path)
}
