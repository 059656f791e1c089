//! The signature that a request presents: in the header `Authorization`, or in its query.

use std::borrow::Cow;

use super::canonical::encoded;
use crate::clock::Timestamp;
use crate::error::{SignatureError, SignedService};
use crate::protocol::Request;

/// The parts of a signature, as the request has them.
pub(super) struct Presented<'r> {
    pub(super) algorithm: Cow<'r, str>,
    pub(super) credential: Cow<'r, str>,
    pub(super) signed_headers: Cow<'r, str>,
    pub(super) signature: Cow<'r, str>,
    pub(super) date: Cow<'r, str>,
    pub(super) token: Option<Cow<'r, str>>,
    /// The Regions of a `SigV4a` signature.
    pub(super) region_set: Option<Cow<'r, str>>,
}

impl<'r> Presented<'r> {
    /// Reads the signature of a request.
    pub(super) fn read(
        request: &Request<'r>,
        service: SignedService,
    ) -> Result<Self, SignatureError> {
        let algorithm = request.query_value("X-Amz-Algorithm");
        match (request.authorization, algorithm) {
            (Some(_), Some(_)) => Err(SignatureError::two_signatures()),
            (None, None) => Err(SignatureError::missing(service)),
            (Some(header), None) => Self::from_header(request, header),
            (None, Some(algorithm)) => Self::from_query(request, algorithm),
        }
    }

    /// Commas, blanks or both separate the parts of the header.
    fn from_header(request: &Request<'r>, header: &'r str) -> Result<Self, SignatureError> {
        // A search for one character is much faster than for one of two.
        let parts = header.split(' ').flat_map(|part| part.split(','));
        let mut parts = parts.filter(|part| !part.is_empty());
        let algorithm = parts.next().unwrap_or_default();
        let mut values = Vec::new();
        for part in parts {
            let pair = part.split_once('=');
            values.push(pair.ok_or_else(|| SignatureError::not_a_pair(part, header))?);
        }
        let value = |name: &str| {
            let found = values.iter().find(|(other, _)| *other == name);
            found.map_or("", |(_, value)| value)
        };
        let date = request.header("x-amz-date").or(request.header("date"));
        let names = ["Credential", "Signature", "SignedHeaders"];
        let missing: Vec<_> = names
            .into_iter()
            .filter(|name| value(name).is_empty())
            .collect();
        let (Some(date), true) = (date, missing.is_empty()) else {
            let lacks_date = date.is_none();
            return Err(SignatureError::incomplete_header(
                &missing, lacks_date, header,
            ));
        };
        let presented = Self {
            algorithm: algorithm.into(),
            credential: value("Credential").into(),
            signed_headers: value("SignedHeaders").into(),
            signature: value("Signature").into(),
            date: date.into(),
            token: request.header("x-amz-security-token").map(Cow::from),
            region_set: None,
        };
        let region_set = request.header("x-amz-region-set").map(Cow::from);
        Ok(Self {
            region_set: region_set.filter(|_| presented.signs("x-amz-region-set")),
            ..presented
        })
    }

    fn from_query(request: &Request<'r>, algorithm: Cow<'r, str>) -> Result<Self, SignatureError> {
        let value = |name: &str| {
            let value = request.query_value(name);
            value.filter(|value| !value.is_empty())
        };
        let names = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
        ];
        let [_, credential, signature, signed_headers, date] = names.map(value);
        if let (Some(credential), Some(signature), Some(signed_headers), Some(date), false) = (
            credential,
            signature,
            signed_headers,
            date,
            algorithm.is_empty(),
        ) {
            return Ok(Self {
                algorithm,
                credential,
                signed_headers,
                signature,
                date,
                token: value("X-Amz-Security-Token"),
                region_set: value("X-Amz-Region-Set"),
            });
        }
        let missing = names.into_iter().filter(|name| value(name).is_none());
        let missing: Vec<_> = missing.collect();
        Err(SignatureError::incomplete_query(&missing))
    }

    /// A canonical request for the log. The token is a credential.
    pub(super) fn without_token<'c>(&self, canonical: &'c str) -> Cow<'c, str> {
        match self.token.as_deref() {
            None | Some("") => canonical.into(),
            Some(token) => canonical
                .replace(token, "…")
                .replace(&encoded(token), "…")
                .into(),
        }
    }

    /// Whether a header is signed.
    pub(super) fn signs(&self, name: &str) -> bool {
        let mut names = self.signed_headers.split(';');
        names.any(|signed| signed.eq_ignore_ascii_case(name))
    }
}

/// The time of a date in ISO 8601's basic format: `20270101T000000Z`.
pub(super) fn time(date: &str) -> Option<Timestamp> {
    let is_basic = date.len() == 16
        && date.bytes().enumerate().all(|(index, byte)| match index {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    is_basic.then(|| date.parse().ok()).flatten()
}
