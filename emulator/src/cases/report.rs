//! The report of a case in full: the differences, then the complete request and response.

use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use super::Named;
use super::run::{Exchange, Outcome, Run};

/// The report of a case.
pub fn report(named: &Named, run: &Run) -> String {
    Report { named, run }.to_string()
}

struct Report<'a> {
    named: &'a Named,
    run: &'a Run,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let source = &self.named.case.source;
        writeln!(f, "{}: {}", source.evidence, source.r#where)?;
        if let Some(note) = &self.named.case.note {
            writeln!(f, "note: {note}")?;
        }
        match &self.run.outcome {
            Outcome::Same => writeln!(f, "\nno differences")?,
            Outcome::Different(differences) => {
                writeln!(f, "\ndifferences:")?;
                for difference in differences {
                    writeln!(f, "  - {difference}")?;
                }
            }
            Outcome::Unreached(reason) => writeln!(f, "\nno answer: {reason}")?,
            Outcome::Invalid(error) => writeln!(f, "\nan error in the case: {error}")?,
            Outcome::SetupFailed(refused) => {
                writeln!(f, "\n{refused}")?;
                writeln!(f, "\nrequest of the setup:\n{}", refused.exchange.sent)?;
            }
        }
        if let Some(Exchange { sent, .. }) = &self.run.exchange {
            writeln!(f, "\nrequest:\n{sent}")?;
        }
        let expected = self.named.file.get("expect").unwrap_or(&Value::Null);
        writeln!(f, "\nexpected:\n{expected:#}")?;
        writeln!(f, "\nvariables:\n{}", self.run.variables)?;
        if let Some(Exchange { answer, .. }) = &self.run.exchange {
            writeln!(f, "actual:\n{answer}")?;
        }
        Ok(())
    }
}
