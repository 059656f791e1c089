//! The operations that a grant can allow.

use super::{KeySpec, KeyUsage, wire_enum};

wire_enum! {
    /// `GrantOperation` of `CreateGrant`.
    GrantOperation {
        Decrypt = "Decrypt",
        Encrypt = "Encrypt",
        GenerateDataKey = "GenerateDataKey",
        GenerateDataKeyWithoutPlaintext = "GenerateDataKeyWithoutPlaintext",
        ReEncryptFrom = "ReEncryptFrom",
        ReEncryptTo = "ReEncryptTo",
        Sign = "Sign",
        Verify = "Verify",
        GetPublicKey = "GetPublicKey",
        CreateGrant = "CreateGrant",
        RetireGrant = "RetireGrant",
        DescribeKey = "DescribeKey",
        GenerateDataKeyPair = "GenerateDataKeyPair",
        GenerateDataKeyPairWithoutPlaintext = "GenerateDataKeyPairWithoutPlaintext",
        GenerateMac = "GenerateMac",
        VerifyMac = "VerifyMac",
        DeriveSharedSecret = "DeriveSharedSecret",
        Encapsulate = "Encapsulate",
        Decapsulate = "Decapsulate",
    }
}

use GrantOperation as Op;

impl GrantOperation {
    /// The operations that a grant for a key can allow. The list and its order are recorded for HMAC
    /// keys; for other keys, they follow the developer guide's table of grant operations.
    pub(crate) fn valid_for(spec: KeySpec, usage: KeyUsage) -> Vec<Self> {
        let own: &[_] = match usage {
            KeyUsage::EncryptDecrypt if spec == KeySpec::SymmetricDefault => &[
                Op::Encrypt,
                Op::Decrypt,
                Op::ReEncryptFrom,
                Op::ReEncryptTo,
                Op::GenerateDataKey,
                Op::GenerateDataKeyWithoutPlaintext,
                Op::GenerateDataKeyPair,
                Op::GenerateDataKeyPairWithoutPlaintext,
            ],
            KeyUsage::EncryptDecrypt => &[
                Op::GetPublicKey,
                Op::Encrypt,
                Op::Decrypt,
                Op::ReEncryptFrom,
                Op::ReEncryptTo,
            ],
            KeyUsage::SignVerify => &[Op::GetPublicKey, Op::Sign, Op::Verify],
            KeyUsage::GenerateVerifyMac => &[Op::GenerateMac, Op::VerifyMac],
            KeyUsage::KeyAgreement => &[Op::GetPublicKey, Op::DeriveSharedSecret],
            KeyUsage::EncapsulateDecapsulate => {
                &[Op::GetPublicKey, Op::Encapsulate, Op::Decapsulate]
            }
        };
        [&[Op::CreateGrant, Op::RetireGrant, Op::DescribeKey], own].concat()
    }
}
