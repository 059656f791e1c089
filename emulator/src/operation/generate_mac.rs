//! [GenerateMac](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::mac::require_algorithm;
use super::{Operation, finish_dry_run};
use crate::api::{KeyArn, KeyUsage, MacAlgorithm};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, MAC_ALGORITHM};
use crate::context::Context;
use crate::error::{Error, Internal};
use crate::protocol::Blob;
use crate::quota::SharedQuota;

/// Computes the HMAC of a message.
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
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|_| SharedQuota::Symmetric);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, &[MAC_ALGORITHM]];
    type Input = GenerateMacInput;
    type Output = GenerateMacOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::GenerateVerifyMac)?;
        require_algorithm(&key, input.mac_algorithm)?;
        finish_dry_run(input.dry_run)?;
        let material = context.material(&key)?;
        let mac = material.hmac().and_then(|hmac| hmac.mac(&input.message.0));
        let mac = mac.map_err(|error| Internal::new("compute a MAC", error))?;
        Ok(GenerateMacOutput {
            key_id: key.arn,
            mac: Blob(mac),
            mac_algorithm: input.mac_algorithm,
        })
    }
}
