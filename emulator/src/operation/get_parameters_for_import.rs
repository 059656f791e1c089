//! [GetParametersForImport](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html)

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Cost, Operation};
use crate::api::{KeyArn, WrappingAlgorithm, WrappingKeySpec, key_state};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{ON_KEY, WRAPPING_ALGORITHM, WRAPPING_KEY_SPEC};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::{Error, Internal, message};
use crate::import::ImportToken;
use crate::protocol::Blob;

/// Returns a public key to wrap key material with, and an import token.
pub(super) struct GetParametersForImport;

/// Recorded.
const VALID_DAYS: u32 = 1;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetParametersForImportInput {
    key_id: String,
    wrapping_algorithm: WrappingAlgorithm,
    wrapping_key_spec: WrappingKeySpec,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetParametersForImportOutput {
    import_token: Blob,
    key_id: KeyArn,
    parameters_valid_to: Timestamp,
    public_key: Blob,
}

impl Operation for GetParametersForImport {
    const NAME: &'static str = "GetParametersForImport";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(1);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[WRAPPING_ALGORITHM, WRAPPING_KEY_SPEC]];
    type Input = GetParametersForImportInput;
    type Output = GetParametersForImportOutput;

    fn cost(input: &Self::Input) -> Cost {
        Cost::of_key_generation(input.wrapping_key_spec.key_spec())
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_external_origin()?;
        key.require_state(key_state::IMPORTABLE, context.now())?;
        let (algorithm, wrapping_spec) = (input.wrapping_algorithm, input.wrapping_key_spec);
        let spec = key.record.spec;
        if !algorithm.can_wrap(wrapping_spec, spec) {
            return Err(message::cannot_wrap(algorithm, wrapping_spec, spec).into());
        }
        if wrapping_spec == WrappingKeySpec::Sm2 && !context.location().region.is_in_china() {
            // By analogy with CreateKey; the answer of AWS is unknown.
            return Err(message::key_spec_not_in_this_region(wrapping_spec.key_spec()).into());
        }
        let wrapping_key = context.new_material(wrapping_spec.key_spec())?;
        let public_key = wrapping_key
            .public_key()
            .map_err(|error| Internal::new("generate a wrapping key", error))?;
        let valid_to = context.now().plus_days(VALID_DAYS);
        let token = ImportToken::new(&key.arn, algorithm, wrapping_spec, &wrapping_key, valid_to)?;
        Ok(GetParametersForImportOutput {
            import_token: token.seal(&context)?,
            key_id: key.arn,
            parameters_valid_to: valid_to,
            public_key: Blob(public_key.unwrap_or_default()),
        })
    }
}
