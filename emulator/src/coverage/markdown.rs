//! The page `emulator/docs/coverage.md`.

use std::fmt::Write as _;

use super::cell::{Cell, Known};
use super::questions::FOLDER;
use super::{Coverage, Row};
use crate::cases::Evidence;

const START: &str = "# What is tested, and with which evidence?

This page is made by `kms-emulator coverage --markdown`. `kms-emulator coverage` prints it for a terminal, `--json` for programs,
and `GET /_emulator/coverage` returns that JSON. The console shows it under Coverage.

Each cell says how well the emulator knows what AWS answers: the best evidence of the cases that show it, and their number.
**recorded** is a captured response of AWS, **documented** AWS's documentation or model, **inferred** quoted by users or derived
from the other two. A cell without a case is **untested**. It is empty where it cannot apply: a dry run without the parameter
`DryRun`, cross-account use that AWS does not allow, grants for operations that no grant can allow.

- Errors: those that AWS's model lists for the operation, and others that cases show.
- Constraints: `ValidationException` about the limits of AWS's model.
- Key states: requests for keys that are not enabled. The states are in the list of each operation.
- Grants, policies: [questions about permissions][policies] that AWS answered or documents, named `authorization/…`, and requests with
  grant tokens.

All cells are derived from the cases: from their setup, request and expectation. Tests that compare with nothing of AWS are not
counted, such as those of custom key stores with a proxy.

";

/// The whole page.
pub(crate) fn markdown(coverage: &Coverage) -> String {
    let mut page = START.to_owned();
    let cells = &coverage.cells;
    // Writing to a string does not fail.
    let _ = write!(
        page,
        "| Cells | recorded | documented | inferred | untested |\n| --- | --- | --- | --- | --- |\n\
         | {} | {} | {} | {} | {} |\n\n## All operations\n\n\
         | Operation | Success | Errors | Constraints | Key states | Dry run | Cross-account | Grants | Policies |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        cells.tested.sum() + cells.untested,
        cells.tested.recorded,
        cells.tested.documented,
        cells.tested.inferred,
        cells.untested
    );
    for row in &coverage.operations {
        let mut others = row.others().map(short);
        let success = others.next().unwrap_or_default();
        let _ = writeln!(
            page,
            "| [`{}`](#{}) | {success} | {} | {} |",
            row.operation,
            row.operation.to_lowercase(),
            errors(row),
            others.collect::<Vec<_>>().join(" | ")
        );
    }
    for row in &coverage.operations {
        let _ = write!(page, "\n## {}\n\n", row.operation);
        for cell in &row.cells {
            if cell.known() != Known::NotApplicable {
                page += &item(cell);
            }
        }
    }
    let _ = write!(page, "\n## HTTP\n\n{}", item(&coverage.protocol));
    page += "\n[policies]: policies.md\n";
    page
}

fn short(cell: &Cell) -> String {
    match cell.known() {
        Known::NotApplicable => String::new(),
        Known::Untested => "untested".to_owned(),
        known @ Known::Tested(_) => format!("{} ({})", known.as_str(), cell.len()),
    }
}

/// How many of the errors are known how well.
fn errors(row: &Row) -> String {
    let counts = row.errors_by_evidence();
    let counts = counts.map(|(known, count)| format!("{count} {}", known.as_str()));
    counts.collect::<Vec<_>>().join(", ")
}

/// A cell with the names of its cases, without their folder if it is the operation.
fn item(cell: &Cell) -> String {
    let mut text = format!("- **{}**", cell.column.name());
    if !cell.states.is_empty() {
        let states: Vec<_> = cell.states.iter().copied().collect();
        let _ = write!(text, " ({})", states.join(", "));
    }
    if cell.known() == Known::Untested {
        return text + ": untested\n";
    }
    text += ":\n";
    for evidence in Evidence::ALL {
        let names: Vec<_> = cell
            .names(evidence)
            .map(|name| match name.split_once('/') {
                Some((folder, name)) if folder != FOLDER => format!("`{name}`"),
                _ => format!("`{name}`"),
            })
            .collect();
        if !names.is_empty() {
            let _ = writeln!(text, "  - {evidence}: {}", names.join(", "));
        }
    }
    text
}
