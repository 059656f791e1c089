//! ARNs of resources and their patterns. Each of the six parts is matched by itself: a wildcard in
//! the Region does not reach the account (IAM User Guide). Only the last part may contain colons.

use super::context::Lookup;
use super::template::Template;
use super::wildcard::{self, Unit};

const PARTS: usize = 6;

/// A pattern may need this many units before it counts as longer than the ARN. So a short text that
/// is no ARN is still seen as malformed.
const MIN_LENGTH: usize = 2048;

/// An ARN of a request, in UTF-16 units.
pub(super) struct Arn {
    parts: Vec<Vec<u16>>,
    length: usize,
}

/// A pattern in a condition that is no ARN. AWS then fails the whole statement (recorded).
pub(super) struct Malformed;

impl Arn {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let units = |part: &str| part.encode_utf16().collect::<Vec<_>>();
        let parts: Vec<_> = text.splitn(PARTS, ':').map(units).collect();
        let is_arn = text.starts_with("arn:") && parts.len() == PARTS;
        is_arn.then(|| Self {
            length: parts.iter().map(Vec::len).sum::<usize>() + PARTS - 1,
            parts,
        })
    }

    /// Whether the value of a condition matches.
    ///
    /// # Errors
    ///
    /// The value is no ARN. That `*` alone is one is assumed.
    pub(super) fn is_like(
        &self,
        template: &Template,
        lookup: &mut Lookup<'_>,
    ) -> Result<bool, Malformed> {
        let pattern = template.pattern(lookup, self.length.max(MIN_LENGTH));
        match pattern {
            None => Ok(false),
            Some(pattern) if is_arn(&pattern) => Ok(self.matches(&pattern)),
            Some(_) => Err(Malformed),
        }
    }

    /// Whether the resource of a statement matches.
    pub(super) fn is_covered_by(&self, template: &Template, lookup: &mut Lookup<'_>) -> bool {
        let pattern = template.pattern(lookup, self.length);
        pattern.is_some_and(|pattern| is_arn(&pattern) && self.matches(&pattern))
    }

    /// Missing parts of a pattern match anything (IAM User Guide, on resources).
    fn matches(&self, pattern: &[Unit]) -> bool {
        if pattern == [Unit::Many] {
            return true;
        }
        let colon = Unit::Literal(u16::from(b':'));
        let mut parts = pattern.splitn(PARTS, |unit| *unit == colon);
        self.parts.iter().all(|text| {
            parts
                .next()
                .is_none_or(|part| wildcard::matches(part, text))
        })
    }
}

fn is_arn(pattern: &[Unit]) -> bool {
    let start: Vec<_> = pattern.iter().take(4).map(|unit| unit.literal()).collect();
    pattern == [Unit::Many] || start == [b'a', b'r', b'n', b':'].map(u16::from)
}
