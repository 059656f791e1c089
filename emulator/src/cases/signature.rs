//! Verifies signatures with the public key, without the emulator, and if possible with another library than
//! the emulator's.

use aws_lc_rs::signature::{self as aws_lc, ParsedPublicKey, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::signature::Verifier as _;
use p256::pkcs8::DecodePublicKey as _;
use sha2::{Digest as _, Sha512};

use super::case::Signed;
use super::template::Variables;

/// The outer error is an error in the case, the inner error an invalid signature.
pub(super) fn verify(check: &Signed, variables: &Variables) -> Result<Result<(), String>, String> {
    let bytes = |text: &str| {
        let text = variables.fill_text(text)?;
        BASE64.decode(&text).map_err(|e| format!("{text}: {e}"))
    };
    let public_key = bytes(&check.public_key)?;
    let message = bytes(&check.message)?;
    let signature = bytes(&check.signature)?;
    let invalid = |_| "an invalid signature".to_owned();
    Ok(match check.algorithm.as_str() {
        "ECDSA_SHA_256" if p256::PublicKey::from_public_key_der(&public_key).is_ok() => {
            verify_p256(&public_key, &message, &signature)
        }
        "ED25519_SHA_512" => ed25519(&public_key)?
            .verify_strict(&message, &ed25519_signature(&signature)?)
            .map_err(|e| e.to_string()),
        // KMS signs the 64 bytes as a message, without hashing them again.
        "ED25519_PH_SHA_512" => ed25519(&public_key)?
            .verify_prehashed(
                Sha512::new_with_prefix(&message),
                None,
                &ed25519_signature(&signature)?,
            )
            .map_err(|e| e.to_string()),
        other => ParsedPublicKey::new(algorithm(other)?, &public_key)
            .map_err(|_| "an unreadable public key".to_owned())
            .and_then(|key| key.verify_sig(&message, &signature).map_err(invalid)),
    })
}

fn algorithm(name: &str) -> Result<&'static dyn VerificationAlgorithm, String> {
    Ok(match name {
        "RSASSA_PKCS1_V1_5_SHA_256" => &aws_lc::RSA_PKCS1_2048_8192_SHA256,
        "RSASSA_PKCS1_V1_5_SHA_384" => &aws_lc::RSA_PKCS1_2048_8192_SHA384,
        "RSASSA_PKCS1_V1_5_SHA_512" => &aws_lc::RSA_PKCS1_2048_8192_SHA512,
        "RSASSA_PSS_SHA_256" => &aws_lc::RSA_PSS_2048_8192_SHA256,
        "RSASSA_PSS_SHA_384" => &aws_lc::RSA_PSS_2048_8192_SHA384,
        "RSASSA_PSS_SHA_512" => &aws_lc::RSA_PSS_2048_8192_SHA512,
        // P-256 and secp256k1 have this algorithm; this is secp256k1.
        "ECDSA_SHA_256" => &aws_lc::ECDSA_P256K1_SHA256_ASN1,
        "ECDSA_SHA_384" => &aws_lc::ECDSA_P384_SHA384_ASN1,
        "ECDSA_SHA_512" => &aws_lc::ECDSA_P521_SHA512_ASN1,
        _ => return Err(format!("this program cannot verify {name}")),
    })
}

fn verify_p256(public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), String> {
    let key = p256::ecdsa::VerifyingKey::from_public_key_der(public_key)
        .map_err(|e| format!("an unreadable public key: {e}"))?;
    let signature = p256::ecdsa::Signature::from_der(signature)
        .map_err(|e| format!("an unreadable signature: {e}"))?;
    key.verify(message, &signature)
        .map_err(|_| "an invalid signature".to_owned())
}

fn ed25519(public_key: &[u8]) -> Result<Ed25519Key, String> {
    Ed25519Key::from_public_key_der(public_key).map_err(|e| e.to_string())
}

fn ed25519_signature(signature: &[u8]) -> Result<ed25519_dalek::Signature, String> {
    ed25519_dalek::Signature::from_slice(signature).map_err(|e| e.to_string())
}
