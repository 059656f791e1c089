//! The canonical form of a request.

use std::fmt::Write as _;

use crate::crypto::sha256;
use crate::hex;
use crate::protocol::Request;

/// A canonical request of an SDK fits into this number of bytes.
const TYPICAL_LENGTH: usize = 1024;

/// The canonical request. The hash is always that of the body: a header with another hash, such as
/// `x-amz-content-sha256: UNSIGNED-PAYLOAD`, does not replace it.
pub(super) fn request(request: &Request<'_>, signed_headers: &str) -> String {
    let Request {
        method,
        path,
        query,
        body,
        ..
    } = request;
    let query = query.map_or_else(String::new, canonical_query);
    let mut text = String::with_capacity(TYPICAL_LENGTH);
    for part in [method, path, query.as_str()] {
        text += part;
        text.push('\n');
    }
    for name in names(signed_headers) {
        text += name;
        text.push(':');
        for (index, value) in request.header_values(name).enumerate() {
            if index > 0 {
                text.push(',');
            }
            push_trimmed(&mut text, value);
        }
        text.push('\n');
    }
    text + "\n" + signed_headers + "\n" + &hex::encode(sha256(body).as_ref())
}

/// The names of signed headers, sorted. Each is there once, because a header that is named many times would make the
/// text very long.
fn names(signed_headers: &str) -> Vec<&str> {
    let mut names: Vec<_> = signed_headers.split(';').collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The query without its signature, sorted.
fn canonical_query(query: &str) -> String {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let pairs = pairs.filter(|(name, _)| name != "X-Amz-Signature");
    let mut pairs: Vec<_> = pairs
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    pairs.sort();
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// A text with every byte escaped that RFC 3986 does not call unreserved.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

/// Adds a value without the blanks around it, and with one blank for each run of them.
fn push_trimmed(text: &mut String, value: &str) {
    let words = value.split(' ').filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(word);
    }
}
