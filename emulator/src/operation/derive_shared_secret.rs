//! [DeriveSharedSecret](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Operation, finish_dry_run};
use crate::api::{KeyAgreementAlgorithm, KeyArn, KeyUsage, Origin};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{
    BY_ALIAS, KEY_AGREEMENT_ALGORITHM, RECIPIENT_ATTESTATION,
};
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::protocol::Blob;
use crate::quota::SharedQuota;
use crate::recipient::{self, Recipient};

/// Derives a shared secret with ECDH: the x coordinate, without a key derivation function.
pub(super) struct DeriveSharedSecret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeriveSharedSecretInput {
    key_id: String,
    key_agreement_algorithm: KeyAgreementAlgorithm,
    public_key: Blob,
    recipient: Option<Recipient>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeriveSharedSecretOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    key_agreement_algorithm: KeyAgreementAlgorithm,
    key_id: KeyArn,
    key_origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_secret: Option<Blob>,
}

impl Operation for DeriveSharedSecret {
    const NAME: &'static str = "DeriveSharedSecret";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Shared(|_| SharedQuota::EccAndSm2);
    const CROSS_ACCOUNT: bool = true;
    const CONDITION_KEYS: ConditionKeys =
        &[BY_ALIAS, &[KEY_AGREEMENT_ALGORITHM, RECIPIENT_ATTESTATION]];
    type Input = DeriveSharedSecretInput;
    type Output = DeriveSharedSecretOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let recipient = recipient::verify(&mut context, input.recipient)?;
        let key = context.key_for(&input.key_id, KeyUsage::KeyAgreement)?;
        let secret = context
            .material(&key)?
            .agree(&input.public_key.0)
            .map_err(|error| Internal::new("derive a shared secret", error))?
            .ok_or_else(|| {
                message::invalid_public_key(key.record.spec, input.public_key.0.len())
            })?;
        // An invalid public key takes precedence over a dry run (recorded).
        finish_dry_run(input.dry_run)?;
        let delivered = recipient::deliver(recipient, secret, &context)?;
        Ok(DeriveSharedSecretOutput {
            ciphertext_for_recipient: delivered.sealed,
            key_agreement_algorithm: input.key_agreement_algorithm,
            key_origin: key.record.origin,
            key_id: key.arn,
            shared_secret: delivered.plain,
        })
    }
}
