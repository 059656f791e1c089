//! SHA-256 of whole requests, with `aws-lc-rs`: on processors without instructions for it, it takes half
//! the time of `sha2`.

use aws_lc_rs::digest::{SHA256, digest};

/// The hash of a message.
pub(crate) fn sha256(message: &[u8]) -> impl AsRef<[u8]> {
    digest(&SHA256, message)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    #[test]
    fn agrees_with_sha2() {
        for length in [0, 1, 55, 56, 63, 64, 65, 1000] {
            let message = vec![7; length];
            let expected: [u8; 32] = Sha256::digest(&message).into();
            assert_eq!(super::sha256(&message).as_ref(), expected, "{length}");
        }
    }
}
