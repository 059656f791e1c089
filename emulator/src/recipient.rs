//! The `Recipient` parameter of five operations: an attestation document of an enclave. Then the
//! response contains the secret encrypted under the document's public key instead of the plaintext.

use serde::Deserialize;

use crate::attestation;
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::crypto::enveloped::RecipientKey;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// The `Recipient` of a request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Recipient {
    attestation_document: Option<Blob>,
}

/// A secret in the form of the response: exactly one of the two members is set.
pub(crate) struct Delivered {
    /// The plaintext, without a recipient.
    pub(crate) plain: Option<Blob>,
    /// CMS `EnvelopedData` for the recipient.
    pub(crate) sealed: Option<Blob>,
}

/// Verifies the attestation document of a recipient and returns its public key. `None` if the
/// request has no recipient.
///
/// # Errors
///
/// `ValidationException` if the document is rejected, and `AccessDeniedException` if a policy does not
/// allow an operation without a key for this enclave.
pub(crate) fn verify(
    context: &mut Context<'_, '_>,
    recipient: Option<Recipient>,
) -> Result<Option<RecipientKey>, Error> {
    let Some(recipient) = recipient else {
        return Ok(None);
    };
    let document = recipient.attestation_document.unwrap_or(Blob(Vec::new()));
    let attested = attestation::verify(&document.0, context.trust(), context.now());
    match attested {
        Ok(attested) => {
            context.ask(|question| question.attestation = attested.registers)?;
            context.authorize_operation()?;
            Ok(Some(attested.key))
        }
        Err(error) => Err(message::invalid_attestation_document(&error.to_string()).into()),
    }
}

/// Prepares a secret for the response, encrypted if there is a recipient.
///
/// # Errors
///
/// Internal.
pub(crate) fn deliver(
    recipient: Option<RecipientKey>,
    secret: SecretBytes,
    context: &Context<'_, '_>,
) -> Result<Delivered, Error> {
    let Some(recipient) = recipient else {
        return Ok(Delivered {
            plain: Some(Blob(secret.into_exposed())),
            sealed: None,
        });
    };
    let sealed = recipient
        .seal(secret.expose(), context.random())
        .map_err(|error| Internal::new("encrypt for a recipient", error))?;
    Ok(Delivered {
        plain: None,
        sealed: Some(Blob(sealed)),
    })
}
