//! Grants, policies, rotation, replicas, import and custom key stores.

use aws_sdk_kms::Client;
use aws_sdk_kms::config::Region;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    AlgorithmSpec, ConnectionStateType, GrantOperation, IncludeKeyMaterial, KeyState,
    MultiRegionKeyType, OriginType, RotationType, WrappingKeySpec,
};

const ROOT: &str = "arn:aws:iam::000000000000:root";

async fn symmetric(client: &Client) -> String {
    let created = client.create_key().send().await.unwrap();
    created.key_metadata.unwrap().key_id
}

pub(super) async fn grants_and_policies(client: Client) {
    let key = symmetric(&client).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let grant = client
            .create_grant()
            .key_id(&key)
            .grantee_principal(ROOT)
            .retiring_principal(ROOT)
            .operations(GrantOperation::Decrypt)
            .send()
            .await
            .unwrap();
        ids.push((grant.grant_id.unwrap(), grant.grant_token.unwrap()));
    }
    let list = client.list_grants().key_id(&key).into_paginator();
    let listed = list.page_size(2).items().send().collect::<Vec<_>>().await;
    let mut listed: Vec<_> = listed
        .into_iter()
        .map(|grant| grant.unwrap().grant_id.unwrap())
        .collect();
    listed.sort();
    let mut expected: Vec<_> = ids.iter().map(|(id, _)| id.clone()).collect();
    expected.sort();
    assert_eq!(listed, expected);

    let retire = client.retire_grant().grant_token(&ids[0].1);
    retire.send().await.unwrap();
    let revoke = client.revoke_grant().key_id(&key).grant_id(&ids[1].0);
    revoke.send().await.unwrap();
    let retirable = client.list_retirable_grants().retiring_principal(ROOT);
    let left = retirable.send().await.unwrap().grants.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].grant_id.as_ref(), Some(&ids[2].0));
    let again = client.revoke_grant().key_id(&key).grant_id(&ids[1].0);
    let error = again.send().await.unwrap_err().into_service_error();
    assert!(error.is_not_found_exception(), "{error:?}");

    let policy = client.get_key_policy().key_id(&key).send().await.unwrap();
    let policy = policy.policy.unwrap().replace("key-default-1", "mine");
    let put = client.put_key_policy().key_id(&key).policy(&policy);
    put.send().await.unwrap();
    let got = client.get_key_policy().key_id(&key).send().await.unwrap();
    assert_eq!(got.policy, Some(policy));
    let names = client.list_key_policies().key_id(&key).send().await;
    assert_eq!(names.unwrap().policy_names.unwrap(), ["default"]);
    let bad = client.put_key_policy().key_id(&key).policy("{}");
    let error = bad.send().await.unwrap_err().into_service_error();
    assert!(error.is_malformed_policy_document_exception(), "{error:?}");
}

pub(super) async fn rotations_and_last_use(client: Client) {
    let key = symmetric(&client).await;
    let encrypt = client.encrypt().key_id(&key).plaintext(Blob::new("old"));
    let old = encrypt.send().await.unwrap().ciphertext_blob.unwrap();
    let enable = client.enable_key_rotation().key_id(&key);
    let enable = enable.rotation_period_in_days(90);
    enable.send().await.unwrap();
    for _ in 0..3 {
        let rotate = client.rotate_key_on_demand().key_id(&key);
        rotate.send().await.unwrap();
    }
    let list = client.list_key_rotations().key_id(&key);
    let list = list.include_key_material(IncludeKeyMaterial::AllKeyMaterial);
    let pages = list.into_paginator().page_size(1).items();
    let materials = pages.send().collect::<Vec<_>>().await;
    let kinds: Vec<_> = materials
        .into_iter()
        .map(|entry| entry.unwrap().rotation_type)
        .collect();
    let on_demand = Some(RotationType::OnDemand);
    assert_eq!(
        kinds,
        [None, on_demand.clone(), on_demand.clone(), on_demand]
    );
    let status = client.get_key_rotation_status().key_id(&key).send().await;
    assert_eq!(status.unwrap().rotation_period_in_days, Some(90));
    let disable = client.disable_key_rotation().key_id(&key);
    disable.send().await.unwrap();

    let decrypt = client.decrypt().ciphertext_blob(old).send().await.unwrap();
    assert_eq!(decrypt.plaintext.unwrap().as_ref(), b"old");
    let usage = client.get_key_last_usage().key_id(&key).send().await;
    let usage = usage.unwrap().key_last_usage.unwrap();
    assert_eq!(usage.operation.unwrap().as_str(), "Decrypt");
    assert!(usage.cloud_trail_event_id.is_some());
}

