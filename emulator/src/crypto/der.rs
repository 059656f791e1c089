//! Encoding of DER values. KMS mixes DER with indefinite lengths, and the `der` crate has no types
//! for its structures, so the ciphertext formats are assembled from these parts.

use const_oid::ObjectIdentifier;
use zeroize::Zeroizing;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
/// `[0]`, explicit: around a value with its own tag.
pub(crate) const EXPLICIT_0: u8 = 0xa0;
/// `[1]`, explicit.
pub(crate) const EXPLICIT_1: u8 = 0xa1;
/// `[0]`, implicit: replaces the tag of a primitive value.
pub(crate) const IMPLICIT_0: u8 = 0x80;

/// Encodes a value from the parts of its content. The content may be secret, so the buffer never
/// reallocates and is overwritten when dropped.
pub(crate) fn value(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = parts.iter().map(|part| part.len()).sum();
    let head = header(tag, length);
    let mut der = Zeroizing::new(Vec::with_capacity(head.len() + length));
    der.extend_from_slice(&head);
    for part in parts {
        der.extend_from_slice(part);
    }
    der
}

/// Encodes an object identifier.
pub(crate) fn oid(oid: ObjectIdentifier) -> Zeroizing<Vec<u8>> {
    value(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

/// Encodes the tag and the length of a value.
pub(crate) fn header(tag: u8, length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let mut octets = bytes.as_slice();
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    match octets {
        [] => vec![tag, 0],
        [octet @ 0..=0x7f] => vec![tag, *octet],
        // A length has at most eight octets, so the count fits below the flag.
        _ => {
            let count = u8::try_from(octets.len()).unwrap_or(0x7f);
            [&[tag, 0x80 | count], octets].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(header(4, 0), [4, 0]);
        assert_eq!(header(4, 127), [4, 127]);
        assert_eq!(header(4, 128), [4, 0x81, 128]);
        assert_eq!(header(4, 256), [4, 0x82, 1, 0]);
        assert_eq!(*value(SEQUENCE, &[&[1], &[2, 3]]), [0x30, 3, 1, 2, 3]);
    }
}
