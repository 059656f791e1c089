//! The types of the emulator's own format. They check no rules of KMS.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::api::{EncryptionContext, GrantOperation, KeySpec, KeyUsage, Origin};
use crate::clock::Timestamp;
use crate::tag::Tag;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with keys or identities")]
pub(super) struct File {
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    #[serde(default)]
    pub(super) keys: Vec<Key>,
    #[serde(default)]
    pub(super) accounts: Vec<Account>,
    #[serde(default)]
    pub(super) identities: Vec<Identity>,
}

#[derive(Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping, such as {alias: alias/orders}"
)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) alias: Option<String>,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    pub(super) spec: Option<KeySpec>,
    pub(super) usage: Option<KeyUsage>,
    pub(super) material: Option<Material>,
    #[serde(default)]
    pub(super) materials: Vec<Material>,
    pub(super) origin: Option<Origin>,
    pub(super) expires: Option<Date>,
    pub(super) description: Option<String>,
    pub(super) policy: Option<Policy>,
    pub(super) tags: Option<Tags>,
    pub(super) state: Option<State>,
    pub(super) deletion_in: Option<String>,
    pub(super) deletion_date: Option<Date>,
    pub(super) created: Option<Date>,
    pub(super) rotation: Option<Switch<Rotation>>,
    pub(super) multi_region: Option<Switch<MultiRegion>>,
    #[serde(default)]
    pub(super) grants: Vec<Grant>,
}

/// A time as text.
#[derive(Clone, Copy)]
pub(super) struct Date(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping, such as {seed: orders}")]
pub(super) struct Material {
    pub(super) seed: Option<String>,
    pub(super) pem: Option<String>,
    pub(super) hex: Option<String>,
    pub(super) base64: Option<String>,
    /// The date of the rotation. The first material has none.
    pub(super) rotated: Option<Date>,
}

/// The states that a seed can put a key into.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum State {
    Enabled,
    Disabled,
    PendingDeletion,
    PendingImport,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    pub(super) period_days: Option<u32>,
    pub(super) next: Option<Date>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MultiRegion {
    pub(super) primary: Option<String>,
    #[serde(default)]
    pub(super) replicas: Vec<String>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with grantee and operations"
)]
pub(super) struct Grant {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) grantee: String,
    pub(super) retiring: Option<String>,
    pub(super) operations: Vec<GrantOperation>,
    pub(super) constraints: Option<Constraints>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping, such as {encryption_context_subset: {tenant: blue}}"
)]
pub(super) struct Constraints {
    pub(super) encryption_context_equals: Option<EncryptionContext>,
    pub(super) encryption_context_subset: Option<EncryptionContext>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping, such as {id: '111122223333', organization: o-exampleorgid}"
)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) organization: Option<String>,
    #[serde(default)]
    pub(super) service_control_policies: Vec<Policy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with arn and access_keys")]
pub(super) struct Identity {
    /// The same as one of `access_keys`.
    pub(super) access_key_id: Option<String>,
    pub(super) secret_access_key: Option<String>,
    pub(super) account: Option<String>,
    pub(super) arn: Option<String>,
    pub(super) unique_id: Option<String>,
    #[serde(default)]
    pub(super) access_keys: Vec<AccessKey>,
    #[serde(default)]
    pub(super) policies: Vec<InlinePolicy>,
    #[serde(default)]
    pub(super) managed_policies: Vec<ManagedPolicy>,
    pub(super) permissions_boundary: Option<ManagedPolicy>,
    pub(super) tags: Option<Tags>,
    pub(super) trust_policy: Option<Policy>,
    pub(super) max_session_duration: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with id and secret")]
pub(super) struct AccessKey {
    pub(super) id: String,
    pub(super) secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with name and document")]
pub(super) struct InlinePolicy {
    pub(super) name: String,
    pub(super) document: Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with arn and document")]
pub(super) struct ManagedPolicy {
    pub(super) arn: String,
    /// Not needed for a policy that has it elsewhere.
    pub(super) document: Option<Policy>,
}

/// `true`, `false`, or a mapping of settings. This does not use serde's `untagged`, whose errors do
/// not name the field.
pub(super) enum Switch<T> {
    Plain(bool),
    With(T),
}

/// The settings of a [`Switch`].
pub(super) trait Settings {
    /// The expected value, for errors.
    const EXPECTED: &'static str;
}

impl Settings for Rotation {
    const EXPECTED: &'static str = "true, false, or a mapping, such as {period_days: 180}";
}

impl Settings for MultiRegion {
    const EXPECTED: &'static str = "true, false, or a mapping, such as {replicas: [eu-west-1]}";
}

impl<'de, T: Settings + Deserialize<'de>> Deserialize<'de> for Switch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Settings + Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Switch<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(T::EXPECTED)
            }

            fn visit_bool<E>(self, on: bool) -> Result<Self::Value, E> {
                Ok(Switch::Plain(on))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Switch::With)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// A policy as JSON text.
pub(super) struct Policy(pub(super) String);

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrDocument;

        impl<'de> Visitor<'de> for TextOrDocument {
            type Value = Policy;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a policy document, as a mapping or as JSON text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Policy(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let document = serde_json::Value::deserialize(MapAccessDeserializer::new(map))?;
                serde_json::to_string(&document)
                    .map(Policy)
                    .map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_any(TextOrDocument)
    }
}

/// Tags: a mapping, or a list in AWS's format.
pub(super) struct Tags(pub(super) Vec<Tag>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapOrList;

        impl<'de> Visitor<'de> for MapOrList {
            type Value = Tags;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping of tags, or a list of TagKey and TagValue")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut tags = Vec::new();
                while let Some((tag_key, tag_value)) = map.next_entry()? {
                    tags.push(Tag { tag_key, tag_value });
                }
                Ok(Tags(tags))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut tags = Vec::new();
                while let Some(tag) = list.next_element()? {
                    tags.push(tag);
                }
                Ok(Tags(tags))
            }
        }

        deserializer.deserialize_any(MapOrList)
    }
}
