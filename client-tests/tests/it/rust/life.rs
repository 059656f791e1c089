//! A key from its creation to its deletion, aliases and tags.

use std::time::{Duration, SystemTime};

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{KeyManagerType, KeyState, OriginType, SigningAlgorithmSpec, Tag};

use super::{create_key, error_of};

pub(super) async fn life_of_a_key(client: Client) {
    let key = create_key(&client).await;
    let (id, arn) = (key.key_id(), key.arn().unwrap());
    assert_eq!(arn, format!("arn:aws:kms:us-east-1:000000000000:key/{id}"));
    assert_eq!(key.aws_account_id(), Some("000000000000"));
    assert_eq!(key.key_state(), Some(&KeyState::Enabled));
    assert_eq!(key.key_manager(), Some(&KeyManagerType::Customer));
    assert_eq!(key.origin(), Some(&OriginType::AwsKms));
    assert_eq!(
        key.signing_algorithms(),
        [SigningAlgorithmSpec::EcdsaSha256]
    );
    assert_eq!((key.enabled(), key.multi_region()), (true, Some(false)));
    let created = SystemTime::try_from(*key.creation_date().unwrap()).unwrap();
    assert!(
        created.elapsed().unwrap() < Duration::from_mins(10),
        "{created:?}"
    );

    client
        .update_key_description()
        .key_id(id)
        .description("orders")
        .send()
        .await
        .unwrap();
    client.disable_key().key_id(arn).send().await.unwrap();
    let described = client.describe_key().key_id(arn).send().await.unwrap();
    let described = described.key_metadata.unwrap();
    assert_eq!(described.description(), Some("orders"));
    assert_eq!(described.key_state(), Some(&KeyState::Disabled));
    assert!(!described.enabled());
    client.enable_key().key_id(id).send().await.unwrap();

    let scheduled = client
        .schedule_key_deletion()
        .key_id(id)
        .pending_window_in_days(7)
        .send()
        .await
        .unwrap();
    assert_eq!(scheduled.key_id(), Some(arn));
    assert_eq!(scheduled.key_state(), Some(&KeyState::PendingDeletion));
    assert_eq!(scheduled.pending_window_in_days(), Some(7));
    let seven_days =
        scheduled.deletion_date().unwrap().secs() - key.creation_date().unwrap().secs();
    assert!(
        (7 * 86_400..7 * 86_400 + 600).contains(&seven_days),
        "{seven_days}"
    );

    let cancelled = client
        .cancel_key_deletion()
        .key_id(id)
        .send()
        .await
        .unwrap();
    assert_eq!(cancelled.key_id(), Some(arn));
    let kept = client
        .describe_key()
        .key_id(id)
        .send()
        .await
        .unwrap()
        .key_metadata
        .unwrap();
    assert_eq!(kept.key_state(), Some(&KeyState::Disabled));
    assert_eq!(kept.deletion_date(), None);
}

pub(super) async fn aliases(client: Client) {
    let (first, second) = (create_key(&client).await, create_key(&client).await);
    let name = "alias/orders";
    client
        .create_alias()
        .alias_name(name)
        .target_key_id(first.key_id())
        .send()
        .await
        .unwrap();
    let target = |named: String| {
        let client = client.clone();
        async move {
            let described = client.describe_key().key_id(named).send().await.unwrap();
            described.key_metadata.unwrap().key_id
        }
    };
    assert_eq!(target(name.to_owned()).await, first.key_id());

    let again = client
        .create_alias()
        .alias_name(name)
        .target_key_id(second.key_id())
        .send()
        .await;
    let again = again.unwrap_err().into_service_error();
    assert!(again.is_already_exists_exception(), "{again:?}");

    client
        .update_alias()
        .alias_name(name)
        .target_key_id(second.key_id())
        .send()
        .await
        .unwrap();
    let arn = "arn:aws:kms:us-east-1:000000000000:alias/orders";
    assert_eq!(target(arn.to_owned()).await, second.key_id());
    let listed = client
        .list_aliases()
        .key_id(second.key_id())
        .send()
        .await
        .unwrap();
    assert_eq!(listed.aliases().len(), 1);
    assert_eq!(listed.aliases()[0].alias_arn(), Some(arn));
    assert_eq!(listed.aliases()[0].target_key_id(), Some(second.key_id()));

    client.delete_alias().alias_name(name).send().await.unwrap();
    let deleted = client.describe_key().key_id(name).send().await.unwrap_err();
    assert_eq!(
        error_of(&deleted),
        (
            "NotFoundException",
            Some(format!("Alias {arn} is not found.").as_str())
        )
    );
}

pub(super) async fn tags(client: Client) {
    let key = create_key(&client).await;
    let tag = |key: &str, value: &str| {
        Tag::builder()
            .tag_key(key)
            .tag_value(value)
            .build()
            .unwrap()
    };
    let tagged = client.tag_resource().key_id(key.key_id());
    tagged
        .tags(tag("team", "red"))
        .tags(tag("stage", "test"))
        .send()
        .await
        .unwrap();
    let changed = client.tag_resource().key_id(key.key_id());
    changed.tags(tag("team", "blue")).send().await.unwrap();
    client
        .untag_resource()
        .key_id(key.key_id())
        .tag_keys("stage")
        .send()
        .await
        .unwrap();

    let listed = client
        .list_resource_tags()
        .key_id(key.key_id())
        .send()
        .await
        .unwrap();
    assert_eq!(listed.tags(), [tag("team", "blue")]);
    assert!(!listed.truncated());

    let reserved = client
        .tag_resource()
        .key_id(key.key_id())
        .tags(tag("aws:x", "y"))
        .send()
        .await;
    let reserved = reserved.unwrap_err();
    assert_eq!(
        error_of(&reserved),
        (
            "TagException",
            Some("Tags beginning with aws: are reserved")
        )
    );
    assert!(reserved.into_service_error().is_tag_exception());
}

pub(super) async fn errors_are_typed(client: Client) {
    let unknown = "00000000-0000-0000-0000-000000000000";
    let error = client
        .describe_key()
        .key_id(unknown)
        .send()
        .await
        .unwrap_err();
    let text = format!("Key 'arn:aws:kms:us-east-1:000000000000:key/{unknown}' does not exist");
    assert_eq!(error_of(&error), ("NotFoundException", Some(text.as_str())));
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    assert!(error.into_service_error().is_not_found_exception());

    let error = client
        .enable_key()
        .key_id("alias/none")
        .send()
        .await
        .unwrap_err();
    let text = "Key Aliases are not supported for this operation.";
    assert_eq!(error_of(&error), ("InvalidArnException", Some(text)));
    assert!(error.into_service_error().is_invalid_arn_exception());

    // The SDK does not check required members; the service does.
    let error = client.describe_key().send().await.unwrap_err();
    let text = "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: \
                Member must not be null";
    assert_eq!(error_of(&error), ("ValidationException", Some(text)));

    let error = client
        .cancel_key_deletion()
        .key_id(create_key(&client).await.key_id())
        .send()
        .await;
    assert!(
        error
            .unwrap_err()
            .into_service_error()
            .is_kms_invalid_state_exception()
    );
}
