//! Custom key stores. Messages about a proxy follow AWS's "External Keystore Proxy API specification",
//! which lists KMS's response to each error of a proxy. Its term "external HSM" is replaced by "external
//! key manager", the current term. The developer guide words some messages differently; none is
//! recorded. No other messages are known.

use super::{Code, KmsError, Mismatch, error, without_message};
use crate::api::{KeyArn, KeySpec, Origin, XksError};

pub(crate) fn cloud_hsm_cluster_in_use(cluster: &str, other: &str) -> KmsError {
    let reason = of_other_store("CloudHsmClusterId", cluster, other);
    without_message(Code::CloudHsmClusterInUse, reason)
}

/// The cluster of another store. The clusters of two stores never share a backup history (documented for
/// `CloudHsmClusterInUseException`), and `UpdateCustomKeyStore` accepts only a cluster that shares it with
/// the store's own (documented for this exception).
pub(crate) fn cloud_hsm_cluster_not_related(cluster: &str, other: &str) -> KmsError {
    let reason = of_other_store("CloudHsmClusterId", cluster, other);
    without_message(Code::CloudHsmClusterNotRelated, reason)
}

pub(crate) fn custom_key_store_has_keys(store: &str, key: &KeyArn) -> KmsError {
    let expected = format!("no keys in {store}");
    let reason = Mismatch::new("CustomKeyStoreId", expected, key.to_string());
    without_message(Code::CustomKeyStoreHasCmks, reason)
}

pub(crate) fn custom_key_store_invalid_state(
    store: &str,
    expected: &[&str],
    found: &str,
) -> KmsError {
    let part = format!("state of {store}");
    let reason = Mismatch::new(part, expected.join(" or "), found);
    without_message(Code::CustomKeyStoreInvalidState, reason)
}

pub(crate) fn custom_key_store_name_in_use(name: &str, other: &str) -> KmsError {
    let reason = of_other_store("CustomKeyStoreName", name, other);
    without_message(Code::CustomKeyStoreNameInUse, reason)
}

pub(crate) fn custom_key_store_not_found(member: &'static str, value: &str) -> KmsError {
    let expected = "a custom key store of this account and Region";
    let reason = Mismatch::new(member, expected, value);
    without_message(Code::CustomKeyStoreNotFound, reason)
}

pub(crate) fn incorrect_trust_anchor(length: usize) -> KmsError {
    let found = format!("another text of {length} bytes");
    let reason = Mismatch::new(
        "TrustAnchorCertificate",
        "an X.509 certificate in PEM",
        found,
    );
    without_message(Code::IncorrectTrustAnchor, reason)
}

pub(crate) fn too_many_custom_key_stores(max: usize) -> KmsError {
    let expected = format!("fewer than {max} stores");
    let reason = Mismatch::new("account and Region", expected, max.to_string());
    without_message(Code::LimitExceeded, reason)
}

/// A member is missing that another value requires: `with`.
pub(crate) fn custom_key_store_member_is_missing(member: &'static str, with: &str) -> KmsError {
    let reason = Mismatch::new(member, format!("a value with {with}"), "none");
    without_message(Code::Validation, reason)
}

/// A member that another value excludes: `with`.
pub(crate) fn custom_key_store_member_is_excluded(member: &'static str, with: &str) -> KmsError {
    let reason = Mismatch::new(member, format!("no value with {with}"), "one");
    without_message(Code::Validation, reason)
}

pub(crate) fn custom_key_store_of_another_type(origin: Origin, found: &str) -> KmsError {
    let expected = format!("a store for Origin {origin}");
    let reason = Mismatch::new("CustomKeyStoreId", expected, format!("one of type {found}"));
    without_message(Code::Validation, reason)
}

/// Custom key stores support only single-Region symmetric encryption keys.
pub(crate) fn not_in_custom_key_stores(spec: KeySpec, multi_region: bool) -> KmsError {
    let found = if multi_region {
        format!("a multi-Region key, {spec}")
    } else {
        spec.to_string()
    };
    let expected = "a single-Region key, SYMMETRIC_DEFAULT";
    let reason = Mismatch::new("KeySpec and MultiRegion", expected, found);
    without_message(Code::UnsupportedOperation, reason)
}

pub(crate) fn no_random_bytes_of_external_key_store(store: &str) -> KmsError {
    let found = format!("the external key store {store}");
    let reason = Mismatch::new("CustomKeyStoreId", "a store in AWS CloudHSM", found);
    without_message(Code::UnsupportedOperation, reason)
}

pub(crate) fn xks_key_already_in_use(key: &str, store: &str) -> KmsError {
    let expected = format!("an external key that no KMS key in {store} has");
    let reason = Mismatch::new("XksKeyId", expected, key);
    without_message(Code::XksKeyAlreadyInUse, reason)
}

/// The external key is not an AES-256 key.
pub(crate) fn xks_key_invalid_configuration(spec: &str) -> KmsError {
    let reason = Mismatch::new("keySpec of the external key", "AES_256", spec);
    without_message(Code::XksKeyInvalidConfiguration, reason)
}

pub(crate) fn xks_proxy_uri_endpoint_in_use(endpoint: &str, other: &str) -> KmsError {
    let reason = of_other_store("XksProxyUriEndpoint", endpoint, other);
    without_message(Code::XksProxyUriEndpointInUse, reason)
}

pub(crate) fn xks_proxy_uri_in_use(path: &str, other: &str) -> KmsError {
    let reason = of_other_store("XksProxyUriEndpoint and XksProxyUriPath", path, other);
    without_message(Code::XksProxyUriInUse, reason)
}

pub(crate) fn xks_proxy_vpc_endpoint_service_in_use(service: &str, other: &str) -> KmsError {
    let reason = of_other_store("XksProxyVpcEndpointServiceName", service, other);
    without_message(Code::XksProxyVpcEndpointServiceInUse, reason)
}

/// A value that must differ from that of another store.
fn of_other_store(member: &'static str, value: &str, other: &str) -> Mismatch {
    let found = format!("{value}, which {other} has");
    Mismatch::new(member, "a value that no other store has", found)
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
