//! The seed format of local-kms. Version 3 has families of keys, older versions a list of AES keys,
//! and version 4 a list of keys with specs.
//!
//! As in local-kms, unknown fields such as `Enabled` are ignored.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::error::{FieldPath, Problem};
use super::format::{self, Date};
use super::material;
use super::spec::{AliasSeed, KeySeed, SeedSpec};
use crate::api::{AliasName, KeySpec, KeyUsage, Origin};

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct File {
    keys: Keys,
    aliases: Vec<Alias>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alias {
    alias_name: String,
    target_key_id: String,
}

enum Keys {
    Families(Families),
    List(Vec<Key>),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Families {
    symmetric: Symmetric,
    asymmetric: Asymmetric,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Symmetric {
    aes: Vec<Key>,
    hmac: Vec<Key>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Asymmetric {
    rsa: Vec<Key>,
    ecc: Vec<Key>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::struct_field_names, reason = "the names of local-kms")]
struct Key {
    /// In version 4. Earlier versions have it in the metadata.
    key_id: Option<String>,
    metadata: Metadata,
    backing_keys: Vec<String>,
    private_key_pem: Option<String>,
    next_key_rotation: Option<Date>,
    /// In version 4.
    material: Option<Material>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Metadata {
    key_id: Option<String>,
    description: Option<String>,
    key_usage: Option<KeyUsage>,
    key_spec: Option<KeySpec>,
    origin: Option<Origin>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Material {
    backing_keys: Vec<String>,
    private_key_pem: Option<String>,
}

/// The possible specs of keys without a spec. The first one that matches the material is used.
const AES: &[KeySpec] = &[KeySpec::SymmetricDefault];
const HMAC: &[KeySpec] = &[KeySpec::Hmac256];
const RSA: &[KeySpec] = &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096];
const ECC: &[KeySpec] = &[
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256K1,
];

/// Converts a file to the content of a seed.
pub(super) fn spec(file: File) -> Result<SeedSpec, Problem> {
    let lists: Vec<(&str, &[KeySpec], Vec<Key>)> = match file.keys {
        Keys::List(keys) => vec![("Keys", AES, keys)],
        Keys::Families(Families {
            symmetric,
            asymmetric,
        }) => vec![
            ("Keys.Symmetric.Aes", AES, symmetric.aes),
            ("Keys.Symmetric.Hmac", HMAC, symmetric.hmac),
            ("Keys.Asymmetric.Rsa", RSA, asymmetric.rsa),
            ("Keys.Asymmetric.Ecc", ECC, asymmetric.ecc),
        ],
    };
    let mut seed = SeedSpec {
        is_local_kms: true,
        ..SeedSpec::default()
    };
    for (list, specs, keys) in lists {
        for (index, key) in keys.into_iter().enumerate() {
            let path = FieldPath::new(list).at(index);
            seed.keys.push(key.into_seed(path, specs)?);
        }
    }
    let aliases = file.aliases.into_iter().enumerate();
    seed.aliases = aliases
        .map(|(index, alias)| AliasSeed {
            name: if alias.alias_name.starts_with(AliasName::PREFIX) {
                alias.alias_name
            } else {
                format!("{}{}", AliasName::PREFIX, alias.alias_name)
            },
            target: alias.target_key_id,
            path: FieldPath::new("Aliases").at(index),
        })
        .collect();
    Ok(seed)
}

impl Key {
    fn into_seed(self, path: FieldPath, specs: &[KeySpec]) -> Result<KeySeed, Problem> {
        let names = if self.key_id.is_some() || self.material.is_some() {
            name_in_version_4
        } else {
            name
        };
        let field = |own: &str| path.member(&names(own));
        let secrets = self.material.unwrap_or(Material {
            backing_keys: self.backing_keys,
            private_key_pem: self.private_key_pem,
        });
        let Metadata {
            key_id,
            description,
            key_usage,
            key_spec,
            origin,
        } = self.metadata;
        let backing_keys = secrets
            .backing_keys
            .into_iter()
            .map(|hex| format::Material {
                hex: Some(hex),
                ..format::Material::default()
            });
        let pem = secrets.private_key_pem.map(|pem| format::Material {
            pem: Some(pem),
            ..format::Material::default()
        });
        let mut materials: Vec<_> = backing_keys.chain(pem).collect();
        let is_external = origin == Some(Origin::External);
        let spec = match (key_spec, materials.first()) {
            (Some(spec), _) => spec,
            (None, Some(material)) => *specs
                .iter()
                .find(|spec| specs.len() == 1 || material::read(**spec, material).is_ok())
                .ok_or_else(|| {
                    let specs: Vec<_> = specs.iter().map(|spec| spec.as_str()).collect();
                    let field = field("materials[0].pem");
                    field.invalid(format!("expected a private key of {}", specs.join(", ")))
                })?,
            (None, None) if is_external => KeySpec::SymmetricDefault,
            (None, None) => return Err(field("materials").invalid("required")),
        };
        let is_symmetric = spec == KeySpec::SymmetricDefault;
        if !is_symmetric {
            // local-kms uses the first material of an HMAC key.
            materials.truncate(1);
        }
        let rotation = self
            .next_key_rotation
            .filter(|_| is_symmetric && !is_external);
        let key = format::Key {
            id: key_id.or(self.key_id),
            spec: Some(spec),
            usage: key_usage.or((specs == ECC).then_some(KeyUsage::SignVerify)),
            materials,
            origin,
            description,
            rotation: rotation.map(|next| {
                format::Switch::With(format::Rotation {
                    period_days: None,
                    next: Some(next),
                })
            }),
            ..format::Key::default()
        };
        Ok(KeySeed::new(key, path, names))
    }
}

/// Converts the name of a field of the emulator's own format. Empty if there is no such field.
fn name(own: &str) -> String {
    let name = match own {
        "id" => "Metadata.KeyId",
        "spec" => "Metadata.KeySpec",
        "usage" => "Metadata.KeyUsage",
        "origin" => "Metadata.Origin",
        "description" => "Metadata.Description",
        "rotation" | "rotation.next" => "NextKeyRotation",
        own if own.rsplit('.').next() == Some("pem") => "PrivateKeyPem",
        own => {
            let index = own.strip_prefix("materials");
            let index = index.and_then(|rest| rest.split('.').next());
            return index.map_or_else(String::new, |index| format!("BackingKeys{index}"));
        }
    };
    name.to_owned()
}

fn name_in_version_4(own: &str) -> String {
    match (own, name(own)) {
        ("id", _) => "KeyId".to_owned(),
        (own, name) if own.starts_with("materials") => format!("Material.{name}"),
        (_, name) => name,
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FamiliesOrList;

        impl<'de> Visitor<'de> for FamiliesOrList {
            type Value = Keys;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("Symmetric and Asymmetric, or a list of keys")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Keys, A::Error> {
                Families::deserialize(MapAccessDeserializer::new(map)).map(Keys::Families)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Keys, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Keys::List)
            }

            fn visit_unit<E>(self) -> Result<Keys, E> {
                Ok(Keys::default())
            }
        }

        deserializer.deserialize_any(FamiliesOrList)
    }
}
