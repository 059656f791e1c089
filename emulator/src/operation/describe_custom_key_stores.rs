//! [DescribeCustomKeyStores](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeCustomKeyStores.html)

use serde::{Deserialize, Serialize};

use super::Operation;
use super::rate::Rate;
use crate::api::XksConnectionError;
use crate::authorization::condition_key::CALLER_ACCOUNT;
use crate::authorization::{ConditionKeys, Scope};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::custom_key_store::{
    ConnectionState, CustomKeyStore, CustomKeyStoreType, MAX_STORES, XksProxy, XksProxyConnectivity,
};
use crate::error::{Error, message};
use crate::page::Page;

/// Describes one store or all stores.
pub(super) struct DescribeCustomKeyStores;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeCustomKeyStoresInput {
    custom_key_store_id: Option<String>,
    custom_key_store_name: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeCustomKeyStoresOutput {
    custom_key_stores: Vec<CustomKeyStoresListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

/// A store without its password and the secret of its proxy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CustomKeyStoresListEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_hsm_cluster_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_error_code: Option<XksConnectionError>,
    connection_state: ConnectionState,
    creation_date: Timestamp,
    custom_key_store_id: String,
    custom_key_store_name: String,
    custom_key_store_type: CustomKeyStoreType,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_anchor_certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xks_proxy_configuration: Option<XksProxyConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct XksProxyConfiguration {
    access_key_id: String,
    connectivity: XksProxyConnectivity,
    uri_endpoint: String,
    uri_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoint_service_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoint_service_owner: Option<String>,
}

impl Operation for DescribeCustomKeyStores {
    const NAME: &'static str = "DescribeCustomKeyStores";
    const READ_ONLY: bool = true;
    const RATE: Rate<Self::Input> = Rate::Own(5);
    const RESOURCE: Scope = Scope::Any;
    const CONDITION_KEYS: ConditionKeys = &[&[CALLER_ACCOUNT]];
    type Input = DescribeCustomKeyStoresInput;
    type Output = DescribeCustomKeyStoresOutput;

    fn run(input: Self::Input, context: Context<'_, '_>) -> Result<Self::Output, Error> {
        let (id, name) = (&input.custom_key_store_id, &input.custom_key_store_name);
        if id.is_some() && name.is_some() {
            let (one, other) = ("CustomKeyStoreName", "CustomKeyStoreId");
            return Err(message::custom_key_store_member_is_excluded(one, other).into());
        }
        let mut stores = context.custom_key_stores()?;
        if id.is_some() || name.is_some() {
            stores.retain(|store| {
                id.as_ref().is_none_or(|id| *id == store.id)
                    && name.as_ref().is_none_or(|name| *name == store.record.name)
            });
            if stores.is_empty() {
                let (member, value) = match (id, name) {
                    (Some(id), _) => ("CustomKeyStoreId", id.as_str()),
                    (None, name) => ("CustomKeyStoreName", name.as_deref().unwrap_or_default()),
                };
                return Err(message::custom_key_store_not_found(member, value).into());
            }
        }
        let list = format!("{}/{}/{id:?}/{name:?}", Self::NAME, context.location());
        let limit = input.limit.unwrap_or(MAX_STORES);
        let mut page = Page::new(
            context.instance_secret(),
            list,
            input.marker.as_deref(),
            limit,
        )?;
        let after = page.after().unwrap_or_default();
        for store in stores.into_iter().filter(|store| store.id > after) {
            let id = store.id.clone();
            if !page.take(&id, entry(store, context.now())) {
                break;
            }
        }
        let (custom_key_stores, next_marker) = page.finish();
        Ok(DescribeCustomKeyStoresOutput {
            custom_key_stores,
            truncated: next_marker.is_some(),
            next_marker,
        })
    }
}

fn entry(store: CustomKeyStore, now: Timestamp) -> CustomKeyStoresListEntry {
    CustomKeyStoresListEntry {
        cloud_hsm_cluster_id: store.cluster().map(|cluster| cluster.id.clone()),
        connection_error_code: store.connection_error(now),
        connection_state: store.state(now),
        creation_date: store.record.created,
        custom_key_store_type: store.store_type(),
        trust_anchor_certificate: store.cluster().map(|cluster| cluster.trust_anchor.clone()),
        xks_proxy_configuration: store.proxy().map(configuration),
        custom_key_store_id: store.id,
        custom_key_store_name: store.record.name,
    }
}

fn configuration(proxy: &XksProxy) -> XksProxyConfiguration {
    XksProxyConfiguration {
        access_key_id: proxy.credential.access_key_id.clone(),
        connectivity: proxy.connectivity,
        uri_endpoint: proxy.endpoint.clone(),
        uri_path: proxy.path.clone(),
        vpc_endpoint_service_name: proxy.vpc_endpoint_service.clone(),
        vpc_endpoint_service_owner: proxy.vpc_endpoint_service_owner.clone(),
    }
}
