//! How a record is written: one byte of version, a checksum, and JSON.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0 | the version of this format, 1 |
//! | 1 to 4 | CRC-32 of the rest, big endian |
//! | 5 … | a JSON object; members that a version does not know have defaults |

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

const VERSION: u8 = 1;

/// A record's bytes.
///
/// # Errors
///
/// If the value has no JSON; records are made of plain data, so none has not.
pub(crate) fn encode(name: &str, record: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let body = serde_json::to_vec(record).map_err(|error| unreadable(name, error.to_string()))?;
    let mut bytes = Vec::with_capacity(5 + body.len());
    bytes.push(VERSION);
    bytes.extend(crc32fast::hash(&body).to_be_bytes());
    bytes.extend(body);
    Ok(bytes)
}

/// A record from its bytes.
///
/// # Errors
///
/// If they are damaged, or of a later version.
pub(crate) fn decode<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, StoreError> {
    match bytes {
        [VERSION, a, b, c, d, body @ ..] => {
            if crc32fast::hash(body) != u32::from_be_bytes([*a, *b, *c, *d]) {
                return Err(unreadable(name, "its checksum does not match"));
            }
            serde_json::from_slice(body).map_err(|error| unreadable(name, error.to_string()))
        }
        [version, ..] if *version > VERSION => Err(unreadable(
            name,
            format!("its format is {version}, of a later Simulated KMS"),
        )),
        _ => Err(unreadable(name, "it is too short")),
    }
}

fn unreadable(name: &str, cause: impl Into<String>) -> StoreError {
    StoreError::Record {
        name: name.to_owned(),
        cause: cause.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        let bytes = encode("r", &vec![1, 2, 3]).unwrap();
        assert_eq!(decode::<Vec<u8>>("r", &bytes).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
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
    fn a_later_version_is_named() {
        let error = decode::<Vec<u8>>("key/x", &[2, 0, 0, 0, 0])
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "the record key/x cannot be read: its format is 2, of a later Simulated KMS; it was \
             left as it is"
        );
    }
}
