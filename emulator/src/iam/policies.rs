//! A cache of parsed policies.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::document::{Policy, PolicyError};

/// The capacity in KiB of texts.
const CAPACITY: u64 = 4 * 1024;

/// The estimated number of entries. Most policies are small.
const ESTIMATED_POLICIES: usize = 4 * 1024;

/// Recently used policies by their texts. A policy is never stale, because another text is another
/// entry.
pub(crate) struct Policies(Cache<Box<str>, Arc<Policy>, Kilobytes>);

#[derive(Clone)]
struct Kilobytes;

impl Weighter<Box<str>, Arc<Policy>> for Kilobytes {
    fn weight(&self, text: &Box<str>, _: &Arc<Policy>) -> u64 {
        text.len() as u64 / 1024 + 1
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self(Cache::with_weighter(
            ESTIMATED_POLICIES,
            CAPACITY,
            Kilobytes,
        ))
    }
}

impl Policies {
    /// Parses a document as text.
    ///
    /// # Errors
    ///
    /// It is not a policy document.
    pub(crate) fn parse(&self, text: &str) -> Result<Arc<Policy>, PolicyError> {
        if let Some(policy) = self.0.get(text) {
            return Ok(policy);
        }
        let policy = Arc::new(Policy::parse(text)?);
        self.0.insert(text.into(), Arc::clone(&policy));
        Ok(policy)
    }
}
