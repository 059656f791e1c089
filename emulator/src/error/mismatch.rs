//! What is wrong with a request, where AWS's answer does not say it.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

/// The maximum length of each part.
const MAX_PART: usize = 150;

/// A part of a request, what was expected there, and what was found:
/// `KeyId: expected a string, found a list`.
///
/// It is for the log and for the header `X-Emulator-Reason`. So it has names and lengths, but never a
/// plaintext, a ciphertext, key material, a signature or a token. It is printable ASCII of limited length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch(String);

impl Mismatch {
    pub(crate) fn new<'t>(
        part: impl Into<Cow<'t, str>>,
        expected: impl Into<Cow<'t, str>>,
        found: impl Into<Cow<'t, str>>,
    ) -> Self {
        let [part, expected, found] =
            [part.into(), expected.into(), found.into()].map(|text| printable(&text));
        Self(format!("{part}: expected {expected}, found {found}"))
    }

    /// A value in JSON that has the wrong type.
    pub(crate) fn of_json(path: &str, expected: &str, found: &Value) -> Self {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self::new(path, expected, found)
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A text that is safe in a header and in the log.
fn printable(text: &str) -> String {
    let is_safe = |character: &char| character.is_ascii_graphic() || *character == ' ';
    let replaced = text.chars().take(MAX_PART);
    replaced
        .map(|character| Some(character).filter(is_safe).unwrap_or('?'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_short_and_printable() {
        let hostile = format!("a\r\nb\u{7}\u{e9}{}", "x".repeat(5000));
        let text = Mismatch::new(hostile.clone(), hostile.clone(), hostile).to_string();
        assert!(text.starts_with("a??b??xxx"), "{text}");
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        assert!(text.len() < 500, "{}", text.len());
    }
}
