//! Credentials.

use super::{Code, KmsError, error};

/// The message of an expired session, in KMS and in STS.
pub(crate) const EXPIRED_TOKEN: &str = "The security token included in the request is expired";

/// Quoted by users in 2017 and 2020.
pub(crate) fn expired_token() -> KmsError {
    error(Code::ExpiredToken, EXPIRED_TOKEN)
}
