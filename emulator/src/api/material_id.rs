//! Ids of key material.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hex;

/// `KeyMaterialId`: 32 bytes, written as 64 hexadecimal digits. Each symmetric ciphertext contains the
/// id of its material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyMaterialId([u8; Self::LENGTH]);

impl KeyMaterialId {
    pub(crate) const LENGTH: usize = 32;

    pub(crate) const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The id as text.
    pub(crate) fn text(&self) -> String {
        hex::encode(&self.0)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        hex::decode(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for KeyMaterialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl Serialize for KeyMaterialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for KeyMaterialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a key material id"))
    }
}
