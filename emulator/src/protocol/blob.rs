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

/// The number of bytes that a text decodes to. Looking at its characters takes less time than decoding them.
pub(crate) fn decoded_length(text: &str) -> Result<usize, DecodeError> {
    let symbols = text.trim_end_matches('=');
    let padding = text.len() - symbols.len();
    let is_symbol = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    // Without an early end, the compiler tests many bytes at once.
    let is_valid = symbols
        .bytes()
        .fold(true, |all, byte| all & is_symbol(byte));
    if is_valid && padding <= 2 && text.len().is_multiple_of(4) {
        return Ok(text.len() / 4 * 3 - padding);
    }
    decode(text).map(|bytes| bytes.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_that_of_the_bytes() {
        let mut texts = vec![String::new()];
        for length in 1..=5 {
            let shorter = texts.iter();
            let shorter: Vec<_> = shorter
                .filter(|text| text.chars().count() == length - 1)
                .collect();
            let symbols = ["A", "/", "=", "-", "\u{e4}"];
            let longer = shorter
                .iter()
                .flat_map(|text| symbols.map(|symbol| format!("{text}{symbol}")));
            let longer: Vec<_> = longer.collect();
            texts.extend(longer);
        }
        for text in texts {
            assert_eq!(
                decoded_length(&text),
                decode(&text).map(|bytes| bytes.len()),
                "{text}"
            );
        }
    }
}
