//! Signs the requests that the emulator sends.

use super::algorithm::{Algorithm, TERMINATOR};
use super::scope::Scope;
use super::{canonical, key};
use crate::clock::Timestamp;
use crate::protocol::Request;

/// The credential, the Region and the service of a signature.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'s> {
    pub(crate) access_key_id: &'s str,
    pub(crate) secret: &'s str,
    pub(crate) region: &'s str,
    pub(crate) service: &'s str,
}

/// The two headers of a signed request.
pub(crate) struct Signed {
    pub(crate) date: String,
    pub(crate) authorization: String,
}

impl Signer<'_> {
    /// Signs a `POST` without a query: the headers `host` and `x-amz-date`.
    pub(crate) fn sign(self, host: &str, path: &str, body: &[u8], now: Timestamp) -> Signed {
        let request = Request {
            method: "POST",
            path,
            headers: &[("host", host)],
            body,
            ..Request::default()
        };
        self.sign_request(&request, now)
    }

    /// Signs a request with all its headers, whose names are in lower case, and `x-amz-date`.
    pub(crate) fn sign_request(self, request: &Request<'_>, now: Timestamp) -> Signed {
        let date = now.basic_text();
        let scope = Scope {
            access_key_id: self.access_key_id,
            day: date.get(..8).unwrap_or_default(),
            region: self.region,
            service: self.service,
            terminator: TERMINATOR,
        };
        let mut headers = request.headers.to_vec();
        headers.push(("x-amz-date", &date));
        headers.sort_unstable();
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        let signed_headers = names.join(";");
        let request = Request {
            headers: &headers,
            ..*request
        };
        let canonical = canonical::request(&request, &signed_headers);
        let scope_text = scope.text();
        let to_sign = key::string_to_sign(Algorithm::Hmac, &date, &scope_text, &canonical);
        let signature = key::sign(self.secret, &scope, &to_sign);
        Signed {
            authorization: format!(
                "{} Credential={}/{scope_text}, SignedHeaders={signed_headers}, \
                 Signature={signature}",
                Algorithm::Hmac.name(),
                self.access_key_id,
            ),
            date,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `post-vanilla` of AWS's Signature Version 4 test suite.
    #[test]
    fn signs_the_published_vector() {
        let key = Signer {
            access_key_id: "AKIDEXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "service",
        };
        let now = "2015-08-30T12:36:00Z".parse().unwrap();
        let signed = key.sign("example.amazonaws.com", "/", b"", now);
        assert_eq!(signed.date, "20150830T123600Z");
        assert_eq!(
            signed.authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        );
    }
}
