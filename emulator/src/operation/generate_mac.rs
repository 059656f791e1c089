//! [GenerateMac](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::{KeyArn, KeyUsage, MacAlgorithm};
use crate::context::Context;
use crate::error::{Error, Internal, KmsError, message};
use crate::key::Key;
use crate::protocol::Blob;

/// Makes the HMAC of a message.
pub(super) struct GenerateMac;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateMacInput {
    message: Blob,
    key_id: String,
    mac_algorithm: MacAlgorithm,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateMacOutput {
    key_id: KeyArn,
    mac: Blob,
    mac_algorithm: MacAlgorithm,
}

impl Operation for GenerateMac {
    const NAME: &'static str = "GenerateMac";
    const CROSS_ACCOUNT: bool = true;
    type Input = GenerateMacInput;
    type Output = GenerateMacOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::GenerateVerifyMac)?;
        require_algorithm(&key, input.mac_algorithm)?;
        if input.dry_run == Some(true) {
            return Err(message::dry_run_would_have_succeeded().into());
        }
        let material = context.material(&key)?;
        let mac = material.hmac().and_then(|hmac| hmac.mac(&input.message.0));
        let mac = mac.map_err(|error| Internal::new("make a MAC", error))?;
        Ok(GenerateMacOutput {
            key_id: key.arn,
            mac: Blob(mac),
            mac_algorithm: input.mac_algorithm,
        })
    }
}

/// Refuses an algorithm that the key does not have.
///
/// # Errors
///
/// `InvalidKeyUsageException`.
pub(super) fn require_algorithm(key: &Key, algorithm: MacAlgorithm) -> Result<(), KmsError> {
    let spec = key.record.spec;
    if spec.mac_algorithms().contains(&algorithm) {
        return Ok(());
    }
    Err(message::incompatible_algorithm(algorithm.as_str(), spec))
}
