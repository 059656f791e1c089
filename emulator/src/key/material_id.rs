//! What the material of a symmetric encryption key is called.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::KeyId;
use crate::crypto::SecretBytes;

/// The id of key material: 32 bytes, written as 64 hexadecimal digits. Every ciphertext of the
/// material begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyMaterialId([u8; Self::LENGTH]);

impl KeyMaterialId {
    pub(crate) const LENGTH: usize = 32;

    /// The id of a key's material. It depends on both alone, so that material that is imported
    /// again has its old id, and replicas, which share the key's id, share this one. It tells
    /// nothing of the material, and another key with the same material has another.
    pub(crate) fn of(key: &KeyId, material: &SecretBytes) -> Self {
        Self(material.fingerprint(&format!("KeyMaterialId {key}")))
    }

    pub(crate) const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        if text.len() != 2 * Self::LENGTH || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * index..2 * index + 2)?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for KeyMaterialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl Serialize for KeyMaterialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyMaterialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("no key material id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_keys_and_the_materials() {
        let id = |key: &str, material: u8| {
            KeyMaterialId::of(&KeyId::new(key), &SecretBytes::new(vec![material; 32]))
        };
        assert_eq!(id("a", 1), id("a", 1));
        assert_ne!(id("a", 1), id("a", 2));
        assert_ne!(id("a", 1), id("b", 1));
        let text = id("a", 1).to_string();
        assert_eq!(text.len(), 64);
        assert_eq!(KeyMaterialId::parse(&text), Some(id("a", 1)));
        assert_eq!(KeyMaterialId::parse(&text[1..]), None);
        assert_eq!(KeyMaterialId::parse(&"+".repeat(64)), None);
    }
}
