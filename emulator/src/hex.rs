//! Hexadecimal text.

/// The bytes as lower-case hexadecimal digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// The bytes of hexadecimal digits in either case; `None` for any other text.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    base16ct::mixed::decode(text, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_pairs_of_digits_only() {
        assert_eq!(encode(&[0, 0x7f, 0xff]), "007fff");
        assert_eq!(decode("007fff"), Some(vec![0, 0x7f, 0xff]));
        assert_eq!(decode("AbcD"), Some(vec![0xab, 0xcd]));
        assert_eq!(decode(""), Some(Vec::new()));
        for text in ["a", "0g", "+1", "0x12", "ä"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
