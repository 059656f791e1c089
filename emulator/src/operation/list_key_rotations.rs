//! [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use super::shared::rotation::is_ready;
use crate::api::{KeyArn, KeyMaterialId, KeySpec, Origin, wire_enum};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::ON_KEY;
use crate::clock::Timestamp;
use crate::context::Context;
use crate::error::{Error, message};
use crate::key::{ExpirationModel, Key, MaterialEntry, RotationType};
use crate::page::Page;

/// Lists the completed rotations or all materials of a key, oldest first.
pub(super) struct ListKeyRotations;

/// Documented. The maximum is in the model.
const DEFAULT_LIMIT: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeyRotationsInput {
    key_id: String,
    include_key_material: Option<IncludeKeyMaterial>,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListKeyRotationsOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    rotations: Vec<RotationsListEntry>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RotationsListEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_model: Option<ExpirationModel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_state: Option<ImportState>,
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
    key_material_state: KeyMaterialState,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_type: Option<RotationType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Timestamp>,
}

wire_enum! {
    /// The rotations or materials to list.
    IncludeKeyMaterial {
        AllKeyMaterial = "ALL_KEY_MATERIAL",
        RotationsOnly = "ROTATIONS_ONLY",
    }
}

wire_enum! {
    /// Whether material is imported.
    ImportState {
        Imported = "IMPORTED",
        PendingImport = "PENDING_IMPORT",
    }
}

wire_enum! {
    /// The role of a material.
    KeyMaterialState {
        NonCurrent = "NON_CURRENT",
        Current = "CURRENT",
        PendingRotation = "PENDING_ROTATION",
        PendingMultiRegionImportAndRotation = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
    }
}

impl Operation for ListKeyRotations {
    const NAME: &'static str = "ListKeyRotations";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(100);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY];
    type Input = ListKeyRotationsInput;
    type Output = ListKeyRotationsOutput;

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let key = context.key_by_id_or_arn(&input.key_id)?;
        let all = input.include_key_material == Some(IncludeKeyMaterial::AllKeyMaterial);
        if input.include_key_material.is_some() && key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::key_material_of_symmetric_keys_only().into());
        }
        let list = format!("{}/{}/{all}", Self::NAME, key.arn);
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        let after = page.after().and_then(|after| after.parse().ok());
        let first = after.map_or(0, |after: usize| after + 1);
        let listed =
            |entry: &MaterialEntry| entry.id.is_some() && (all || entry.rotation.is_some());
        let waits_for_replicas = key.record.awaits_rotation && !is_ready(&key, &context)?;
        let entries = key.record.materials.iter().enumerate().skip(first);
        for (index, entry) in entries.filter(|(_, entry)| listed(entry)) {
            if !page.take(
                &index.to_string(),
                list_entry(&key, index, entry, waits_for_replicas, context.now()),
            ) {
                break;
            }
        }
        let (rotations, next_marker) = page.finish();
        Ok(ListKeyRotationsOutput {
            rotations,
            truncated: next_marker.is_some(),
            next_marker,
        })
    }
}

fn list_entry(
    key: &Key,
    index: usize,
    entry: &MaterialEntry,
    waits_for_replicas: bool,
    now: Timestamp,
) -> RotationsListEntry {
    let is_external = key.record.origin == Origin::External;
    let is_imported = is_external && entry.is_present(now);
    RotationsListEntry {
        expiration_model: is_imported.then(|| ExpirationModel::of(entry)),
        import_state: is_external.then_some(if is_imported {
            ImportState::Imported
        } else {
            ImportState::PendingImport
        }),
        key_id: key.arn.clone(),
        key_material_description: entry.description.clone(),
        key_material_id: entry.id,
        key_material_state: match key.record.current() {
            Some(current) if index < current => KeyMaterialState::NonCurrent,
            Some(current) if index == current => KeyMaterialState::Current,
            _ if waits_for_replicas && !key.siblings().is_empty() => {
                KeyMaterialState::PendingMultiRegionImportAndRotation
            }
            _ => KeyMaterialState::PendingRotation,
        },
        rotation_date: entry.rotation.map(|rotation| rotation.date),
        rotation_type: entry.rotation.map(|rotation| rotation.kind),
        valid_to: entry.valid_to.filter(|_| is_imported),
    }
}
