//! The report of a failed case: the differences, then the complete request and response.

use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use crate::case::Case;
use crate::stage::{Exchange, Sent, Stage};

/// The report of a failed case.
pub(crate) fn text(
    case: &Case,
    file: &Value,
    stage: &Stage,
    exchange: &Exchange,
    differences: &[String],
) -> String {
    Report {
        case,
        expected: file.get("expect").unwrap_or(&Value::Null),
        stage,
        exchange,
        differences,
    }
    .to_string()
}

struct Report<'a> {
    case: &'a Case,
    expected: &'a Value,
    stage: &'a Stage,
    exchange: &'a Exchange,
    differences: &'a [String],
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Case { source, note, .. } = self.case;
        let reply = &self.exchange.reply;
        writeln!(f, "{:?}: {}", source.evidence, source.r#where)?;
        if let Some(note) = note {
            writeln!(f, "note: {note}")?;
        }
        writeln!(f, "\ndifferences:")?;
        for difference in self.differences {
            writeln!(f, "  - {difference}")?;
        }
        writeln!(f, "\nrequest:\n{}", self.exchange.sent)?;
        writeln!(f, "\nexpected:\n{:#}", self.expected)?;
        writeln!(f, "\nvariables:\n{}", self.stage.variables)?;
        writeln!(f, "actual:\nHTTP {}", reply.status)?;
        for (name, value) in reply.headers() {
            writeln!(f, "{name}: {value}")?;
        }
        writeln!(f, "\n{}", String::from_utf8_lossy(&reply.body))
    }
}

impl Display for Sent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        if let Some(target) = &self.target {
            writeln!(f, "X-Amz-Target: {target}")?;
        }
        if let Some(authorization) = &self.authorization {
            writeln!(f, "Authorization: {authorization}")?;
        }
        write!(f, "\n{}", self.body)
    }
}
