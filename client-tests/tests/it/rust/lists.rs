//! The SDK's paginators.

use std::collections::BTreeSet;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::Tag;

use super::{create_key, error_of};

pub(super) async fn pages(client: Client) {
    let mut keys = BTreeSet::new();
    for _ in 0..7 {
        keys.insert(create_key(&client).await.key_id);
    }
    let mut listed = Vec::new();
    let mut pages = client.list_keys().into_paginator().page_size(3).send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        count += 1;
        assert_eq!(page.truncated(), count < 3);
        listed.extend(
            page.keys()
                .iter()
                .map(|key| key.key_id().unwrap().to_owned()),
        );
    }
    assert_eq!(count, 3);
    assert_eq!(listed.len(), 7, "each once");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), keys);

    let key = keys.first().unwrap();
    let names: Vec<_> = (0..120)
        .map(|number| format!("alias/a{number:03}"))
        .collect();
    for name in &names {
        client
            .create_alias()
            .alias_name(name)
            .target_key_id(key)
            .send()
            .await
            .unwrap();
    }
    let aliases = client
        .list_aliases()
        .key_id(key)
        .into_paginator()
        .page_size(50)
        .items()
        .send();
    let aliases: Vec<_> = aliases.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert!(
        aliases
            .iter()
            .map(|alias| alias.alias_name().unwrap())
            .eq(&names)
    );

    for number in 0..5 {
        let tag = Tag::builder()
            .tag_key(format!("t{number}"))
            .tag_value("")
            .build()
            .unwrap();
        client
            .tag_resource()
            .key_id(key)
            .tags(tag)
            .send()
            .await
            .unwrap();
    }
    let tags = client
        .list_resource_tags()
        .key_id(key)
        .into_paginator()
        .page_size(2);
    let tags: Vec<_> = tags
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap();
    assert!(
        tags.iter()
            .map(Tag::tag_key)
            .eq(["t0", "t1", "t2", "t3", "t4"])
    );

    let error = client
        .list_keys()
        .marker("made up")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error_of(&error), ("InvalidMarkerException", None));
}
