//! The format of records: a version, a checksum, and JSON.
//!
//! | Bytes | Content |
//! | --- | --- |
//! | 0 | the version of this format, 1 |
//! | 1 to 4 | CRC-32 of the rest, big endian |
//! | 5 … | a JSON object; missing members have defaults |

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

const VERSION: u8 = 1;

/// Encodes a record.
///
/// # Errors
///
/// The value cannot be written as JSON. Records are plain data, so this does not happen.
pub(crate) fn encode(name: &str, record: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let body = serde_json::to_vec(record).map_err(|error| StoreError::record(name, error))?;
    let mut bytes = Vec::with_capacity(5 + body.len());
    bytes.push(VERSION);
    bytes.extend(crc32fast::hash(&body).to_be_bytes());
    bytes.extend(body);
    Ok(bytes)
}

/// Decodes a record.
///
/// # Errors
///
/// The bytes are damaged, or of a later version.
pub(crate) fn decode<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, StoreError> {
    if let Some(json) = intact(bytes) {
        return serde_json::from_slice(json).map_err(|error| StoreError::record(name, error));
    }
    match bytes {
        [VERSION, _, _, _, _, ..] => Err(StoreError::record(name, "the checksum does not match")),
        [version, ..] if *version > VERSION => Err(StoreError::record(
            name,
            format!("format {version} is of a later version of Simulated KMS"),
        )),
        _ => Err(StoreError::record(name, "it is too short")),
    }
}

/// The JSON of a record; `None` if the record is damaged, or of a later version.
pub(crate) fn intact(bytes: &[u8]) -> Option<&[u8]> {
    let (version, rest) = bytes.split_first()?;
    let (checksum, json) = rest.split_first_chunk()?;
    let is_intact = *version == VERSION && crc32fast::hash(json) == u32::from_be_bytes(*checksum);
    is_intact.then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_encoded_records() {
        let bytes = encode("r", &vec![1, 2, 3]).unwrap();
        assert_eq!(decode::<Vec<u8>>("r", &bytes).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn detects_damage() {
        let bytes = encode("r", &vec![1, 2, 3]).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(decode::<Vec<u8>>("r", &changed).is_err(), "byte {index}");
            assert!(
                decode::<Vec<u8>>("r", &bytes[..index]).is_err(),
                "cut at {index}"
            );
        }
    }

    #[test]
    fn names_a_later_version() {
        let error = decode::<Vec<u8>>("key/x", &[2, 0, 0, 0, 0])
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "cannot read the record key/x: format 2 is of a later version of Simulated KMS; the \
             record was not changed"
        );
    }
}
