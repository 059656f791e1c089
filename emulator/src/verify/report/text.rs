//! The report for a terminal.

use std::fmt::Write as _;

use super::inferred;
use crate::cases::Evidence;
use crate::verify::{Report, Verdict};

/// The differences, then what was not reached, then the totals.
pub(crate) fn text(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    for entry in &report.entries {
        let Verdict::Different(differences) = &entry.verdict else {
            continue;
        };
        writeln!(out, "different: {} ({})", entry.name, entry.evidence)?;
        writeln!(out, "  {}", entry.source)?;
        for difference in differences {
            writeln!(out, "  {}", difference.place)?;
            writeln!(out, "    expected {}", difference.expected)?;
            writeln!(out, "    answered {}", difference.actual)?;
        }
        writeln!(out)?;
    }
    let totals = report.by_operation();
    let width = totals.keys().map(|name| name.len()).max().unwrap_or(0);
    writeln!(out, "{:width$}  same  different  not reached", "")?;
    for (operation, totals) in totals {
        writeln!(
            out,
            "{operation:width$} {:5} {:10} {:12}",
            totals.same, totals.different, totals.not_reached
        )?;
    }
    writeln!(out)?;
    for evidence in [Evidence::Recorded, Evidence::Documented, Evidence::Inferred] {
        let totals = report.totals_of(|entry| entry.evidence == evidence);
        let name = evidence.to_string();
        writeln!(
            out,
            "{name:width$} {:5} {:10} {:12}",
            totals.same, totals.different, totals.not_reached
        )?;
    }
    let reasons = report.by_reason();
    if !reasons.is_empty() {
        writeln!(out, "\nnot reached:")?;
    }
    for (reason, count) in reasons {
        writeln!(out, "  {count:4} {reason}")?;
    }
    for line in &report.left {
        writeln!(out, "\nnot removed: {line}")?;
    }
    if let Some(why) = &report.ended {
        writeln!(out, "\nthe run ended early: {why}")?;
    }
    let all = report.totals();
    writeln!(
        out,
        "\n{} of {} cases compared: {} the same, {} different ({} of them with inferred evidence \
         only); {} not reached",
        all.same + all.different,
        report.entries.len(),
        all.same,
        all.different,
        inferred(report).different,
        all.not_reached,
    )
}
