//! Tokens of identity providers. The emulator knows no providers, so it cannot check signatures.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::tags::Tag;
use crate::api::AccountId;
use crate::clock::Timestamp;
use crate::error::StsError;
use crate::iam::Context;
use crate::one_or_many::OneOrMany;

/// Providers that trust policies name without an ARN (IAM User Guide).
const WELL_KNOWN: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// The claims of a token that STS reads.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    aud: OneOrMany<String>,
    azp: Option<String>,
    amr: Option<OneOrMany<String>>,
    exp: Option<i64>,
    #[serde(rename = "https://aws.amazon.com/tags", default)]
    tags: ClaimedTags,
    #[serde(rename = "https://aws.amazon.com/source_identity")]
    pub(super) source_identity: Option<String>,
}

/// Session tags in a token (IAM User Guide, on session tags).
#[derive(Default, Deserialize)]
struct ClaimedTags {
    #[serde(default)]
    principal_tags: BTreeMap<String, OneOrMany<String>>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
}

impl Claims {
    /// Reads the claims of a JSON Web Token.
    ///
    /// # Errors
    ///
    /// `InvalidIdentityToken`; `ExpiredTokenException`.
    pub(super) fn read(token: &str, now: Timestamp) -> Result<Self, StsError> {
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(StsError::malformed_identity_token(
                "a text without three parts",
            ));
        };
        let malformed = StsError::malformed_identity_token;
        let payload = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| malformed("a payload that is not base64url"))?;
        let claims: Self = serde_json::from_slice(&payload)
            .map_err(|_| malformed("a payload without these claims"))?;
        let now = now.millis() / 1000;
        match claims.exp {
            Some(expiration) if expiration <= now => {
                Err(StsError::expired_identity_token(now, expiration))
            }
            _ => Ok(claims),
        }
    }

    pub(super) fn audience(&self) -> &str {
        self.aud.as_slice().first().map_or("", String::as_str)
    }

    /// The session tags, and the keys of those that are transitive.
    pub(super) fn tags(&self) -> (Vec<Tag>, &[String]) {
        let tags = self.tags.principal_tags.iter().map(|(key, values)| Tag {
            key: key.clone(),
            value: values.as_slice().first().cloned().unwrap_or_default(),
        });
        (tags.collect(), &self.tags.transitive_tag_keys)
    }

    /// The issuer without `https://`.
    fn host(&self) -> &str {
        let iss = &self.iss;
        let host = iss.strip_prefix("https://").unwrap_or(iss);
        host.trim_end_matches('/')
    }

    /// The names of the provider in trust policies of an account.
    pub(super) fn provider(&self, partition: &str, account: &AccountId) -> Vec<String> {
        let host = self.host();
        let mut names = vec![format!(
            "arn:{partition}:iam::{account}:oidc-provider/{host}"
        )];
        if WELL_KNOWN.contains(&host) {
            names.push(host.to_owned());
        }
        names
    }

    /// The condition keys of the token, which begin with the issuer.
    pub(super) fn keys(&self, provider: &str) -> Context {
        let mut context = Context::default();
        let host = self.host();
        context.set(&format!("{host}:sub"), self.sub.as_str());
        // The authorized party of Google's tokens takes the place of the audience (IAM User Guide).
        match &self.azp {
            Some(azp) if host == "accounts.google.com" => {
                context.set(&format!("{host}:aud"), azp.as_str());
                context.set(&format!("{host}:oaud"), self.audience());
            }
            _ => context.set_values(&format!("{host}:aud"), self.aud.as_slice().to_vec()),
        }
        if let Some(amr) = &self.amr {
            context.set_list(&format!("{host}:amr"), amr.as_slice().to_vec());
        }
        context.set("aws:FederatedProvider", provider);
        context
    }
}
