//! The failures of an external key store proxy: the table of errors in AWS's "External Keystore
//! Proxy API specification".

use super::wire_enum;

/// A failed call to a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XksError {
    InvalidState,
    InvalidCiphertext,
    InvalidKeyUsage,
    AuthenticationFailed,
    AccessDenied,
    KeyNotFound,
    InvalidUriPath,
    UnsupportedOperation,
    DependencyTimeout,
    Throttling,
    Internal,
    /// The connection failed.
    Unreachable,
    /// The TLS handshake failed.
    Tls,
    Timeout,
    /// The response violates the specification, or is a `ValidationException`.
    Malformed,
}

wire_enum! {
    /// `ConnectionErrorCode` of `DescribeCustomKeyStores`: only the codes that can occur with the
    /// emulator.
    XksConnectionError {
        AccessDenied = "XKS_PROXY_ACCESS_DENIED",
        InvalidConfiguration = "XKS_PROXY_INVALID_CONFIGURATION",
        InvalidResponse = "XKS_PROXY_INVALID_RESPONSE",
        InvalidTlsConfiguration = "XKS_PROXY_INVALID_TLS_CONFIGURATION",
        NotReachable = "XKS_PROXY_NOT_REACHABLE",
        TimedOut = "XKS_PROXY_TIMED_OUT",
    }
}
