//! What can go wrong between KMS and a proxy, and what the client of KMS is told: the table of
//! failures in the specification.

use super::wire::Refusal;
use crate::api::{XksConnectionError, XksError};
use crate::error::{Code, Error, KmsError, message};

impl XksError {
    /// What an answer other than 200 says.
    pub(super) fn of(body: &[u8]) -> Self {
        let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else {
            return Self::Malformed;
        };
        match refusal.error_name.as_str() {
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

    /// What `CreateCustomKeyStore` and `UpdateCustomKeyStore` answer. The specification says
    /// nothing of failures that belong to a key; for the health, they are no valid answer.
    pub(crate) fn of_store(self) -> Error {
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

    /// What `CreateKey` answers. For an unsupported operation the specification has an exception
    /// that the API does not; here it is the one for a key that is not fit.
    pub(crate) fn of_new_key(self) -> Error {
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

    /// What a cryptographic operation answers.
    pub(crate) fn of_use(self) -> Error {
        self.with(Code::KmsInvalidState).into()
    }

    /// What `DescribeCustomKeyStores` shows after an attempt to connect.
    pub(crate) const fn of_connection(self) -> XksConnectionError {
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
        message::xks_fault(code, self)
    }
}
