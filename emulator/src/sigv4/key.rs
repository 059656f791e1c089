//! What is signed of a request, and the signature with HMAC.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::algorithm::Algorithm;
use super::scope::Scope;
use crate::crypto::{HmacSha256, hmac_sha256, sha256};
use crate::hex;

/// What is signed of a request.
pub(super) fn string_to_sign(
    algorithm: Algorithm,
    date: &str,
    scope: &str,
    canonical: &str,
) -> String {
    [algorithm.name(), date, scope, &hash(canonical)].join("\n")
}

/// The hash of a canonical request.
pub(super) fn hash(canonical: &str) -> String {
    hex::encode(sha256(canonical.as_bytes()).as_ref())
}

/// The maximum number of known keys.
const MAX_KEYS: usize = 1000;

/// The keys of recent signatures with HMAC. A secret has one for each day, Region and service.
pub(crate) struct SigningKeys(Cache<String, Arc<HmacSha256>>);

impl Default for SigningKeys {
    fn default() -> Self {
        Self(Cache::new(MAX_KEYS))
    }
}

impl SigningKeys {
    /// The signature with HMAC. The scope must be [checked](Scope::check), so that no part of it has
    /// a line break.
    pub(super) fn sign(&self, secret: &str, scope: &Scope<'_>, to_sign: &str) -> String {
        let parts = [
            scope.day,
            scope.region,
            scope.service,
            scope.terminator,
            secret,
        ];
        let name = parts.join("\n");
        let key = self.0.get(&name).unwrap_or_else(|| {
            let key = Arc::new(derived(secret, scope));
            self.0.insert(name, Arc::clone(&key));
            key
        });
        signature(&key, to_sign)
    }
}

/// The signature with HMAC, of a key that is used once.
pub(super) fn sign(secret: &str, scope: &Scope<'_>, to_sign: &str) -> String {
    signature(&derived(secret, scope), to_sign)
}

fn signature(key: &HmacSha256, to_sign: &str) -> String {
    hex::encode(key.mac(to_sign.as_bytes()).as_ref())
}

fn derived(secret: &str, scope: &Scope<'_>) -> HmacSha256 {
    let Scope {
        day,
        region,
        service,
        terminator,
        ..
    } = scope;
    let key = format!("AWS4{secret}");
    let key = hmac_sha256(key.as_bytes(), &[day.as_bytes()]);
    let key = hmac_sha256(&key, &[region.as_bytes()]);
    let key = hmac_sha256(&key, &[service.as_bytes()]);
    HmacSha256::new(&hmac_sha256(&key, &[terminator.as_bytes()]))
}
