//! [DeleteImportedKeyMaterial](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::get_parameters_for_import::require_external;
use crate::api::{KeyArn, KeyMaterialId, KeySpec};
use crate::context::Context;
use crate::error::{Error, message};

/// Takes imported material out of a key, at once. It may be imported again.
pub(super) struct DeleteImportedKeyMaterial;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteImportedKeyMaterialInput {
    key_id: String,
    key_material_id: Option<KeyMaterialId>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteImportedKeyMaterialOutput {
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
}

impl Operation for DeleteImportedKeyMaterial {
    const NAME: &'static str = "DeleteImportedKeyMaterial";
    type Input = DeleteImportedKeyMaterialInput;
    type Output = DeleteImportedKeyMaterialOutput;

    fn run(input: Self::Input, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        let mut context = context.writing()?;
        let mut key = context.key_but_no_alias(&input.key_id)?;
        require_external(&key)?;
        let spec = key.record.spec;
        let place = match &input.key_material_id {
            Some(_) if spec != KeySpec::SymmetricDefault => {
                return Err(message::parameter_of_symmetric_keys("keyMaterialId", spec).into());
            }
            Some(id) => {
                let place = key.record.material_index(id);
                Some(place.ok_or_else(|| message::never_imported(id, &key.arn))?)
            }
            None => key.record.current(),
        };
        let mut told = None;
        if let Some(place) = place
            && let Some(entry) = key.record.materials.get_mut(place)
        {
            entry.present = false;
            entry.valid_to = None;
            told = entry.id.filter(|_| spec == KeySpec::SymmetricDefault);
            context.delete_material(&key.arn, place);
            context.put_key(&key)?;
        }
        Ok(DeleteImportedKeyMaterialOutput {
            key_id: key.arn,
            key_material_id: told,
        })
    }
}
