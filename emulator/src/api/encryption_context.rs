//! The encryption context.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Names and values that are authenticated with a ciphertext. `Decrypt` must give the same ones, in
/// any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct EncryptionContext(BTreeMap<String, String>);

impl EncryptionContext {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names and values.
    pub(crate) fn into_pairs(self) -> BTreeMap<String, String> {
        self.0
    }

    /// The number of pairs.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The name of an empty value.
    pub(crate) fn name_of_empty_value(&self) -> Option<&str> {
        let mut pairs = self.0.iter();
        let (name, _) = pairs.find(|(_, value)| value.is_empty())?;
        Some(name)
    }

    /// Appends the context as bytes to authenticate: names and values, sorted by name, each after
    /// its length. Different contexts have different bytes.
    pub(crate) fn encode(&self, into: &mut Vec<u8>) {
        for text in self.0.iter().flat_map(|(name, value)| [name, value]) {
            into.extend((text.len() as u64).to_be_bytes());
            into.extend(text.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(json: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        serde_json::from_str::<EncryptionContext>(json)
            .unwrap()
            .encode(&mut bytes);
        bytes
    }

    #[test]
    fn encoding_ignores_only_the_order() {
        assert_eq!(
            encoded(r#"{"a":"1","b":"2"}"#),
            encoded(r#"{"b":"2","a":"1"}"#)
        );
        let different = [
            "{}",
            r#"{"a":"1"}"#,
            r#"{"A":"1"}"#,
            r#"{"a":""}"#,
            r#"{"":"a"}"#,
            r#"{"a":"1","b":"2"}"#,
            r#"{"a":"1b2"}"#,
            r#"{"a1":"b2"}"#,
            r#"{"a1b":"2"}"#,
            r#"{"a1":"b","2":""}"#,
        ];
        for (index, one) in different.iter().enumerate() {
            for other in &different[..index] {
                assert_ne!(encoded(one), encoded(other), "{one} {other}");
            }
        }
    }
}
