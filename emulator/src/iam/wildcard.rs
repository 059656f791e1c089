//! Patterns with `*` for any text and `?` for one unit.
//!
//! AWS compares UTF-16 units (recorded): a character outside of the basic plane needs `??`.

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Literal(u16),
    /// `?`
    One,
    /// `*`
    Many,
}

impl Unit {
    /// The unit that this element is, where wildcards have no meaning.
    pub(super) fn literal(self) -> u16 {
        match self {
            Self::Literal(unit) => unit,
            Self::One => u16::from(b'?'),
            Self::Many => u16::from(b'*'),
        }
    }

    fn fits(self, unit: u16) -> bool {
        self == Self::One || self == Self::Literal(unit)
    }
}

/// Whether a pattern matches a whole text.
///
/// Each piece between two stars takes the first place where it fits. A later place can never be
/// better, so there is no backtracking.
pub(super) fn matches(pattern: &[Unit], text: &[u16]) -> bool {
    let mut pieces = pattern.split(|unit| *unit == Unit::Many);
    let head = pieces.next().unwrap_or_default();
    let Some((start, rest)) = text.split_at_checked(head.len()) else {
        return false;
    };
    let Some(tail) = pieces.next_back() else {
        return rest.is_empty() && fits(head, start);
    };
    let Some(middle) = rest.len().checked_sub(tail.len()) else {
        return false;
    };
    let (mut middle, end) = rest.split_at(middle);
    fits(head, start)
        && fits(tail, end)
        && pieces.all(|piece| match find(piece, middle) {
            Some((_, after)) => {
                middle = after;
                true
            }
            None => false,
        })
}

/// Whether the pattern of an action covers the name of one. Case does not matter. A name has ASCII
/// characters only, and is short, so the pattern may be of any length.
pub(super) fn covers(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.as_bytes(), name.as_bytes());
    // What follows the last star, and the text that the star does not cover yet.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, name) {
            ([b'*', after @ ..], _) => {
                star = Some((after, name));
                pattern = after;
            }
            ([one, after @ ..], [byte, rest @ ..])
                if *one == b'?' || one.eq_ignore_ascii_case(byte) =>
            {
                (pattern, name) = (after, rest);
            }
            ([], []) => return true,
            // The last star covers one more byte.
            _ => match star {
                Some((after, [_, rest @ ..])) => {
                    star = Some((after, rest));
                    (pattern, name) = (after, rest);
                }
                Some(_) | None => return false,
            },
        }
    }
}

/// The text before and after the first place where a piece fits.
fn find<'t>(piece: &[Unit], text: &'t [u16]) -> Option<(&'t [u16], &'t [u16])> {
    let start = if piece.len() <= SHORT {
        // `windows` does not accept zero.
        if piece.is_empty() {
            return Some((&[], text));
        }
        let mut windows = text.windows(piece.len());
        windows.position(|window| fits(piece, window))?
    } else if piece.len() <= CHUNK {
        starts(piece, text).next()?
    } else {
        find_long(piece, text)?
    };
    text.split_at_checked(start + piece.len())
}

/// A piece of up to this length is compared at each place.
const SHORT: usize = 8;

/// The number of units that [`starts`] compares at once.
const CHUNK: usize = 64;

/// The first place where all chunks of a long piece fit one after the other. A comparison at each
/// place would take the product of both lengths.
fn find_long(piece: &[Unit], text: &[u16]) -> Option<usize> {
    let places = text.len().checked_sub(piece.len())? + 1;
    let mut fitting = vec![0_usize; places];
    let mut chunks = 0;
    for chunk in piece.chunks(CHUNK) {
        let offset = chunks * CHUNK;
        let text = text.get(offset..offset + places + chunk.len() - 1)?;
        for start in starts(chunk, text) {
            if let Some(count) = fitting.get_mut(start) {
                *count += 1;
            }
        }
        chunks += 1;
    }
    fitting.iter().position(|count| *count == chunks)
}

