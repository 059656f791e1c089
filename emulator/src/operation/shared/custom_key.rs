//! Tags of `CreateKey` with which scripts for other emulators choose the id and the material of a key.
//!
//! | Tag | Emulator | Meaning | In `ListResourceTags` |
//! | --- | --- | --- | --- |
//! | `_custom_id_` | LocalStack | the id | yes |
//! | `_custom_key_material_` | LocalStack | the material in base64: raw bytes, or a private key in DER | no |
//! | `floci:override-id` | Floci | the id | no |
//!
//! Sources: `get_custom_key_id`, `get_custom_key_material` and `validate_and_filter_tags` in LocalStack's
//! `services/kms/utils.py`, and `ReservedTags.java` of Floci. Both trim the id. LocalStack replaces a key
//! whose id is chosen again, and accepts any text as an id. Here, both are errors.

use serde_json::Value;

use crate::api::{KeyArn, KeyFamily, KeyId, KeySpec, Origin};
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::error::{KmsError, message};
use crate::protocol::{Body, blob};
use crate::tag::Tag;

const CUSTOM_ID: &str = "_custom_id_";
const OVERRIDE_ID: &str = "floci:override-id";
const CUSTOM_MATERIAL: &str = "_custom_key_material_";

/// The id and the material that the tags of a new key choose.
#[derive(Default)]
pub(in crate::operation) struct CustomKey {
    id: Option<(&'static str, KeyId)>,
    pub(in crate::operation) material: Option<KeyMaterial>,
}

/// Moves the material from its tag to a member of its own. Events do not contain that member, and it
/// can be longer than the value of a tag. The tag itself stays, so that the rules for tags apply to it.
/// With `--drop-in none`, neither the tag nor the member has a meaning.
pub(crate) fn set_material_apart(body: &mut Body, drop_in: bool) {
    body.retain(|name| name != CUSTOM_MATERIAL);
    if !drop_in {
        return;
    }
    let tags = body.get_mut("Tags").and_then(Value::as_array_mut);
    let mut material = None;
    for tag in tags.into_iter().flatten() {
        if tag["TagKey"] == CUSTOM_MATERIAL
            && let Some(value) = tag.get_mut("TagValue").filter(|value| value.is_string())
        {
            material = Some(std::mem::replace(value, "".into()));
        }
    }
    if let Some(material) = material {
        body.insert(CUSTOM_MATERIAL.to_owned(), material);
    }
}

impl CustomKey {
    /// Reads the tags, and removes those that their emulator does not list. `material` is the member of
    /// [`set_material_apart`].
    ///
    /// # Errors
    ///
    /// `TagException` if the id or the material does not fit the key.
    pub(in crate::operation) fn read(
        tags: &mut Vec<Tag>,
        material: Option<&str>,
        (spec, origin, multi_region): (KeySpec, Origin, bool),
    ) -> Result<Self, KmsError> {
        let mut custom = Self::default();
        for name in [CUSTOM_ID, OVERRIDE_ID] {
            let Some(tag) = tags.iter().find(|tag| tag.tag_key == name) else {
                continue;
            };
            let id = KeyId::new(tag.tag_value.trim());
            if custom.id.as_ref().is_some_and(|(_, other)| *other != id) {
                let expected = format!("the same id as in {CUSTOM_ID}");
                return Err(message::unusable_custom_tag(name, &expected, "another id"));
            }
            require_form(name, &id, multi_region)?;
            custom.id = Some((name, id));
        }
        if let Some(material) = material {
            custom.material = Some(read_material(material, spec, origin)?);
        }
        tags.retain(|tag| ![OVERRIDE_ID, CUSTOM_MATERIAL].contains(&tag.tag_key.as_str()));
        Ok(custom)
    }

    pub(in crate::operation) fn id(&self) -> Option<&KeyId> {
        self.id.as_ref().map(|(_, id)| id)
    }

    /// The error if a key has the chosen id. LocalStack would replace that key.
    pub(in crate::operation) fn is_taken(&self, arn: &KeyArn) -> KmsError {
        let tag = self.id.as_ref().map_or(CUSTOM_ID, |(tag, _)| tag);
        message::unusable_custom_tag(tag, "an id that no key has", &format!("the id of {arn}"))
    }
}

/// A key with another id could be created, but never be found: KMS refuses malformed ids.
fn require_form(tag: &'static str, id: &KeyId, multi_region: bool) -> Result<(), KmsError> {
    let expected = if multi_region {
        "mrk- and 32 hexadecimal digits, as the key is a multi-Region key"
    } else {
        "a UUID, such as 1234abcd-12ab-34cd-56ef-1234567890ab"
    };
    if id.is_well_formed() && id.as_str().starts_with("mrk-") == multi_region {
        return Ok(());
    }
    let found = format!("`{}`", id.as_str());
    Err(message::unusable_custom_tag(tag, expected, &found))
}

fn read_material(text: &str, spec: KeySpec, origin: Origin) -> Result<KeyMaterial, KmsError> {
    let unusable = |expected: &str, found: &str| {
        message::unusable_custom_tag(CUSTOM_MATERIAL, expected, found)
    };
    if origin != Origin::AwsKms {
        let found = format!("Origin {}", origin.as_str());
        return Err(unusable("Origin AWS_KMS", &found));
    }
    let bytes = blob::decode(text)
        .map(SecretBytes::new)
        .map_err(|error| unusable("base64", &blob::fault(&error)))?;
    KeyMaterial::from_bytes(spec, &bytes).ok_or_else(|| {
        let expected = match spec.family() {
            KeyFamily::Symmetric => "32 bytes".to_owned(),
            KeyFamily::Hmac => format!("as many bytes as the hash of {spec} has"),
            _ => format!("a private key of {spec} in DER (PKCS#8, SEC1 or PKCS#1)"),
        };
        unusable(&expected, &format!("{} other bytes", bytes.expose().len()))
    })
}
