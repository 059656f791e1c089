//! One value of a request against the values of a condition.

use super::address::{Address, Range};
use super::arn::{Arn, Malformed};
use super::context::Lookup;
use super::number::{self, Decimal};
use super::operator::{Operator, Test};
use super::template::Template;
use super::wildcard;

/// Whether a value of the request satisfies an operator with any of the policy's values.
///
/// The request's value is judged first: with a malformed ARN or address, neither the operator nor its
/// negation matches. With a malformed number or date, only the negation matches. A malformed value of
/// the policy matches nothing, except that an ARN is an error. (All recorded.)
///
/// # Errors
///
/// A value of the policy that had to be compared is no ARN.
pub(super) fn satisfies(
    operator: Operator,
    value: &str,
    candidates: &[Template],
    lookup: &mut Lookup<'_>,
) -> Result<bool, Malformed> {
    let found = match operator.test {
        Test::Text => {
            let units: Vec<_> = value.encode_utf16().collect();
            candidates
                .iter()
                .any(|candidate| candidate.is(&units, lookup))
        }
        Test::TextIgnoringCase => {
            let lowered = lower(value);
            // Lowering can make a text shorter or longer, by a factor of at most three.
            let length = value.len().saturating_mul(3);
            candidates.iter().any(|candidate| {
                let text = candidate.literal(lookup, length);
                text.is_some_and(|text| lower(&String::from_utf16_lossy(&text)) == lowered)
            })
        }
        Test::TextPattern => {
            let units: Vec<_> = value.encode_utf16().collect();
            candidates.iter().any(|candidate| {
                let pattern = candidate.pattern(lookup, units.len());
                pattern.is_some_and(|pattern| wildcard::matches(&pattern, &units))
            })
        }
        Test::Arn => {
            let Some(arn) = Arn::parse(value) else {
                return Ok(false);
            };
            // A match ends the comparison before a malformed value.
            let mut found = false;
            for candidate in candidates {
                found = arn.is_like(candidate, lookup)?;
                if found {
                    break;
                }
            }
            found
        }
        Test::Address => {
            let Some(address) = Address::parse(value) else {
                return Ok(false);
            };
            any(candidates, |text| {
                Range::parse(text).is_some_and(|range| range.contains(address))
            })
        }
        Test::Number(order) => Decimal::parse(value).is_some_and(|value| {
            any(candidates, |text| {
                Decimal::parse(text).is_some_and(|other| order.holds(value.compare(&other)))
            })
        }),
        Test::Date(order) => number::date(value).is_some_and(|value| {
            any(candidates, |text| {
                number::date(text).is_some_and(|other| order.holds(value.cmp(&other)))
            })
        }),
        Test::Bool => any(candidates, |text| is_true(text) == is_true(value)),
        // The texts are compared, not the bytes (recorded).
        Test::Binary => any(candidates, |text| text == value),
        Test::Null => false,
    };
    Ok(found != operator.negated)
}

/// Any text but `true` is false (recorded).
pub(super) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// Only texts and ARNs can have policy variables (IAM User Guide).
fn any(candidates: &[Template], matches: impl Fn(&str) -> bool) -> bool {
    candidates
        .iter()
        .any(|candidate| matches(candidate.as_str()))
}

/// Lower case as AWS computes it (recorded): with the final sigma by context, but characters outside
/// of the basic plane stay as they are.
fn lower(text: &str) -> String {
    let whole = text.to_lowercase();
    let mut rest = whole.chars();
    let mut lowered = String::with_capacity(whole.len());
    for character in text.chars() {
        // The lowered text has the same number of characters for each character, in order.
        let own: String = rest
            .by_ref()
            .take(character.to_lowercase().count())
            .collect();
        if character > '\u{ffff}' {
            lowered.push(character);
        } else {
            lowered.push_str(&own);
        }
    }
    lowered
}
