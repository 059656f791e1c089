//! The coverage for a terminal.

use std::fmt::Write as _;

use super::cell::{Cell, Known};
use super::{Coverage, Row};
use crate::cases::Evidence;

/// One line per operation, and the totals.
pub(crate) fn table(coverage: &Coverage) -> String {
    let header = [
        "operation",
        "success",
        "errors",
        "constraints",
        "key states",
        "dry run",
        "cross-account",
        "grants",
        "policies",
    ];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    for row in &coverage.operations {
        let mut line = vec![row.operation.to_owned()];
        let mut others = row.others().map(short);
        line.extend(others.next());
        line.push(errors(row));
        line.extend(others);
        lines.push(line);
    }
    let mut text = aligned(&lines);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "\nR recorded, D documented, I inferred: the best evidence, and the number of cases. \
         - untested, n/a not applicable.\n\
         An error counts once, with its best evidence.\n\n{}",
        totals(coverage)
    );
    text
}

/// The cells of each operation with their cases.
pub(crate) fn details(coverage: &Coverage) -> String {
    let mut text = String::new();
    for row in &coverage.operations {
        let _ = writeln!(text, "{}", row.operation);
        for cell in &row.cells {
            let known = cell.known().as_str();
            let states: Vec<_> = cell.states.iter().copied().collect();
            let states = match states.as_slice() {
                [] => String::new(),
                states => format!(" ({})", states.join(", ")),
            };
            let _ = writeln!(text, "  {}: {known}{states}", cell.column.name());
            for evidence in Evidence::ALL {
                for name in cell.names(evidence) {
                    let _ = writeln!(text, "    {evidence:<10} {name}");
                }
            }
        }
    }
    text
}

fn totals(coverage: &Coverage) -> String {
    let Coverage {
        cases,
        questions,
        cells,
        ..
    } = coverage;
    format!(
        "{} golden cases: {} recorded, {} documented, {} inferred\n\
         {} questions about permissions: {} recorded, {} documented, {} inferred\n\
         {} cells of all operations: {} recorded, {} documented, {} inferred, {} untested\n",
        cases.sum(),
        cases.recorded,
        cases.documented,
        cases.inferred,
        questions.sum(),
        questions.recorded,
        questions.documented,
        questions.inferred,
        cells.tested.sum() + cells.untested,
        cells.tested.recorded,
        cells.tested.documented,
        cells.tested.inferred,
        cells.untested
    )
}

fn short(cell: &Cell) -> String {
    match cell.known() {
        Known::Tested(evidence) => format!("{} {}", letter(evidence), cell.len()),
        Known::Untested => "-".to_owned(),
        Known::NotApplicable => "n/a".to_owned(),
    }
}

/// The number of errors by their best evidence: `R 3, D 1, - 2`.
fn errors(row: &Row) -> String {
    let counts = row.errors_by_evidence().map(|(known, count)| {
        let sign = match known {
            Known::Tested(evidence) => letter(evidence),
            _ => "-",
        };
        format!("{sign} {count}")
    });
    counts.collect::<Vec<_>>().join(", ")
}

fn letter(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Recorded => "R",
        Evidence::Documented => "D",
        Evidence::Inferred => "I",
    }
}

/// Columns that are as wide as their widest cell.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let widths: Vec<_> = (0..columns)
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(String::len).max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths);
        let padded: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text += padded.join("  ").trim_end();
        text.push('\n');
    }
    text
}
