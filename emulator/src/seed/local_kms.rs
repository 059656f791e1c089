//! The seed files of local-kms, read as they are: its third version's, with families of keys; the
//! older one's, a list of AES keys; and the fourth's, a list of keys with their spec.
//!
//! As there, what is not known is passed over, so `Enabled` and the like have no effect.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::date::Date;
use super::error::{Fault, Field};
use super::wanted::{Wanted, WantedAlias, WantedKey};
use super::{format, material};
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
#[expect(clippy::struct_field_names, reason = "local-kms's own")]
struct Key {
    /// In the fourth version; before, it is among the metadata.
    key_id: Option<String>,
    metadata: Metadata,
    backing_keys: Vec<String>,
    private_key_pem: Option<String>,
    next_key_rotation: Option<Date>,
    /// In the fourth version.
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

/// What the keys in a list are if they do not say, in the order in which they are tried.
const AES: &[KeySpec] = &[KeySpec::SymmetricDefault];
const HMAC: &[KeySpec] = &[KeySpec::Hmac256];
const RSA: &[KeySpec] = &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096];
const ECC: &[KeySpec] = &[
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256K1,
];

/// What such a file asks for.
pub(super) fn wanted(file: File) -> Result<Wanted, Fault> {
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
    let mut wanted = Wanted {
        is_of_local_kms: true,
        ..Wanted::default()
    };
    for (list, specs, keys) in lists {
        for (index, key) in keys.into_iter().enumerate() {
            let place = Field::new(list).at(index);
            wanted.keys.push(key.wanted(place, specs)?);
        }
    }
    let aliases = file.aliases.into_iter().enumerate();
    wanted.aliases = aliases
        .map(|(index, alias)| WantedAlias {
            name: if alias.alias_name.starts_with(AliasName::PREFIX) {
                alias.alias_name
            } else {
                format!("{}{}", AliasName::PREFIX, alias.alias_name)
            },
            target: alias.target_key_id,
            place: Field::new("Aliases").at(index),
        })
        .collect();
    Ok(wanted)
}

impl Key {
    fn wanted(self, place: Field, specs: &[KeySpec]) -> Result<WantedKey, Fault> {
        let names = if self.key_id.is_some() || self.material.is_some() {
            name_in_fourth_version
        } else {
            name
        };
        let field = |own: &str| place.member(&names(own));
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
                    field.wrong(format!("not a private key of {}", specs.join(", ")))
                })?,
            (None, None) if is_external => KeySpec::SymmetricDefault,
            (None, None) => return Err(field("materials").wrong("at least one is required")),
        };
        let is_symmetric = spec == KeySpec::SymmetricDefault;
        if !is_symmetric {
            // Of several for an HMAC key, it is the first that makes codes.
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
        Ok(WantedKey::new(key, place, names))
    }
}

/// What a field of our own format is called, if it has a name here.
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
            let place = own.strip_prefix("materials");
            let place = place.and_then(|rest| rest.split('.').next());
            return place.map_or_else(String::new, |place| format!("BackingKeys{place}"));
        }
    };
    name.to_owned()
}

fn name_in_fourth_version(own: &str) -> String {
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