/// The places where a chunk fits, by the Shift-And algorithm: bit `n` of the state says that the first
/// `n + 1` units fit the text that ends here.
fn starts(chunk: &[Unit], text: &[u16]) -> impl Iterator<Item = usize> {
    // A unit fits where both its bytes do.
    let mut low = [0_u64; 256];
    let mut high = [0_u64; 256];
    let mut last = 0;
    for (index, unit) in chunk.iter().enumerate() {
        last = 1 << index;
        match unit {
            Unit::Literal(unit) => {
                let [high_byte, low_byte] = unit.to_be_bytes();
                for (table, byte) in [(&mut low, low_byte), (&mut high, high_byte)] {
                    if let Some(bits) = table.get_mut(usize::from(byte)) {
                        *bits |= last;
                    }
                }
            }
            Unit::One | Unit::Many => {
                for bits in low.iter_mut().chain(&mut high) {
                    *bits |= last;
                }
            }
        }
    }
    let length = chunk.len();
    let mut state = 0;
    text.iter().enumerate().filter_map(move |(end, unit)| {
        let [high_byte, low_byte] = unit.to_be_bytes();
        let fitting = low.get(usize::from(low_byte))? & high.get(usize::from(high_byte))?;
        state = (state << 1 | 1) & fitting;
        (state & last != 0).then(|| end + 1 - length)
    })
}

fn fits(piece: &[Unit], text: &[u16]) -> bool {
    piece.iter().zip(text).all(|(unit, text)| unit.fits(*text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(pattern: &str, text: &str) -> bool {
        let units: Vec<_> = pattern
            .encode_utf16()
            .map(|unit| match u8::try_from(unit) {
                Ok(b'*') => Unit::Many,
                Ok(b'?') => Unit::One,
                _ => Unit::Literal(unit),
            })
            .collect();
        let text: Vec<_> = text.encode_utf16().collect();
        matches(&units, &text)
    }

    /// Pieces of every length are found at the same place.
    #[test]
    fn short_and_long_pieces() {
        for length in [1, 8, 9, 63, 64, 65, 128, 200] {
            let piece = format!("{}?\u{161}", "a".repeat(length));
            let text = format!("{}xb\u{161}", "a".repeat(length));
            assert!(
                !matched(&format!("*{piece}*"), &format!("{text}{text}")),
                "{length}"
            );
            let text = format!("b{}\u{161}\u{161}c", "a".repeat(2 * length));
            assert!(matched(&format!("*{piece}*"), &text), "{length}");
            assert!(matched(&format!("b*{piece}c"), &text), "{length}");
            // 0x61 is the lower byte of U+0161.
            let text = format!("{}ba", "a".repeat(length));
            assert!(!matched(&format!("*{piece}*"), &text), "{length}");
        }
    }

    #[test]
    fn patterns_of_actions() {
        for (pattern, name, expected) in [
            ("*", "kms:Sign", true),
            ("kms:*", "kms:Sign", true),
            ("KMS:sign", "kms:Sign", true),
            ("kms:Sig", "kms:Sign", false),
            ("kms:Sign?", "kms:Sign", false),
            ("kms:S?gn", "kms:Sign", true),
            ("kms:*n*n", "kms:Sign", false),
            ("kms:*g*n", "kms:Sign", true),
            ("kms:*Key*", "kms:DescribeKey", true),
            ("kms:Re*To", "kms:ReEncryptTo", true),
            ("kms:Re*To", "kms:ReEncryptFrom", false),
            ("kms:Sigñ", "kms:Sign", false),
            ("", "kms:Sign", false),
        ] {
            assert_eq!(covers(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("?", "", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("ab*ba", "aba", false),
            ("*ab*ab*", "ab", false),
            ("*ab*ab*", "xabab", true),
            ("a*?b", "ab", false),
            ("a*?b", "axb", true),
            ("**b", "ab", true),
            ("a?b", "a\u{10400}b", false),
            ("a??b", "a\u{10400}b", true),
            ("[a]", "a", false),
        ] {
            assert_eq!(matched(pattern, text), expected, "{pattern} {text}");
        }
    }
}
