//! Ids of key material.

use std::fmt;

use base16ct::HexDisplay;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `KeyMaterialId`: 32 bytes, written as 64 hexadecimal digits. Each symmetric ciphertext has the id
/// of its material near its start.
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

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        let decoded = base16ct::mixed::decode(text, &mut bytes).ok()?;
        (decoded.len() == Self::LENGTH).then_some(Self(bytes))
    }
}

impl fmt::Display for KeyMaterialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}", HexDisplay(&self.0))
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
