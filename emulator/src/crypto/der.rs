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

/// Appends an object identifier.
pub(crate) fn write_oid(oid: &ObjectIdentifier, to: &mut Vec<u8>) {
    write_header(OBJECT_IDENTIFIER, oid.as_bytes().len(), to);
    to.extend_from_slice(oid.as_bytes());
}

/// The length of an encoded object identifier.
pub(crate) fn oid_length(oid: &ObjectIdentifier) -> usize {
    let length = oid.as_bytes().len();
    header_length(length) + length
}

/// Encodes the tag and the length of a value.
pub(crate) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(header_length(length));
    write_header(tag, length, &mut header);
    header
}

/// Appends the tag and the length of a value.
pub(crate) fn write_header(tag: u8, length: usize, to: &mut Vec<u8>) {
    to.push(tag);
    let bytes = length.to_be_bytes();
    let octets = bytes.get(bytes.len() - octets_of(length)..);
    // A length has at most eight octets, so the count fits below the flag.
    match octets.unwrap_or_default() {
        [] => to.push(0),
        [octet @ 0..=0x7f] => to.push(*octet),
        octets => {
            to.push(0x80 | u8::try_from(octets.len()).unwrap_or(0x7f));
            to.extend_from_slice(octets);
        }
    }
}

/// The length of a tag and a length.
pub(crate) fn header_length(length: usize) -> usize {
    let octets = if length > 0x7f { octets_of(length) } else { 0 };
    2 + octets
}

/// The number of bytes of a number without leading zeros.
fn octets_of(length: usize) -> usize {
    size_of::<usize>() - length.leading_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use const_oid::db::rfc5911::ID_DATA;

    use super::*;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(header(4, 0), [4, 0]);
        assert_eq!(header(4, 127), [4, 127]);
        assert_eq!(header(4, 128), [4, 0x81, 128]);
        assert_eq!(header(4, 256), [4, 0x82, 1, 0]);
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536, usize::MAX] {
            assert_eq!(header(4, length).len(), header_length(length), "{length}");
        }
        assert_eq!(oid(ID_DATA).len(), oid_length(&ID_DATA));
        assert_eq!(*value(SEQUENCE, &[&[1], &[2, 3]]), [0x30, 3, 1, 2, 3]);
    }
}
