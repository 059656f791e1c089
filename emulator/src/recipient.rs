//! The member `Recipient` of five operations: an enclave that shows with an attestation document
//! who it is, and gets the secret encrypted under the public key in it, instead of plain.

use serde::Deserialize;

use crate::attestation::{self, Attested};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;

/// Who is to receive a secret.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Recipient {
    attestation_document: Option<Blob>,
}

/// A secret as the answer tells it: exactly one of the two.
pub(crate) struct Told {
    /// For whoever asked.
    pub(crate) plain: Option<Blob>,
    /// CMS `EnvelopedData` for the recipient.
    pub(crate) sealed: Option<Blob>,
}

/// The recipient, if there is one, when its document has proven true.
///
/// # Errors
///
/// `ValidationException`: it has not, or has no public key of RSA.
pub(crate) fn attested(
    context: &Context<'_, '_>,
    recipient: Option<Recipient>,
) -> Result<Option<Attested>, Error> {
    let Some(recipient) = recipient else {
        return Ok(None);
    };
    let document = recipient.attestation_document.unwrap_or(Blob(Vec::new()));
    let attested = attestation::verify(&document.0, context.trust(), context.now());
    match attested {
        Ok(attested) => Ok(Some(attested)),
        Err(reason) => {
            // The client is told nothing of it, as far as is known of KMS.
            tracing::info!("attestation document refused: {reason}");
            Err(message::invalid_attestation_document().into())
        }
    }
}

/// Tells a secret to whoever is to receive it.
///
/// # Errors
///
/// Internal.
pub(crate) fn tell(
    recipient: Option<Attested>,
    secret: SecretBytes,
    context: &Context<'_, '_>,
) -> Result<Told, Error> {
    let Some(recipient) = recipient else {
        return Ok(Told {
            plain: Some(Blob(secret.into_exposed())),
            sealed: None,
        });
    };
    let sealed = recipient
        .seal(secret.expose(), context.random())
        .map_err(|error| Internal::new("encrypt for a recipient", error))?;
    Ok(Told {
        plain: None,
        sealed: Some(Blob(sealed)),
    })
}
