//! [VerifyMac](https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::shared::mac::require_algorithm;
use super::{Operation, finish_dry_run};
use crate::api::{KeyArn, KeyUsage, MacAlgorithm};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{BY_ALIAS, MAC_ALGORITHM};
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;
use crate::quota::SharedQuota;

/// Verifies the HMAC of a message. An invalid HMAC is an exception, never `false`.
pub(super) struct VerifyMac;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyMacInput {
    message: Blob,
    key_id: String,
    mac_algorithm: MacAlgorithm,
    mac: Blob,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyMacOutput {
    key_id: KeyArn,
    mac_algorithm: MacAlgorithm,
    mac_valid: bool,
}

impl Operation for VerifyMac {
    const NAME: &'static str = "VerifyMac";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|_| SharedQuota::Symmetric);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS, &[MAC_ALGORITHM]];
    type Input = VerifyMacInput;
    type Output = VerifyMacOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_for(&input.key_id, KeyUsage::GenerateVerifyMac)?;
        require_algorithm(&key, input.mac_algorithm)?;
        let material = context.material(&key)?;
        let valid = material
            .hmac()
            .and_then(|hmac| hmac.verify(&input.message.0, &input.mac.0));
        if !valid.map_err(|error| Internal::new("verify a MAC", error))? {
            let (algorithm, length) = (input.mac_algorithm, input.mac.0.len());
            return Err(message::invalid_mac(&key.arn, algorithm, length).into());
        }
        // An invalid MAC takes precedence over a dry run (recorded).
        finish_dry_run(input.dry_run)?;
        Ok(VerifyMacOutput {
            key_id: key.arn,
            mac_algorithm: input.mac_algorithm,
            mac_valid: true,
        })
    }
}
