//! What is known of each operation, and how well: which golden cases show its success, its errors, its constraints and more,
//! and with which evidence. Everything is derived from the cases, so a cell without a case says that it is untested.

mod cell;
mod key_states;
#[cfg(feature = "cli")]
mod markdown;
#[cfg(feature = "cli")]
mod plan;
mod questions;
mod shown;
#[cfg(test)]
mod tests;
#[cfg(feature = "cli")]
mod text;
#[cfg(feature = "cli")]
mod usage;

use std::collections::HashMap;

use serde::Serialize;

use crate::cases::{self, Evidence};
use crate::operation;
use cell::{Cell, Column, Known};

#[cfg(feature = "cli")]
pub(crate) use {
    markdown::markdown,
    plan::plan,
    text::{details, table},
};

/// All operations, with totals.
#[derive(Serialize)]
pub(crate) struct Coverage {
    /// The golden cases.
    cases: Counts,
    /// The questions about permissions.
    questions: Counts,
    /// The cells of all operations.
    cells: CellCounts,
    operations: Vec<Row>,
    /// The cases about HTTP, which have no operation.
    protocol: Cell,
}

/// One operation.
#[derive(Serialize)]
pub(crate) struct Row {
    operation: &'static str,
    cells: Vec<Cell>,
}

/// Numbers by evidence.
#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    recorded: usize,
    documented: usize,
    inferred: usize,
}

/// The cells by their best evidence.
#[derive(Clone, Copy, Default, Serialize)]
struct CellCounts {
    #[serde(flatten)]
    tested: Counts,
    untested: usize,
    not_applicable: usize,
}

impl Counts {
    fn count(&mut self, evidence: Evidence) {
        match evidence {
            Evidence::Recorded => self.recorded += 1,
            Evidence::Documented => self.documented += 1,
            Evidence::Inferred => self.inferred += 1,
        }
    }

    #[cfg(feature = "cli")]
    fn sum(self) -> usize {
        self.recorded + self.documented + self.inferred
    }
}

impl Coverage {
    /// Derives everything from the cases in the program.
    ///
    /// # Errors
    ///
    /// The text says which case cannot be read.
    pub(crate) fn new() -> Result<Self, String> {
        let mut coverage = Self {
            cases: Counts::default(),
            questions: Counts::default(),
            cells: CellCounts::default(),
            operations: operation::all()
                .iter()
                .map(|entry| Row {
                    operation: entry.info.name,
                    cells: cell::columns(&entry.info),
                })
                .collect(),
            protocol: Cell::new(Column::Protocol, true),
        };
        coverage.add_cases()?;
        coverage.add_questions()?;
        for row in &mut coverage.operations {
            row.cells.sort_by_key(|cell| cell.column.place());
        }
        coverage.count_cells();
        Ok(coverage)
    }

    /// Only these operations, in the order of the table. Names are as in the API.
    ///
    /// # Errors
    ///
    /// The name that is no operation.
    #[cfg(feature = "cli")]
    pub(crate) fn only(mut self, names: &[String]) -> Result<Self, String> {
        let is_known = |name: &&String| operation::find(name).is_some();
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            return Err(format!("KMS has no operation {unknown}"));
        }
        self.operations
            .retain(|row| names.iter().any(|name| name == row.operation));
        Ok(self)
    }

    fn add_cases(&mut self) -> Result<(), String> {
        let indices = self.indices();
        for named in cases::embedded()? {
            let evidence = named.case.source.evidence;
            self.cases.count(evidence);
            let Some(row) = indices
                .get(named.folder())
                .and_then(|index| self.operations.get_mut(*index))
            else {
                self.protocol.add(evidence, &named.name);
                continue;
            };
            let shown = shown::of(&named.case);
            for column in shown.columns {
                row.cell(column).add(evidence, &named.name);
            }
            if !shown.states.is_empty() {
                let cell = row.cell(Column::KeyStates);
                cell.add(evidence, &named.name);
                cell.states.extend(shown.states);
            }
        }
        Ok(())
    }

    fn add_questions(&mut self) -> Result<(), String> {
        let indices = self.indices();
        for question in questions::embedded()? {
            self.questions.count(question.evidence);
            let index = indices.get(question.operation.as_str());
            let row = index.and_then(|index| self.operations.get_mut(*index));
            let row = row.ok_or_else(|| format!("{}: unknown operation", question.name))?;
            for column in question.columns {
                row.cell(column).add(question.evidence, &question.name);
            }
        }
        Ok(())
    }

    fn count_cells(&mut self) {
        let all = self.operations.iter().flat_map(|row| &row.cells);
        for cell in all {
            match cell.known() {
                Known::Tested(evidence) => self.cells.tested.count(evidence),
                Known::Untested => self.cells.untested += 1,
                Known::NotApplicable => self.cells.not_applicable += 1,
            }
        }
    }

    fn indices(&self) -> HashMap<&'static str, usize> {
        let names = self.operations.iter().map(|row| row.operation);
        names.zip(0..).collect()
    }
}

impl Row {
    /// The cell of a column. One for an exception that the model does not list is added.
    fn cell(&mut self, column: Column) -> &mut Cell {
        let found = self.cells.iter().position(|cell| cell.column.is(&column));
        let index = found.unwrap_or_else(|| {
            self.cells.push(Cell::new(column, true));
            self.cells.len() - 1
        });
        #[expect(
            clippy::indexing_slicing,
            reason = "the index was found, or is that of the new cell"
        )]
        &mut self.cells[index]
    }

    /// The number of errors by their best evidence, and of those that are untested, without zeros.
    #[cfg(feature = "cli")]
    fn errors_by_evidence(&self) -> impl Iterator<Item = (Known, usize)> {
        let tested = Evidence::ALL.map(Known::Tested).into_iter();
        let counts = tested.chain([Known::Untested]).map(|known| {
            let errors = self.cells.iter().filter(|cell| {
                matches!(cell.column, Column::Error { .. }) && cell.known() == known
            });
            (known, errors.count())
        });
        counts.filter(|(_, count)| *count > 0)
    }

    /// The cells that are not errors.
    #[cfg(feature = "cli")]
    fn others(&self) -> impl Iterator<Item = &Cell> {
        self.cells
            .iter()
            .filter(|cell| !matches!(cell.column, Column::Error { .. }))
    }
}
