//! How the id of key material is computed.

use crate::api::{KeyId, KeyMaterialId};
use crate::crypto::SecretBytes;

impl KeyMaterialId {
    /// The id of a key's material. It depends on both alone, so that material that is imported
    /// again has its old id, and replicas, which share the key's id, share this one. It tells
    /// nothing of the material, and another key with the same material has another.
    pub(crate) fn of(key: &KeyId, material: &SecretBytes) -> Self {
        Self::from_bytes(material.fingerprint(&format!("KeyMaterialId {key}")))
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
