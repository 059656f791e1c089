//! Pairs of values that mean the same in the upstream and in this emulator, such as two ciphertexts of
//! one plaintext. Ids of keys need no pair: this emulator gives a key the id that it has in the upstream.

use std::sync::Arc;

use serde_json::Value;

use super::bounded::Bounded;

/// The maximum number of pairs.
const MAX_PAIRS: usize = 20_000;
/// Shorter values can be equal by chance.
const MIN_LENGTH: usize = 20;
/// The same for ids and tokens. Those of moto's grants have this length.
const MIN_ID_LENGTH: usize = 8;
/// No value of KMS that a client sends back is longer.
const MAX_LENGTH: usize = 16 * 1024;
/// The length of the ids of grants and of key material.
const ID_LENGTH: usize = 64;

pub(super) struct Pairs {
    ours: Bounded<Ours>,
    theirs: Bounded<Arc<str>>,
}

/// The value of this emulator.
struct Ours {
    text: Arc<str>,
    /// Whether it encrypts random bytes, which differ in the upstream.
    hides_random: bool,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self {
            ours: Bounded::new(MAX_PAIRS),
            theirs: Bounded::new(MAX_PAIRS),
        }
    }

    /// Whether two values mean the same.
    pub(super) fn are_same(&self, theirs: &str, ours: &str) -> bool {
        theirs == ours || self.ours_of(theirs) == Some(ours)
    }

    /// Whether neither value is known.
    pub(super) fn are_new(&self, theirs: &str, ours: &str) -> bool {
        self.ours.get(theirs).is_none() && self.theirs.get(ours).is_none()
    }

    pub(super) fn ours_of(&self, theirs: &str) -> Option<&str> {
        self.ours.get(theirs).map(|ours| &*ours.text)
    }

    pub(super) fn hides_random(&self, theirs: &str) -> bool {
        self.ours.get(theirs).is_some_and(|ours| ours.hides_random)
    }

    /// Adds a pair of values that both sides make anew each time.
    pub(super) fn add(&mut self, theirs: &str, ours: &str, hides_random: bool) {
        self.add_from(MIN_LENGTH, theirs, ours, hides_random);
    }

    /// Adds a pair of ids, of tokens, or of values that follow from a key.
    pub(super) fn add_id(&mut self, theirs: &str, ours: &str) {
        self.add_from(MIN_ID_LENGTH, theirs, ours, false);
    }

    fn add_from(&mut self, min_length: usize, theirs: &str, ours: &str, hides_random: bool) {
        let is_kept = |text: &str| (min_length..=MAX_LENGTH).contains(&text.len());
        if theirs == ours || !is_kept(theirs) || !is_kept(ours) {
            return;
        }
        let text = ours.into();
        self.ours.insert(theirs, Ours { text, hides_random });
        self.theirs.insert(ours, theirs.into());
    }

    /// Replaces the upstream's values in a request. Returns whether there were any.
    pub(super) fn translate(&self, value: &mut Value) -> bool {
        let mut any = false;
        match value {
            Value::String(text) => {
                if let Some(ours) = self.ours_of(text) {
                    ours.clone_into(text);
                    any = true;
                }
            }
            Value::Array(list) => {
                for element in list {
                    any |= self.translate(element);
                }
            }
            Value::Object(members) => {
                for member in members.values_mut() {
                    any |= self.translate(member);
                }
            }
            _ => {}
        }
        any
    }

    /// Whether two messages agree. Ids that neither side has shown before become pairs.
    pub(super) fn messages_agree(&mut self, theirs: &str, ours: &str) -> bool {
        let (theirs, ours) = (words(theirs), words(ours));
        theirs.len() == ours.len()
            && theirs.iter().zip(&ours).all(|(theirs, ours)| {
                let are_new = is_id(theirs) && is_id(ours) && self.are_new(theirs, ours);
                if are_new {
                    self.add(theirs, ours, false);
                }
                self.are_same(theirs, ours)
            })
    }
}

/// The words of a message, and what is between them.
fn words(message: &str) -> Vec<&str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_+/=".contains(letter);
    let pieces = message.split_inclusive(|letter| !is_part(letter));
    let mut words = Vec::new();
    for piece in pieces {
        let end = piece.trim_end_matches(|letter| !is_part(letter)).len();
        let (word, separator) = piece.split_at(end);
        words.extend([word, separator]);
    }
    words
}

/// Whether a word is the id of a grant or of key material.
fn is_id(word: &str) -> bool {
    word.len() == ID_LENGTH && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const THEIRS: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";
    const OURS: &str = "bbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn replaces_whole_values() {
        let mut pairs = Pairs::new();
        pairs.add(THEIRS, OURS, false);
        pairs.add("short", "other", false);
        let mut request = json!({ "A": THEIRS, "B": [{ "C": THEIRS }, 1], "D": "short" });
        assert!(pairs.translate(&mut request));
        assert_eq!(
            request,
            json!({ "A": OURS, "B": [{ "C": OURS }, 1], "D": "short" })
        );
        assert!(!pairs.translate(&mut request));
        assert!(pairs.are_same(THEIRS, OURS) && !pairs.are_same(OURS, THEIRS));
        assert!(!pairs.are_new("c", OURS) && pairs.are_new("c", THEIRS));
    }
    #[test]
    fn messages_agree_about_ids() {
        let mut pairs = Pairs::new();
        pairs.add(THEIRS, OURS, false);
        let message = |id: &str| format!("Grant '{id}', é ({id}).");
        assert!(pairs.messages_agree(&message(THEIRS), &message(OURS)));
        assert!(!pairs.messages_agree(&message(OURS), &message(THEIRS)));
        let (a, b, c) = ("0".repeat(64), "1".repeat(64), "2".repeat(64));
        assert!(pairs.messages_agree(&message(&a), &message(&b)));
        assert!(!pairs.messages_agree(&message(&a), &message(&c)));
        assert!(!pairs.messages_agree("one", "one."));
        assert!(!pairs.messages_agree("one", "two"));
    }
}
