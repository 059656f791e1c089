//! Maps failed calls to a proxy to the errors of KMS: the table in the specification.

use super::wire::ErrorResponse;
use crate::api::{XksConnectionError, XksError};
use crate::error::{Code, Error, KmsError, message};

impl XksError {
    /// The failure in a response with a status other than 200.
    pub(super) fn of(body: &[u8]) -> Self {
        let Ok(response) = serde_json::from_slice::<ErrorResponse>(body) else {
            return Self::Malformed;
        };
        match response.error_name.as_str() {
            "InvalidStateException" => Self::InvalidState,
            "InvalidCiphertextException" => Self::InvalidCiphertext,
            "InvalidKeyUsageException" => Self::InvalidKeyUsage,
            "AuthenticationFailedException" => Self::AuthenticationFailed,
            "AccessDeniedException" => Self::AccessDenied,
            "KeyNotFoundException" => Self::KeyNotFound,
            "InvalidUriPathException" => Self::InvalidUriPath,
            "UnsupportedOperationException" => Self::UnsupportedOperation,
            "DependencyTimeoutException" => Self::DependencyTimeout,
            "ThrottlingException" => Self::Throttling,
            "InternalException" => Self::Internal,
            _ => Self::Malformed,
        }
    }

    /// The error of `CreateCustomKeyStore` and `UpdateCustomKeyStore`. The specification of the health
    /// API has no failures of keys, so they count as invalid responses.
    pub(crate) fn into_store_error(self) -> Error {
        let code = match self {
            Self::AuthenticationFailed => Code::XksProxyIncorrectAuthenticationCredential,
            Self::InvalidUriPath => Code::XksProxyInvalidConfiguration,
            Self::DependencyTimeout
            | Self::Throttling
            | Self::Unreachable
            | Self::Tls
            | Self::Timeout => Code::XksProxyUriUnreachable,
            _ => Code::XksProxyInvalidResponse,
        };
        self.with(code).into()
    }

    /// The error of `CreateKey`. For an unsupported operation, the specification names an exception that
    /// is not in the API; the emulator returns the exception for an unsuitable key instead.
    pub(crate) fn into_create_key_error(self) -> Error {
        let code = match self {
            Self::InvalidState | Self::InvalidKeyUsage | Self::UnsupportedOperation => {
                Code::XksKeyInvalidConfiguration
            }
            Self::KeyNotFound => Code::XksKeyNotFound,
            Self::AccessDenied => Code::KmsInvalidState,
            _ => Code::CustomKeyStoreInvalidState,
        };
        self.with(code).into()
    }

    /// The error of a cryptographic operation.
    pub(crate) fn into_use_error(self) -> Error {
        self.with(Code::KmsInvalidState).into()
    }

    /// The error code of `DescribeCustomKeyStores` after a failed attempt to connect.
    pub(crate) const fn connection_error_code(self) -> XksConnectionError {
        match self {
            Self::AuthenticationFailed | Self::AccessDenied => XksConnectionError::AccessDenied,
            Self::InvalidUriPath => XksConnectionError::InvalidConfiguration,
            Self::Unreachable => XksConnectionError::NotReachable,
            Self::Tls => XksConnectionError::InvalidTlsConfiguration,
            Self::Timeout | Self::DependencyTimeout | Self::Throttling => {
                XksConnectionError::TimedOut
            }
            _ => XksConnectionError::InvalidResponse,
        }
    }

    fn with(self, code: Code) -> KmsError {
        message::xks_failure(code, self)
    }
}
