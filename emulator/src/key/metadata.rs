//! `KeyMetadata`: the response of `CreateKey` and `DescribeKey`.

use serde::Serialize;

use super::{Key, MaterialEntry};
use crate::api::{
    AccountId, Algorithms, KeyArn, KeyId, KeyManager, KeyMaterialId, KeySpec, KeyState, KeyUsage,
    Origin, Region, wire_enum,
};
use crate::clock::Timestamp;

/// `KeyMetadata` of the API reference. Members that do not apply to a key are omitted, as recorded.
/// The order is alphabetical, as in AWS's samples.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    aws_account_id: AccountId,
    arn: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_hsm_cluster_id: Option<String>,
    creation_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<KeyMaterialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_key_store_id: Option<String>,
    customer_master_key_spec: KeySpec,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    description: String,
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_model: Option<ExpirationModel>,
    key_id: KeyId,
    key_manager: KeyManager,
    key_spec: KeySpec,
    key_state: KeyState,
    key_usage: KeyUsage,
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_region_configuration: Option<MultiRegionConfiguration>,
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_deletion_window_in_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xks_key_configuration: Option<XksKeyConfiguration>,
    #[serde(flatten)]
    algorithms: Algorithms,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct XksKeyConfiguration {
    id: String,
}

wire_enum! {
    /// Whether imported key material expires.
    ExpirationModel {
        Expires = "KEY_MATERIAL_EXPIRES",
        DoesNotExpire = "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionConfiguration {
    multi_region_key_type: MultiRegionKeyType,
    primary_key: MultiRegionKey,
    replica_keys: Vec<MultiRegionKey>,
}

wire_enum! {
    /// The role of a key in its multi-Region set.
    MultiRegionKeyType {
        Primary = "PRIMARY",
        Replica = "REPLICA",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionKey {
    arn: String,
    region: Region,
}

impl Key {
    /// The key's metadata at a time.
    pub(crate) fn metadata(&self, now: Timestamp) -> KeyMetadata {
        let Self { arn, record } = self;
        let state = record.state(now);
        let deletion = record.deletion.as_ref();
        let imported = self.imported(now);
        let membership = record.custom_key_store.as_ref();
        let xks_key_id = membership.and_then(|membership| membership.xks_key_id.clone());
        KeyMetadata {
            aws_account_id: arn.location.account.clone(),
            arn: arn.clone(),
            cloud_hsm_cluster_id: membership.and_then(|membership| membership.cluster.clone()),
            creation_date: record.created,
            // Only keys that support rotation have one (documented).
            current_key_material_id: record.material_id().filter(|_| membership.is_none()),
            custom_key_store_id: membership.map(|membership| membership.store.clone()),
            customer_master_key_spec: record.spec,
            deletion_date: deletion.and_then(|deletion| deletion.date),
            description: record.description.clone(),
            enabled: state == KeyState::Enabled,
            expiration_model: imported.map(ExpirationModel::of),
            key_id: arn.id.clone(),
            key_manager: record.manager,
            key_spec: record.spec,
            key_state: state,
            key_usage: record.usage,
            multi_region: record.region_set.is_some(),
            multi_region_configuration: self.multi_region_configuration(),
            origin: record.origin,
            pending_deletion_window_in_days: deletion
                .filter(|deletion| deletion.date.is_none())
                .map(|deletion| deletion.days),
            valid_to: imported.and_then(|material| material.valid_to),
            xks_key_configuration: xks_key_id.map(|id| XksKeyConfiguration { id }),
            algorithms: self.algorithms(),
        }
    }

    /// The metadata of a replica in the response of `ReplicateKey`: state `Creating`, without a material
    /// id, and with the expiration model of its primary (recorded).
    pub(crate) fn metadata_while_creating(&self, primary: &Self) -> KeyMetadata {
        let imported = primary.imported(self.record.created);
        KeyMetadata {
            current_key_material_id: None,
            enabled: false,
            expiration_model: imported.map(ExpirationModel::of),
            key_state: KeyState::Creating,
            ..self.metadata(self.record.created)
        }
    }

    /// The current material, if it was imported and none is missing (recorded).
    fn imported(&self, now: Timestamp) -> Option<&MaterialEntry> {
        let is_complete = self.record.origin == Origin::External && self.record.has_materials(now);
        self.record.current_material().filter(|_| is_complete)
    }

    fn multi_region_configuration(&self) -> Option<MultiRegionConfiguration> {
        let set = self.record.region_set.as_ref()?;
        let key = |region: &Region| MultiRegionKey {
            arn: self.arn.in_region(region.clone()).to_string(),
            region: region.clone(),
        };
        Some(MultiRegionConfiguration {
            multi_region_key_type: if self.is_replica() {
                MultiRegionKeyType::Replica
            } else {
                MultiRegionKeyType::Primary
            },
            primary_key: key(&set.primary),
            replica_keys: set.replicas.iter().map(key).collect(),
        })
    }

    /// The algorithms of the key.
    pub(crate) fn algorithms(&self) -> Algorithms {
        Algorithms::of(self.record.spec, self.record.usage)
    }
}

impl ExpirationModel {
    /// The model of imported material.
    pub(crate) fn of(material: &MaterialEntry) -> Self {
        match material.valid_to {
            Some(_) => Self::Expires,
            None => Self::DoesNotExpire,
        }
    }
}
