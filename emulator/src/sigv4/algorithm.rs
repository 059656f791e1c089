//! The algorithms of signatures.

/// The end of each scope.
pub(super) const TERMINATOR: &str = "aws4_request";

/// The algorithm of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// Signature Version 4.
    Hmac,
    /// `SigV4a`: one signature for several Regions.
    Ecdsa,
}

impl Algorithm {
    pub(super) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Hmac, Self::Ecdsa];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hmac => "AWS4-HMAC-SHA256",
            Self::Ecdsa => "AWS4-ECDSA-P256-SHA256",
        }
    }
}
