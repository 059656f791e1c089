//! A key as `CreateKey` and `DescribeKey` tell of it.

use serde::Serialize;

use super::{Algorithms, Key, KeyMaterialId, KeySpec, KeyState, KeyUsage, Origin, Region};
use crate::clock::Timestamp;

/// `KeyMetadata` of the API reference. Members that do not apply to a key are left out, as
/// recorded; they stand in alphabetical order, as in AWS's samples.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    aws_account_id: String,
    arn: String,
    creation_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<KeyMaterialId>,
    customer_master_key_spec: KeySpec,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    description: String,
    enabled: bool,
    key_id: String,
    key_manager: &'static str,
    key_spec: KeySpec,
    key_state: KeyState,
    key_usage: KeyUsage,
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_region_configuration: Option<MultiRegionConfiguration>,
    origin: Origin,
    #[serde(flatten)]
    algorithms: Algorithms,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionConfiguration {
    multi_region_key_type: &'static str,
    primary_key: MultiRegionKey,
    replica_keys: [MultiRegionKey; 0],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionKey {
    arn: String,
    region: Region,
}

impl Key {
    /// The key's metadata at a moment.
    pub(crate) fn metadata(&self, now: Timestamp) -> KeyMetadata {
        let Self { arn, record } = self;
        let state = record.state(now);
        KeyMetadata {
            aws_account_id: arn.location.account.to_string(),
            arn: arn.to_string(),
            creation_date: record.created,
            current_key_material_id: record.material_id,
            customer_master_key_spec: record.spec,
            deletion_date: record.deletion.as_ref().map(|deletion| deletion.date),
            description: record.description.clone(),
            enabled: state == KeyState::Enabled,
            key_id: arn.id.to_string(),
            key_manager: "CUSTOMER",
            key_spec: record.spec,
            key_state: state,
            key_usage: record.usage,
            multi_region: record.multi_region,
            multi_region_configuration: record.multi_region.then(|| MultiRegionConfiguration {
                multi_region_key_type: "PRIMARY",
                primary_key: MultiRegionKey {
                    arn: arn.to_string(),
                    region: arn.location.region.clone(),
                },
                replica_keys: [],
            }),
            origin: record.origin,
            algorithms: self.algorithms(),
        }
    }

    /// The algorithms that the key works with.
    pub(crate) fn algorithms(&self) -> Algorithms {
        Algorithms::of(self.record.spec, self.record.usage)
    }
}
