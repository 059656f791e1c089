//! Errors of signatures, and every message about them. KMS and STS have the same messages under
//! different codes.
//!
//! The wrong signature, the old signature and the unknown access key of KMS are quoted by users. The
//! other messages are those of Kinesis, Athena and EMR, whose protocol and front end are those of KMS,
//! and for details that are not known there, of DynamoDB.

use super::{Code, Error, KmsError, Mismatch, StsCode, StsError};

/// A service that checks signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedService {
    Kms,
    Sts,
}

/// The reason why a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignatureError {
    kind: Kind,
    message: Option<String>,
    /// What the message does not say. An error without a message always has it.
    reason: Option<Mismatch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Missing,
    Incomplete,
    Invalid,
    UnknownClient,
}

impl SignedService {
    /// The name in the scope of a credential.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Sts => "sts",
        }
    }
}

impl SignatureError {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: Some(message.into()),
            reason: None,
        }
    }

    /// An error whose message is not known.
    fn without_message(kind: Kind, reason: Mismatch) -> Self {
        Self {
            kind,
            message: None,
            reason: Some(reason),
        }
    }

    /// Adds what AWS's message does not say.
    fn because(self, reason: Mismatch) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// The error of a service.
    pub(crate) fn of(self, service: SignedService) -> Error {
        let Self {
            kind,
            message,
            reason,
        } = self;
        match service {
            SignedService::Kms => KmsError {
                code: match kind {
                    Kind::Missing => Code::MissingAuthenticationToken,
                    Kind::Incomplete => Code::IncompleteSignature,
                    Kind::Invalid => Code::InvalidSignature,
                    Kind::UnknownClient => Code::UnrecognizedClient,
                },
                message,
                in_front: false,
                reason,
            }
            .into(),
            SignedService::Sts => StsError {
                code: match kind {
                    Kind::Missing => StsCode::MissingAuthenticationToken,
                    Kind::Incomplete => StsCode::IncompleteSignature,
                    Kind::Invalid => StsCode::SignatureDoesNotMatch,
                    Kind::UnknownClient => StsCode::InvalidClientTokenId,
                },
                message,
                reason,
            }
            .into(),
        }
    }

    /// A signature in the header and in the query. Kinesis and DynamoDB.
    pub(crate) fn two_signatures() -> Self {
        Self::new(
            Kind::Invalid,
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        )
    }

    /// No signature. Kinesis, Secrets Manager and Comprehend Medical; STS.
    pub(crate) fn missing(service: SignedService) -> Self {
        Self::new(
            Kind::Missing,
            match service {
                SignedService::Kms => "Missing Authentication Token",
                SignedService::Sts => "Request is missing Authentication Token",
            },
        )
    }

    /// A part of the header without a value. DynamoDB, Cloud9 and STS.
    pub(crate) fn not_a_pair(part: &str, header: &str) -> Self {
        Self::new(
            Kind::Incomplete,
            format!(
                "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: \
                 '{header}'."
            ),
        )
    }

    /// Parts of the header are missing. Kinesis.
    pub(crate) fn incomplete_header(parts: &[&str], lacks_date: bool, header: &str) -> Self {
        let sentences = parts.iter();
        let sentences =
            sentences.map(|part| format!("Authorization header requires '{part}' parameter. "));
        let mut message: String = sentences.collect();
        if lacks_date {
            message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
                        header. ";
        }
        Self::new(Kind::Incomplete, format!("{message}Authorization={header}"))
    }

    /// Parameters of a signature in the query are missing. Kinesis.
    pub(crate) fn incomplete_query(names: &[&str]) -> Self {
        let sentences = names.iter();
        let sentences =
            sentences.map(|name| format!("AWS query-string parameters must include '{name}'. "));
        let message: String = sentences.collect();
        Self::new(
            Kind::Incomplete,
            message + "Re-examine the query-string parameters.",
        )
    }

    /// DynamoDB.
    pub(crate) fn malformed_date(date: &str) -> Self {
        Self::new(
            Kind::Incomplete,
            format!(
                "Date must be in ISO-8601 'basic format'. Got '{date}'. See \
                 http://en.wikipedia.org/wiki/ISO_8601"
            ),
        )
    }

    /// Quoted by users of KMS.
    pub(crate) fn expired(date: &str, earliest: &str, now: &str, minutes: u64) -> Self {
        Self::new(
            Kind::Invalid,
            format!(
                "Signature expired: {date} is now earlier than {earliest} ({now} - {minutes} min.)"
            ),
        )
    }

    /// Quoted by users of Kinesis.
    pub(crate) fn not_yet_current(date: &str, latest: &str, now: &str, minutes: u64) -> Self {
        Self::new(
            Kind::Invalid,
            format!(
                "Signature not yet current: {date} is still later than {latest} ({now} + {minutes} \
                 min.)"
            ),
        )
    }

    /// Quoted by users of Lambda. DynamoDB of 2013 did not name `:authority`.
    pub(crate) fn host_is_not_signed() -> Self {
        Self::new(
            Kind::Invalid,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        )
    }

    /// DynamoDB.
    pub(crate) fn unsupported_algorithm(algorithm: &str) -> Self {
        Self::new(
            Kind::Incomplete,
            format!("Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). "),
        )
    }

    /// DynamoDB.
    pub(crate) fn malformed_credential(credential: &str) -> Self {
        Self::new(
            Kind::Incomplete,
            format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            ),
        )
    }

    /// The same for `SigV4a`, whose scope has four elements. The message is not known.
    pub(crate) fn malformed_sigv4a_credential(credential: &str) -> Self {
        let reason = Mismatch::new(
            "Credential",
            "keyid/date/service/aws4_request",
            format!("`{credential}`"),
        );
        Self::without_message(Kind::Incomplete, reason)
    }

    /// A credential for another request: sentences of [`scope_sentence`].
    pub(crate) fn wrong_scope(sentences: &str) -> Self {
        Self::new(Kind::Invalid, sentences)
    }

    /// A `SigV4a` signature that is not for the Region. The message is not known.
    pub(crate) fn wrong_region_set(region: &str, set: Option<&str>) -> Self {
        let reason = Mismatch::new(
            "X-Amz-Region-Set",
            format!("a signed set with {region}"),
            set.map_or_else(|| "none".to_owned(), |set| format!("`{set}`")),
        );
        Self::without_message(Kind::Invalid, reason)
    }

    /// Recorded for KMS, and for STS quoted by users.
    pub(crate) fn unknown_access_key(id: &str) -> Self {
        let reason = Mismatch::new(
            "Credential",
            "the access key of a seeded identity or of a session, with its secret",
            format!("`{id}`"),
        );
        Self::new(
            Kind::UnknownClient,
            "The security token included in the request is invalid.",
        )
        .because(reason)
    }

    /// The session token is not that of the access key. DynamoDB; without a full stop.
    pub(crate) fn wrong_token(has_session: bool, has_token: bool) -> Self {
        let expected = if has_session {
            "the token of the session"
        } else {
            "none, because the access key is that of no session"
        };
        let found = if has_token { "another" } else { "none" };
        let reason = Mismatch::new("X-Amz-Security-Token", expected, found);
        Self::new(
            Kind::UnknownClient,
            "The security token included in the request is invalid",
        )
        .because(reason)
    }

    /// Quoted by users of KMS and of STS. Athena adds what should have been signed. Whether KMS does is
    /// not known. `hash` is that of the canonical request: if the client signed the same, the secret is
    /// wrong, else the request.
    pub(crate) fn mismatch(hash: &str) -> Self {
        let reason = Mismatch::new(
            "Signature",
            format!("one of the canonical request with SHA-256 {hash}"),
            "another",
        );
        Self::new(
            Kind::Invalid,
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        )
        .because(reason)
    }
}

/// Sentences about the scope of a credential. AWS joins those that apply.
pub(crate) mod scope_sentence {
    /// Secrets Manager and STS since 2022; before, it named the Region.
    pub(crate) const REGION: &str = "Credential should be scoped to a valid region. ";

    /// Recorded for EMR, with the blank at the end.
    pub(crate) fn service(name: &str) -> String {
        format!("Credential should be scoped to correct service: '{name}'. ")
    }

    /// DynamoDB.
    pub(crate) fn terminator(found: &str) -> String {
        format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{found}'. "
        )
    }

    /// DynamoDB.
    pub(crate) fn date(found: &str, expected: &str, date: &str) -> String {
        format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{found}' != '{expected}', from '{date}'."
        )
    }
}
