//! Blobs: bytes that are base64 in JSON.

use std::fmt;

use base64::DecodeError;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Standard base64 with padding. Like Java's decoder, it ignores bits after the last byte.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Bytes that are base64 in JSON.
///
/// Messages, signatures and key material are blobs, so `Debug` shows only the length.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Blob(pub(crate) Vec<u8>);

/// Decodes base64.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    BASE64.decode(text)
}

/// What is wrong with a text that is not base64, without any of its characters.
pub(crate) fn fault(error: &DecodeError) -> String {
    match error {
        DecodeError::InvalidByte(at, _) => {
            format!("a character outside its alphabet at {at}")
        }
        DecodeError::InvalidLength(length) => {
            format!("{length} characters, which cannot be its length")
        }
        DecodeError::InvalidLastSymbol { offset, .. } => {
            format!("a character that cannot be its last at {offset}")
        }
        DecodeError::InvalidPadding => "wrong padding".to_owned(),
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Blob;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("base64")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Blob, E> {
                decode(text).map(Blob).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}
