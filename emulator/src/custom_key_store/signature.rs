//! Signature Version 4 for requests to a proxy: `POST`, no query, and the headers `host` and
//! `x-amz-date`. The crate `aws-sigv4` would bring older versions of the hash crates.

use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::crypto::hmac_sha256;
use crate::hex;

const SERVICE: &str = "kms-xks-proxy";

/// The credential and the Region of a signature.
#[derive(Clone, Copy)]
pub(super) struct Signer<'s> {
    pub(super) access_key_id: &'s str,
    pub(super) secret: &'s str,
    pub(super) region: &'s str,
}

/// The two headers of a signed request.
pub(super) struct Signed {
    pub(super) date: String,
    pub(super) authorization: String,
}

impl Signer<'_> {
    /// Signs a request.
    pub(super) fn sign(self, host: &str, path: &str, body: &[u8], now: Timestamp) -> Signed {
        self.sign_for(SERVICE, host, path, body, &now.basic_text())
    }

    fn sign_for(self, service: &str, host: &str, path: &str, body: &[u8], date: &str) -> Signed {
        let day = date.get(..8).unwrap_or_default();
        let request = format!(
            "POST\n{path}\n\nhost:{host}\nx-amz-date:{date}\n\nhost;x-amz-date\n{}",
            hex::encode(&Sha256::digest(body))
        );
        let scope = format!("{day}/{}/{service}/aws4_request", self.region);
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
            hex::encode(&Sha256::digest(request))
        );
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [day, self.region, service, "aws4_request"] {
            key = hmac_sha256(&key, &[part.as_bytes()]).to_vec();
        }
        Signed {
            authorization: format!(
                "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders=host;x-amz-date, Signature={}",
                self.access_key_id,
                hex::encode(&hmac_sha256(&key, &[to_sign.as_bytes()]))
            ),
            date: date.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `post-vanilla` of AWS's Signature Version 4 test suite.
    #[test]
    fn signs_the_published_vector() {
        let signer = Signer {
            access_key_id: "AKIDEXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
        };
        let headers = signer.sign_for(
            "service",
            "example.amazonaws.com",
            "/",
            b"",
            "20150830T123600Z",
        );
        assert_eq!(
            headers.authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        );
    }
}
