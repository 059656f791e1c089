//! No operation forgets to ask for a permission.

use serde_json::{Value, json};

use super::{ARN, ARN_OF_USER, KEY, REPLICA, call, deny, error, seeded};
use crate::model::model;

/// The members that an operation needs at least.
pub(super) fn members(name: &str) -> Value {
    let blob = "AAAA";
    match name {
        "CreateAlias" => json!({"AliasName": "alias/new", "TargetKeyId": KEY}),
        "UpdateAlias" => json!({"AliasName": "alias/orders", "TargetKeyId": KEY}),
        "DeleteAlias" => json!({"AliasName": "alias/orders"}),
        "CreateCustomKeyStore" => json!({"CustomKeyStoreName": "store"}),
        "ConnectCustomKeyStore"
        | "DeleteCustomKeyStore"
        | "DisconnectCustomKeyStore"
        | "UpdateCustomKeyStore" => {
            json!({"CustomKeyStoreId": "cks-1234567890abcdef0"})
        }
        "CreateGrant" => {
            json!({"KeyId": KEY, "GranteePrincipal": ARN_OF_USER, "Operations": ["Decrypt"]})
        }
        "Decapsulate" => {
            json!({"KeyId": KEY, "SharedSecretCiphertextBlob": blob, "EncapsulationAlgorithm": "ML_KEM"})
        }
        "Encapsulate" => json!({"KeyId": KEY, "EncapsulationAlgorithm": "ML_KEM"}),
        "Decrypt" => json!({"KeyId": KEY, "CiphertextBlob": blob}),
        "DeriveSharedSecret" => {
            json!({"KeyId": KEY, "KeyAgreementAlgorithm": "ECDH", "PublicKey": blob})
        }
        "Encrypt" => json!({"KeyId": KEY, "Plaintext": blob}),
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" => {
            json!({"KeyId": KEY, "KeySpec": "AES_256"})
        }
        "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext" => {
            json!({"KeyId": KEY, "KeyPairSpec": "ECC_NIST_P256"})
        }
        "GenerateMac" => json!({"KeyId": KEY, "Message": blob, "MacAlgorithm": "HMAC_SHA_256"}),
        "VerifyMac" => {
            json!({"KeyId": KEY, "Message": blob, "Mac": blob, "MacAlgorithm": "HMAC_SHA_256"})
        }
        "GenerateRandom" => json!({"NumberOfBytes": 8}),
        "GetParametersForImport" => {
            json!({"KeyId": KEY, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"})
        }
        "ImportKeyMaterial" => {
            json!({"KeyId": KEY, "ImportToken": blob, "EncryptedKeyMaterial": blob})
        }
        "ListRetirableGrants" => json!({"RetiringPrincipal": ARN_OF_USER}),
        "PutKeyPolicy" => {
            json!({"KeyId": KEY, "Policy": json!({"Statement": deny("kms:Sign")}).to_string()})
        }
        "ReEncrypt" => json!({"SourceKeyId": KEY, "DestinationKeyId": KEY, "CiphertextBlob": blob}),
        "ReplicateKey" => json!({"KeyId": REPLICA, "ReplicaRegion": "eu-west-2"}),
        "RetireGrant" => json!({"KeyId": ARN, "GrantId": "0".repeat(64)}),
        "RevokeGrant" => json!({"KeyId": KEY, "GrantId": "0".repeat(64)}),
        "Sign" => json!({"KeyId": KEY, "Message": blob, "SigningAlgorithm": "ECDSA_SHA_256"}),
        "Verify" => {
            json!({"KeyId": KEY, "Message": blob, "Signature": blob, "SigningAlgorithm": "ECDSA_SHA_256"})
        }
        "TagResource" => json!({"KeyId": KEY, "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        "UntagResource" => json!({"KeyId": KEY, "TagKeys": ["a"]}),
        "UpdateKeyDescription" => json!({"KeyId": KEY, "Description": "d"}),
        "UpdatePrimaryRegion" => json!({"KeyId": REPLICA, "PrimaryRegion": "eu-west-1"}),
        "CreateKey" | "ListKeys" | "ListAliases" | "DescribeCustomKeyStores" => json!({}),
        _ => json!({"KeyId": KEY}),
    }
}

#[test]
fn every_operation_asks_for_permission() {
    for name in model().operation_names() {
        // Each operation finds the seeded state.
        let kms = seeded();
        let body = members(name);
        let (code, message) = call(&kms, "AKIANONE", name, &body).unwrap_err();
        assert_eq!(code, "AccessDeniedException", "{name}: {message}");
        let action = if name == "ReEncrypt" {
            "ReEncryptFrom"
        } else {
            name
        };
        let silent = format!("because no identity-based policy allows the kms:{action} action");
        assert!(message.ends_with(&silent), "{name}: {message}");
        let code = error(&kms, "AKIAUSER", name, &body);
        assert_ne!(code, "AccessDeniedException", "{name}");
    }
}
