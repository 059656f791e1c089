//! Reports: text, JSON, XML of `JUnit` and one HTML page.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod text;

use super::{Report, result::Totals};

/// The differences that only an inference supports, of all.
fn inferred(report: &Report) -> Totals {
    report.totals_of(super::Entry::is_inferred)
}
