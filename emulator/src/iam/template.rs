//! Texts of a policy with policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`,
//! `${*}`.

use super::context::Lookup;
use super::wildcard::Unit;

/// A text of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Unit(Unit),
    Variable {
        key: String,
        default: Option<String>,
    },
}

impl Template {
    /// Parses a text. Without `variables`, as in documents of version 2008-10-17, `$` is a literal.
    pub(super) fn new(text: String, variables: bool) -> Self {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            if variables && let Some((part, after)) = variable(rest) {
                parts.push(part);
                rest = after;
                continue;
            }
            match character {
                '*' => parts.push(Part::Unit(Unit::Many)),
                '?' => parts.push(Part::Unit(Unit::One)),
                _ => {
                    let mut units = [0; 2];
                    let units = character.encode_utf16(&mut units);
                    parts.extend(units.iter().map(|unit| Part::Unit(Unit::Literal(*unit))));
                }
            }
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
        Self { text, parts }
    }

    /// The condition keys of its variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            Part::Unit(_) => None,
        })
    }

    /// The text as it is in the policy.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The pattern, with variables replaced, for a text of `length` units. `None` if a variable has no
    /// value, or if the pattern needs a longer text.
    ///
    /// The limit keeps a policy that repeats a variable with a long value from filling the memory.
    pub(super) fn pattern(&self, lookup: &mut Lookup<'_>, length: usize) -> Option<Vec<Unit>> {
        let mut pattern = Vec::new();
        let mut needed = 0;
        for part in &self.parts {
            match part {
                Part::Unit(Unit::Many) if pattern.last() == Some(&Unit::Many) => {}
                Part::Unit(Unit::Many) => pattern.push(Unit::Many),
                Part::Unit(unit) => {
                    needed += 1;
                    pattern.push(*unit);
                }
                Part::Variable { key, default } => {
                    let value = lookup.variable(key, default.as_deref())?;
                    // A wildcard in a value is a literal.
                    let before = pattern.len();
                    pattern.extend(value.encode_utf16().map(Unit::Literal));
                    needed += pattern.len() - before;
                }
            }
            if needed > length {
                return None;
            }
        }
        Some(pattern)
    }

    /// Whether the text, with variables replaced and wildcards as literals, is `text`.
    pub(super) fn is(&self, text: &[u16], lookup: &mut Lookup<'_>) -> bool {
        self.literal(lookup, text.len())
            .is_some_and(|units| units == text)
    }

    /// The text with variables replaced, and wildcards as literals. `None` as in [`Self::pattern`].
    pub(super) fn literal(&self, lookup: &mut Lookup<'_>, length: usize) -> Option<Vec<u16>> {
        let mut units = Vec::new();
        for part in &self.parts {
            match part {
                Part::Unit(unit) => units.push(unit.literal()),
                Part::Variable { key, default } => {
                    units.extend(lookup.variable(key, default.as_deref())?.encode_utf16());
                }
            }
            if units.len() > length {
                return None;
            }
        }
        Some(units)
    }
}

/// The variable at the start of a text, and the text after it.
fn variable(text: &str) -> Option<(Part, &str)> {
    let (inside, after) = text.strip_prefix("${")?.split_once('}')?;
    let literal = |character: u8| Part::Unit(Unit::Literal(u16::from(character)));
    let part = match inside {
        "*" => literal(b'*'),
        "?" => literal(b'?'),
        "$" => literal(b'$'),
        _ => {
            let (key, default) = match inside.split_once(',') {
                Some((key, default)) => (key, Some(default.trim())),
                None => (inside, None),
            };
            let default = default.map(|text| {
                let quoted = text
                    .strip_prefix('\'')
                    .and_then(|text| text.strip_suffix('\''));
                quoted.unwrap_or(text).to_owned()
            });
            let key = key.trim().to_owned();
            Part::Variable { key, default }
        }
    };
    Some((part, after))
}
