//! [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::{Algorithms, KeyArn, KeySpec, KeyUsage, key_state};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::BY_ALIAS;
use crate::context::Context;
use crate::error::{Error, message};
use crate::protocol::Blob;

/// Returns the public key as DER `SubjectPublicKeyInfo`, even of a disabled key.
pub(super) struct GetPublicKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetPublicKeyInput {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetPublicKeyOutput {
    customer_master_key_spec: KeySpec,
    key_id: KeyArn,
    key_spec: KeySpec,
    key_usage: KeyUsage,
    public_key: Blob,
    #[serde(flatten)]
    algorithms: Algorithms,
}

impl Operation for GetPublicKey {
    const NAME: &'static str = "GetPublicKey";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(2000);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys = &[BY_ALIAS];
    type Input = GetPublicKeyInput;
    type Output = GetPublicKeyOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key(&input.key_id)?;
        key.require_state(key_state::WITH_MATERIAL, context.now())?;
        let algorithms = key.algorithms();
        let public_key = key
            .record
            .public_key
            .clone()
            .ok_or_else(|| message::has_no_public_key(&key.arn, key.record.spec))?;
        Ok(GetPublicKeyOutput {
            customer_master_key_spec: key.record.spec,
            key_id: key.arn,
            key_spec: key.record.spec,
            key_usage: key.record.usage,
            public_key,
            algorithms,
        })
    }
}
