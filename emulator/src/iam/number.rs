//! Numbers and dates of conditions.

use std::cmp::Ordering;

use crate::clock::Timestamp;

/// The maximum length of a number or date. Longer ones are malformed.
const MAX_LENGTH: usize = 400;

/// A decimal number, compared exactly: `9007199254740993` is not `9007199254740992` (recorded).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Without zeros at either end. Zero has no digits.
    digits: Vec<u8>,
    /// The power of ten of the place before the first digit: 0 for 0.1, 1 for 1.
    exponent: i64,
}

impl Decimal {
    /// Parses a number. `01`, `+1`, `1.0`, `1.` and `1e0` are one (recorded); `NaN`, `Infinity` and the
    /// empty text are no numbers.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let mut digits: Vec<u8> = digits.into_iter().skip(zeros).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits,
                exponent: 0,
            });
        }
        let places = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
        Some(Self {
            negative,
            digits,
            exponent: places + i64::from(exponent),
        })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (1, 1) => self.magnitude().cmp(&other.magnitude()),
            (-1, -1) => other.magnitude().cmp(&self.magnitude()),
            (own, other) => own.cmp(&other),
        }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => -1,
        }
    }

    fn magnitude(&self) -> (i64, &[u8]) {
        (self.exponent, &self.digits)
    }
}

/// Parses a date: ISO 8601, with UTC as the default zone, or seconds since 1970. Fractions are cut
/// to milliseconds (recorded).
pub(super) fn date(text: &str) -> Option<i64> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<i64>().ok()?.checked_mul(1000);
    }
    text.parse::<Timestamp>().ok().map(Timestamp::millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let order = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| Decimal::parse(text).unwrap());
            one.compare(&other)
        };
        for one in [
            "1", "01", "+1", "1.0", "1.", "1e0", "10e-1", "0.1E1", "0.01e+2",
        ] {
            assert_eq!(order(one, "1"), Ordering::Equal, "{one}");
            assert_eq!(order(one, "1.001"), Ordering::Less, "{one}");
            assert_eq!(order(one, "-1"), Ordering::Greater, "{one}");
        }
        assert_eq!(
            order("9007199254740993", "9007199254740992"),
            Ordering::Greater
        );
        assert_eq!(order("-2", "-10"), Ordering::Greater);
        assert_eq!(order("-0", "0e99"), Ordering::Equal);
        assert_eq!(order("1e2147483647", "9e2147483646"), Ordering::Greater);
        for wrong in [
            "",
            "-",
            ".",
            "e1",
            "1e",
            "1e99999999999",
            "NaN",
            "Infinity",
            " 1",
            "0x1",
        ] {
            assert_eq!(Decimal::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_have_milliseconds() {
        let new_year = Some(1_893_456_000_000);
        for text in [
            "2030-01-01",
            "2030-01-01T00:00:00",
            "2030-01-01T00:00:00.0009Z",
            "2030-01-01T01:00:00+01:00",
            "1893456000",
            "+1893456000",
        ] {
            assert_eq!(date(text), new_year, "{text}");
        }
        for wrong in ["", "+", "not-a-date", "99999999999999999999"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }
}
