//! The log of sled, for the rescue of a damaged database.
//!
//! sled ignores everything after a damaged byte. A corrected checksum makes it read a damaged message like
//! any other. Then only the record with the damage is lost, because each record has its own checksum.
//!
//! | Bytes of a message | Content |
//! | --- | --- |
//! | 4 | CRC-32 of the content, then of the other bytes of this header, inverted, little endian |
//! | 1 | the kind, 0 after the last message of a segment |
//! | 1 to 9 each | the length of the content, the number of the segment, the number of the page |

/// The length of the header of a segment.
const SEGMENT_HEADER: usize = 20;
/// No message begins closer to the end of a segment.
const MAX_MESSAGE_HEADER: usize = 32;
/// The kind of the message after which a segment has no others.
const LAST_KIND: u8 = 2;
const MAX_KIND: u8 = 11;

struct Message {
    kind: u8,
    segment: u64,
    header: usize,
    content: usize,
}

impl Message {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.get(4..)?;
        let (kind, after) = rest.split_first()?;
        rest = after;
        let content = usize::try_from(number(&mut rest)?).ok()?;
        let segment = number(&mut rest)?;
        number(&mut rest)?;
        let message = Self {
            kind: *kind,
            segment,
            header: bytes.len() - rest.len(),
            content,
        };
        (message.kind <= MAX_KIND && content <= rest.len()).then_some(message)
    }

    fn length(&self) -> usize {
        self.header + self.content
    }
}

/// A number of 1 to 9 bytes.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    let (number, length) = match *first {
        first @ 0..=240 => (first.into(), 0),
        first @ 241..=248 => (
            240 + 256 * u64::from(first - 241) + u64::from(*rest.first()?),
            1,
        ),
        249 => (
            2288 + 256 * u64::from(*rest.first()?) + u64::from(*rest.get(1)?),
            2,
        ),
        first => {
            let length = usize::from(first - 247);
            let bytes = rest.get(..length)?.iter().rev();
            (
                bytes.fold(0, |number, byte| number << 8 | u64::from(*byte)),
                length,
            )
        }
    };
    *bytes = rest.get(length..)?;
    Some(number)
}

/// Corrects the checksums of messages. Returns the number of corrections.
pub(super) fn mend(log: &mut [u8], segment_size: usize) -> usize {
    log.chunks_mut(segment_size).map(mend_segment).sum()
}

fn mend_segment(segment: &mut [u8]) -> usize {
    let mut corrections = 0;
    let mut at = SEGMENT_HEADER;
    let mut number = None;
    while at + MAX_MESSAGE_HEADER <= segment.len() {
        let Some((before, bytes)) = segment.split_at_mut_checked(at) else {
            break;
        };
        debug_assert_eq!(before.len(), at);
        let Some(message) = Message::read(bytes) else {
            break;
        };
        // Messages of an earlier use of the segment may follow.
        if message.kind == 0 || *number.get_or_insert(message.segment) != message.segment {
            break;
        }
        let length = message.length();
        let next = bytes.get(length..).and_then(Message::read);
        let has_next = next.is_none_or(|next| next.kind == 0 || next.segment == message.segment);
        if let Some(message_bytes) = bytes.get_mut(..length)
            && let Some(expected) = checksum(message_bytes, message.header)
            && let Some(stored) = message_bytes.first_chunk_mut()
            && *stored != expected
        {
            if !has_next {
                break;
            }
            *stored = expected;
            corrections += 1;
        }
        if message.kind == LAST_KIND {
            break;
        }
        at += length;
    }
    corrections
}

fn checksum(message: &[u8], header: usize) -> Option<[u8; 4]> {
    let (header, content) = message.split_at_checked(header)?;
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(content);
    hasher.update(header.get(4..)?);
    Some((!hasher.finalize()).to_le_bytes())
}
