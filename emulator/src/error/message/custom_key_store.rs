//! Custom key stores. Messages about a proxy follow AWS's "External Keystore Proxy API specification",
//! which lists KMS's response to each error of a proxy. Its term "external HSM" is replaced by "external
//! key manager", the current term. The developer guide words some messages differently; none is
//! recorded. No other messages are known.

use super::{error, without_message};
use crate::api::XksError;
use crate::error::{Code, KmsError};

pub(crate) fn cloud_hsm_cluster_in_use() -> KmsError {
    without_message(Code::CloudHsmClusterInUse)
}

/// The cluster of another store. The clusters of two stores never share a backup history (documented for
/// `CloudHsmClusterInUseException`), and `UpdateCustomKeyStore` accepts only a cluster that shares it with
/// the store's own (documented for this exception).
pub(crate) fn cloud_hsm_cluster_not_related() -> KmsError {
    without_message(Code::CloudHsmClusterNotRelated)
}

pub(crate) fn custom_key_store_has_keys() -> KmsError {
    without_message(Code::CustomKeyStoreHasCmks)
}

pub(crate) fn custom_key_store_invalid_state() -> KmsError {
    without_message(Code::CustomKeyStoreInvalidState)
}

pub(crate) fn custom_key_store_name_in_use() -> KmsError {
    without_message(Code::CustomKeyStoreNameInUse)
}

pub(crate) fn custom_key_store_not_found() -> KmsError {
    without_message(Code::CustomKeyStoreNotFound)
}

pub(crate) fn incorrect_trust_anchor() -> KmsError {
    without_message(Code::IncorrectTrustAnchor)
}

pub(crate) fn too_many_custom_key_stores() -> KmsError {
    without_message(Code::LimitExceeded)
}

/// Mutually exclusive members, or a missing member.
pub(crate) fn custom_key_store_members() -> KmsError {
    without_message(Code::Validation)
}

/// Custom key stores support only single-Region symmetric encryption keys.
pub(crate) fn not_in_custom_key_stores() -> KmsError {
    without_message(Code::UnsupportedOperation)
}

pub(crate) fn xks_key_already_in_use() -> KmsError {
    without_message(Code::XksKeyAlreadyInUse)
}

/// The external key is not an AES-256 key.
pub(crate) fn xks_key_invalid_configuration() -> KmsError {
    without_message(Code::XksKeyInvalidConfiguration)
}

pub(crate) fn xks_proxy_uri_endpoint_in_use() -> KmsError {
    without_message(Code::XksProxyUriEndpointInUse)
}

pub(crate) fn xks_proxy_uri_in_use() -> KmsError {
    without_message(Code::XksProxyUriInUse)
}

pub(crate) fn xks_proxy_vpc_endpoint_service_in_use() -> KmsError {
    without_message(Code::XksProxyVpcEndpointServiceInUse)
}

/// `CustomKeyStoreInvalidStateException` for `CreateKey`, `KMSInvalidStateException` for
/// cryptographic operations.
pub(crate) fn external_key_store_is_not_connected(code: Code) -> KmsError {
    error(
        code,
        "This KMS key is in a custom key store that is not connected to its external key store \
         proxy. Connect the external key store and try the request again.",
    )
}

/// A call to a proxy failed.
pub(crate) fn xks_failure(code: Code, failure: XksError) -> KmsError {
    let text = match failure {
        XksError::InvalidState => {
            "The external key associated with this KMS key in an external key store is not enabled \
             in the external key manager. Enable the external key in the external key manager and \
             retry the request."
        }
        XksError::InvalidCiphertext => {
            "The external key store proxy rejected the request because the specified ciphertext or \
             encryption context is corrupted, missing, or otherwise invalid."
        }
        XksError::InvalidKeyUsage => {
            "The external key associated with this KMS key in an external key store does not \
             support the requested operation. Enable the operation on the key in your external key \
             manager, and try the request again."
        }
        XksError::AuthenticationFailed => {
            "The external key store proxy rejected the request because it could not authenticate \
             AWS KMS. Verify the XKS proxy authentication credentials for your external key store \
             and update if necessary."
        }
        XksError::AccessDenied => {
            "The external key store proxy denied access to the operation. Verify that the user and \
             the external key are both authorized for this operation, and try the request again."
        }
        XksError::KeyNotFound => {
            "The external key associated with this KMS key in an external key store was not found \
             in its external key manager. If the external key ID associated with this KMS key is \
             incorrect, create a new KMS key with the correct external key ID."
        }
        XksError::InvalidUriPath => {
            "The external key store proxy rejected the request because of an invalid URI path. \
             Verify the URI path for your external key store and update if necessary."
        }
        XksError::UnsupportedOperation => {
            "The external key store proxy rejected the request because it does not support the \
             requested operation. If you see this error repeatedly, report it to your external key \
             store proxy administrator."
        }
        XksError::DependencyTimeout => {
            "The external key store proxy did not respond to the request in the time allotted. \
             Retry the request. If you see this error repeatedly, report it to your external key \
             store proxy administrator."
        }
        XksError::Throttling => {
            "The external key store proxy rejected the request due to a very high request rate. \
             Reduce the frequency of your calls using KMS keys in this external key store."
        }
        XksError::Internal => {
            "The external key store proxy rejected the request because it cannot communicate with \
             the external key manager. Verify that the external key store proxy configuration is \
             correct and that the external key manager is available."
        }
        XksError::Unreachable => {
            "AWS KMS cannot communicate with the external key store proxy. This might be a transient \
             network issue. If you see this error repeatedly, verify that your external key store \
             proxy is active and is connected to the network, and that its endpoint URI is correct \
             in your external keystore."
        }
        XksError::Tls => {
            "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the \
             TLS configuration, including its certificate."
        }
        XksError::Timeout => {
            "AWS KMS rejected the request because the external key store proxy did not respond in \
             time. Retry the request. If you see this error repeatedly, report it to your external \
             key store proxy administrator."
        }
        XksError::Malformed => {
            "AWS KMS cannot interpret the response from the external key store proxy. If you see \
             this error repeatedly, report it to your external key store proxy administrator."
        }
    };
    error(code, text)
}

/// The proxy decrypted to something other than the ciphertext of KMS.
pub(crate) fn xks_plaintext_is_invalid() -> KmsError {
    error(
        Code::KmsInvalidState,
        "The ciphertext that the external key store proxy submitted for decryption, or the \
         encryption context, is corrupted, missing, or otherwise invalid.",
    )
}
