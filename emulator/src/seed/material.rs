//! Key material of a seed: derived from a text, PEM, or bytes in hexadecimal or base64.

use super::format::Material;
use crate::api::KeySpec;
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::hex;
use crate::protocol::blob;

/// Why material is invalid, and which of its fields is.
#[derive(Debug)]
pub(super) struct InvalidMaterial {
    pub(super) field: &'static str,
    pub(super) message: String,
}

/// Reads the material. Errors do not contain it.
pub(super) fn read(spec: KeySpec, material: &Material) -> Result<KeyMaterial, InvalidMaterial> {
    let Material {
        seed,
        pem,
        hex,
        base64,
        rotated: _,
    } = material;
    let invalid = |field, message: &str| InvalidMaterial {
        field,
        message: message.to_owned(),
    };
    let (field, key) = match (seed, pem, hex, base64) {
        (Some(text), None, None, None) => {
            return KeyMaterial::derive(spec, text).map_err(|error| InvalidMaterial {
                field: "seed",
                message: error.to_string(),
            });
        }
        (None, Some(pem), None, None) => {
            let key = KeyMaterial::from_pem(spec, pem);
            let key = key.ok_or_else(|| invalid("pem", "no private key in PEM found"))?;
            ("pem", key)
        }
        (None, None, Some(digits), None) => {
            let digits: String = digits.split_whitespace().collect();
            let bytes = hex::decode(&digits);
            let bytes =
                bytes.ok_or_else(|| invalid("hex", "expected pairs of hexadecimal digits"))?;
            (
                "hex",
                KeyMaterial::from_bytes(spec, &SecretBytes::new(bytes)),
            )
        }
        (None, None, None, Some(text)) => {
            let text: String = text.split_whitespace().collect();
            let bytes = blob::decode(&text).map_err(|_| invalid("base64", "invalid base64"))?;
            (
                "base64",
                KeyMaterial::from_bytes(spec, &SecretBytes::new(bytes)),
            )
        }
        _ => {
            return Err(invalid(
                "",
                "expected exactly one of: seed, pem, hex, base64",
            ));
        }
    };
    key.ok_or_else(|| InvalidMaterial {
        field,
        message: format!("not a key of {spec}"),
    })
}
