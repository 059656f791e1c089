//! Checks signatures outside the emulator, with nothing but the public key it gave.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use p256::pkcs8::DecodePublicKey;

use crate::case::{Ecdsa, EcdsaAlgorithm};
use crate::template::Variables;

/// The outer error is a mistake in the case, the inner one a signature that is no good.
pub(crate) fn verify_ecdsa(
    check: &Ecdsa,
    variables: &Variables,
) -> Result<Result<(), String>, String> {
    let bytes = |text: &str| {
        let text = variables.fill_text(text)?;
        BASE64.decode(&text).map_err(|e| format!("{text}: {e}"))
    };
    let public_key = bytes(&check.public_key)?;
    let message = bytes(&check.message)?;
    let signature = bytes(&check.signature)?;
    Ok(match check.algorithm {
        EcdsaAlgorithm::Sha256 => verify_p256(&public_key, &message, &signature),
    })
}

fn verify_p256(public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), String> {
    let key = VerifyingKey::from_public_key_der(public_key)
        .map_err(|e| format!("a public key that cannot be read: {e}"))?;
    let signature = Signature::from_der(signature)
        .map_err(|e| format!("a signature that cannot be read: {e}"))?;
    key.verify(message, &signature)
        .map_err(|_| "one that does not".to_owned())
}
