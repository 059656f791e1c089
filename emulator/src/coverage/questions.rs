//! The questions about permissions that AWS answered or documents, which `build.rs` packed. `fixtures/authorization/README.md`
//! in the repository describes them.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde::Deserialize;

use super::cell::Column;
use crate::cases::Evidence;

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/questions.zlib"));

/// The folder in the names of questions.
pub(super) const FOLDER: &str = "authorization";

/// More than all questions have.
const MAX_LENGTH: usize = 64 << 20;

/// A question that a test asks.
pub(super) struct Question {
    pub(super) name: String,
    pub(super) operation: String,
    pub(super) evidence: Evidence,
    pub(super) columns: Vec<Column>,
}

/// A line of the files. The other members are not about coverage.
#[derive(Deserialize)]
struct Line {
    id: String,
    evidence: String,
    decision: String,
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    grants: Vec<serde_json::Value>,
    caller: Caller,
    request: Request,
}

#[derive(Deserialize)]
struct Caller {
    arn: Option<String>,
}

#[derive(Deserialize)]
struct Request {
    operation: String,
    key: Option<Key>,
}

#[derive(Deserialize)]
struct Key {
    arn: String,
}

/// All questions that the tests ask.
pub(super) fn embedded() -> Result<Vec<Question>, String> {
    let text = decompress_to_vec_zlib_with_limit(PACKED, MAX_LENGTH).map_err(|e| e.to_string())?;
    let text = String::from_utf8(text).map_err(|e| e.to_string())?;
    let lines = text.lines().map(|line| {
        let line: Line = serde_json::from_str(line).map_err(|e| format!("{line}: {e}"))?;
        Ok::<_, String>(line.question())
    });
    lines.filter_map(Result::transpose).collect()
}

impl Line {
    /// `None` for a line that is for reading only.
    fn question(self) -> Option<Question> {
        let is_undecided = ["conflict", "unclear"].contains(&self.decision.as_str());
        if self.weak || is_undecided {
            return None;
        }
        let evidence = match self.evidence.as_str() {
            "recorded" => Evidence::Recorded,
            "documented" => Evidence::Documented,
            "quoted" => Evidence::Inferred,
            _ => return None,
        };
        let mut columns = vec![Column::Policies];
        if !self.grants.is_empty() {
            columns.push(Column::Grants);
        }
        let key = self.request.key.as_ref().map(|key| key.arn.as_str());
        let caller = self.caller.arn.as_deref();
        if let Some((key, caller)) = key.and_then(account).zip(caller.and_then(account))
            && key != caller
        {
            columns.push(Column::CrossAccount);
        }
        // The two permissions of one operation.
        let operation = match self.request.operation.as_str() {
            "ReEncryptFrom" | "ReEncryptTo" => "ReEncrypt",
            other => other,
        };
        Some(Question {
            name: format!("{FOLDER}/{}", self.id),
            operation: operation.to_owned(),
            evidence,
            columns,
        })
    }
}

/// The account of an ARN.
fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
