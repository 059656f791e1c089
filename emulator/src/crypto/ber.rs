//! BER with indefinite lengths, rewritten as DER. KMS accepts private keys in BER (recorded), and the
//! `der` crate reads DER only.

use zeroize::Zeroizing;

use super::der::{OCTET_STRING, header};

/// The length octet of an indefinite length.
const INDEFINITE: u8 = 0x80;
const CONSTRUCTED: u8 = 0x20;
/// The tag of an OCTET STRING in segments.
const SEGMENTED: u8 = OCTET_STRING | CONSTRUCTED;
/// Private keys have at most four levels.
const MAX_DEPTH: usize = 8;

/// Rewrites one value as DER. `None` if the bytes are not exactly one value.
pub(super) fn to_der(ber: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (der, rest) = value(ber, MAX_DEPTH)?;
    rest.is_empty().then_some(der)
}

/// Reads one value. Returns it as DER, and the bytes after it.
fn value(ber: &[u8], depth: usize) -> Option<(Zeroizing<Vec<u8>>, &[u8])> {
    let (&[tag, length], rest) = ber.split_first_chunk()?;
    // Private keys have no tags of several octets.
    if tag & 0x1f == 0x1f {
        return None;
    }
    if length == INDEFINITE {
        let (content, rest) = elements(tag, rest, depth, true)?;
        return Some((encode(tag, &content), rest));
    }
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        _ => long_length(length & 0x7f, rest)?,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    if tag & CONSTRUCTED == 0 {
        return Some((encode(tag, content), rest));
    }
    let (content, _) = elements(tag, content, depth, false)?;
    Some((encode(tag, &content), rest))
}

/// Reads the elements of a constructed value, up to the end of the bytes or to the end marker.
fn elements(
    tag: u8,
    mut ber: &[u8],
    depth: usize,
    has_end_marker: bool,
) -> Option<(Zeroizing<Vec<u8>>, &[u8])> {
    let depth = depth.checked_sub(1)?;
    if tag & CONSTRUCTED == 0 {
        return None;
    }
    let mut content = Zeroizing::new(Vec::with_capacity(ber.len()));
    loop {
        if has_end_marker && let Some(rest) = ber.strip_prefix(&[0, 0]) {
            return Some((content, rest));
        }
        if ber.is_empty() {
            return (!has_end_marker).then_some((content, ber));
        }
        let (element, rest) = value(ber, depth)?;
        if tag == SEGMENTED {
            content.extend_from_slice(segment(&element)?);
        } else {
            content.extend_from_slice(&element);
        }
        ber = rest;
    }
}

/// The content of an OCTET STRING in DER.
fn segment(der: &[u8]) -> Option<&[u8]> {
    let (&[tag, length], rest) = der.split_first_chunk()?;
    let skipped = usize::from(length & 0x7f) * usize::from(length >= INDEFINITE);
    (tag == OCTET_STRING).then(|| rest.get(skipped..))?
}

fn encode(tag: u8, content: &[u8]) -> Zeroizing<Vec<u8>> {
    let tag = if tag == SEGMENTED { OCTET_STRING } else { tag };
    let head = header(tag, content.len());
    let mut der = Zeroizing::new(Vec::with_capacity(head.len() + content.len()));
    der.extend_from_slice(&head);
    der.extend_from_slice(content);
    der
}

/// A length of several octets. BER allows more than are needed.
fn long_length(count: u8, ber: &[u8]) -> Option<(usize, &[u8])> {
    let (octets, rest) = ber.split_at_checked(count.into())?;
    let mut length = 0_usize;
    for octet in octets {
        length = length.checked_mul(256)?.checked_add(usize::from(*octet))?;
    }
    Some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(ber: &[u8]) -> Option<Vec<u8>> {
        to_der(ber).map(|der| der.to_vec())
    }

    #[test]
    fn der_stays_the_same() {
        for bytes in [
            &[0x30, 0x03, 0x02, 0x01, 0x05][..],
            &[0x04, 0x00],
            &[0x30, 0x05, 0x30, 0x03, 0x04, 0x01, 0x09],
        ] {
            assert_eq!(der(bytes).unwrap(), bytes);
        }
    }

    #[test]
    fn rewrites_indefinite_and_long_lengths_and_segments() {
        let expected = [0x30, 0x03, 0x02, 0x01, 0x05];
        assert_eq!(
            der(&[0x30, 0x80, 0x02, 0x01, 0x05, 0, 0]).unwrap(),
            expected
        );
        assert!(der(&[0x30, 0x82, 0, 3, 0x02, 0x81, 1, 0x05]).is_none());
        assert_eq!(
            der(&[0x30, 0x82, 0, 4, 0x02, 0x81, 1, 0x05]).unwrap(),
            expected
        );
        let segments = [0x24, 0x80, 0x04, 0x01, 7, 0x04, 0x02, 8, 9, 0, 0];
        assert_eq!(der(&segments).unwrap(), [0x04, 0x03, 7, 8, 9]);
    }

    #[test]
    fn rejects_malformed_values() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x80, 0x02, 0x01, 0x05],
            &[0x30, 0x80, 0x02, 0x01, 0x05, 0, 0, 0],
            &[0x02, 0x80, 0, 0],
            &[0x30, 0x05, 0x02, 0x01, 0x05],
            &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            &[0x24, 0x03, 0x02, 0x01, 0x05],
            &[0x30, 0x80].repeat(100),
        ] {
            assert!(der(bytes).is_none(), "{bytes:?}");
        }
    }
}