pub(super) async fn replicas(client: Client) {
    let created = client.create_key().multi_region(true).send().await.unwrap();
    let key = created.key_metadata.unwrap().key_id;
    let west = client
        .config()
        .to_builder()
        .region(Region::new("us-west-2"));
    let west = Client::from_conf(west.build());
    let encrypt = client.encrypt().key_id(&key).plaintext(Blob::new("m"));
    let sealed = encrypt.send().await.unwrap().ciphertext_blob.unwrap();
    let replicate = client.replicate_key().key_id(&key);
    let replica = replicate.replica_region("us-west-2").send().await.unwrap();
    let replica = replica.replica_key_metadata.unwrap();
    assert_eq!(replica.key_state, Some(KeyState::Creating));
    let opened = west.decrypt().ciphertext_blob(sealed).send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap().as_ref(), b"m");

    let update = client.update_primary_region().key_id(&key);
    update.primary_region("us-west-2").send().await.unwrap();
    let described = west.describe_key().key_id(&key).send().await.unwrap();
    let configuration = described.key_metadata.unwrap();
    let configuration = configuration.multi_region_configuration.unwrap();
    assert_eq!(
        configuration.multi_region_key_type,
        Some(MultiRegionKeyType::Primary)
    );
    let again = client.replicate_key().key_id(&key);
    let error = again.replica_region("eu-west-1").send().await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_unsupported_operation_exception(), "{error:?}");

    let delete = west.schedule_key_deletion().key_id(&key).send().await;
    let state = delete.unwrap().key_state;
    assert_eq!(state, Some(KeyState::PendingReplicaDeletion));
    west.cancel_key_deletion()
        .key_id(&key)
        .send()
        .await
        .unwrap();
}

/// Checks that the SDK reads the responses. The Python tests check the imported keys.
pub(super) async fn imports(client: Client) {
    let created = client
        .create_key()
        .origin(OriginType::External)
        .send()
        .await;
    let key = created.unwrap().key_metadata.unwrap().key_id;
    let parameters = client
        .get_parameters_for_import()
        .key_id(&key)
        .wrapping_algorithm(AlgorithmSpec::RsaesOaepSha256)
        .wrapping_key_spec(WrappingKeySpec::Rsa2048)
        .send()
        .await
        .unwrap();
    assert_eq!(parameters.public_key.unwrap().as_ref().len(), 294);
    let import = client
        .import_key_material()
        .key_id(&key)
        .import_token(parameters.import_token.unwrap())
        .encrypted_key_material(Blob::new([0; 256]))
        .expiration_model(aws_sdk_kms::types::ExpirationModelType::KeyMaterialDoesNotExpire);
    let error = import.send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_ciphertext_exception(), "{error:?}");
    let delete = client.delete_imported_key_material().key_id(&key);
    assert_eq!(delete.send().await.unwrap().key_material_id, None);
}

pub(super) async fn custom_key_stores(client: Client) {
    let create = client.create_custom_key_store();
    let create = create.custom_key_store_name("store").send().await;
    let error = create.unwrap_err();
    assert_eq!(super::error_of(&error).0, "ValidationException");
    let stores = client.describe_custom_key_stores().into_paginator();
    let stores = stores.items().send().collect::<Vec<_>>().await;
    assert!(stores.is_empty(), "{stores:?}");
    let connect = client.connect_custom_key_store();
    let connect = connect.custom_key_store_id("cks-1").send().await;
    let error = connect.unwrap_err().into_service_error();
    assert!(error.is_custom_key_store_not_found_exception(), "{error:?}");
    assert_eq!(ConnectionStateType::Connected.as_str(), "CONNECTED");
}
