//! The answer of `ListGrants` and `ListRetirableGrants`.

use serde::Serialize;

use crate::grant::GrantListEntry;
use crate::page::Page;

/// `ListGrantsResponse`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GrantList {
    grants: Vec<GrantListEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

impl GrantList {
    /// The answer for a finished page.
    pub(crate) fn new(page: Page<GrantListEntry>) -> Self {
        let (grants, next_marker) = page.finish();
        Self {
            grants,
            truncated: next_marker.is_some(),
            next_marker,
        }
    }
}
