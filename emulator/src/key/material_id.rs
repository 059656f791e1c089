//! Computes the ids of key material.

use crate::api::{KeyId, KeyMaterialId};
use crate::crypto::SecretBytes;

impl KeyMaterialId {
    /// The id of a key's material, computed from the key's id and the material. Importing the same
    /// material again gives the same id, and replicas share the id of their primary. The id does not
    /// reveal the material: the same material in another key has another id.
    pub(crate) fn of(key: &KeyId, material: &SecretBytes) -> Self {
        Self::from_bytes(material.fingerprint(&format!("KeyMaterialId {key}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_key_and_material() {
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
