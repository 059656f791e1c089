//! [DeleteImportedKeyMaterial](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::{KeyArn, KeyMaterialId, KeySpec};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::context::Context;
use crate::error::{Error, message};

/// Deletes imported material immediately. It can be imported again.
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
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(15);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = DeleteImportedKeyMaterialInput;
    type Output = DeleteImportedKeyMaterialOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let mut context = context.write()?;
        let mut key = context.key_by_id_or_arn(&input.key_id)?;
        key.require_external_origin()?;
        let spec = key.record.spec;
        let index = match &input.key_material_id {
            Some(_) if spec != KeySpec::SymmetricDefault => {
                return Err(message::parameter_of_symmetric_keys("keyMaterialId", spec).into());
            }
            Some(id) => {
                let index = key.record.material_index(id);
                Some(index.ok_or_else(|| message::never_imported(id, &key.arn))?)
            }
            None => key.record.current(),
        };
        let mut deleted = None;
        if let Some(index) = index
            && key.record.awaits_rotation_to(index)
            && !key.is_replica()
        {
            // Material that awaits a rotation is forgotten, in the replicas, too (recorded).
            deleted = key.record.forget_newest();
            for arn in key.siblings().iter().chain([&key.arn]) {
                context.forget_material(arn, index, deleted.as_ref());
            }
            context.put_key_set(&key)?;
        } else if let Some(index) = index
            && let Some(entry) = key.record.materials.get_mut(index)
        {
            entry.present = false;
            entry.valid_to = None;
            deleted = entry.id.filter(|_| spec == KeySpec::SymmetricDefault);
            context.delete_material(&key.arn, index);
            context.put_key(&key)?;
        }
        Ok(DeleteImportedKeyMaterialOutput {
            key_id: key.arn,
            key_material_id: deleted,
        })
    }
}
