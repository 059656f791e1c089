//! The columns of the coverage, where each applies, and the cases of a cell.

use std::collections::BTreeSet;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::cases::Evidence;
use crate::context::OperationInfo;
use crate::model::{Kind, model};

/// A part of the behaviour of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Success,
    Error {
        name: String,
        /// Whether AWS's model lists it for the operation.
        in_model: bool,
    },
    Constraints,
    KeyStates,
    DryRun,
    CrossAccount,
    Grants,
    Policies,
    /// The cases about HTTP.
    Protocol,
}

/// How well a cell is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The best evidence of its cases.
    Tested(Evidence),
    Untested,
    NotApplicable,
}

/// A column of an operation, and what shows it.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) column: Column,
    applies: bool,
    /// Names of cases and of questions, with their evidence, the best first.
    cases: BTreeSet<(Evidence, String)>,
    /// For [`Column::KeyStates`]: the states that cases show.
    pub(super) states: BTreeSet<&'static str>,
}

impl Column {
    /// Whether both are the same column of an operation.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Error { name, .. }, Self::Error { name: other, .. }) => name == other,
            _ => self == other,
        }
    }

    /// The place among the columns. Errors keep their order.
    pub(super) fn place(&self) -> usize {
        match self {
            Self::Success => 0,
            Self::Error { in_model: true, .. } => 1,
            Self::Error { .. } => 2,
            Self::Constraints => 3,
            Self::KeyStates => 4,
            Self::DryRun => 5,
            Self::CrossAccount => 6,
            Self::Grants => 7,
            Self::Policies => 8,
            Self::Protocol => 9,
        }
    }

    /// The name in a sentence or a table: of an error, the exception.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Error { name, .. } => name,
            Self::Success => "success",
            Self::Constraints => "constraints",
            Self::KeyStates => "key states",
            Self::DryRun => "dry run",
            Self::CrossAccount => "cross-account",
            Self::Grants => "grants",
            Self::Policies => "policies",
            Self::Protocol => "protocol",
        }
    }
}

impl Known {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Tested(Evidence::Recorded) => "recorded",
            Self::Tested(Evidence::Documented) => "documented",
            Self::Tested(Evidence::Inferred) => "inferred",
            Self::Untested => "untested",
            Self::NotApplicable => "not applicable",
        }
    }
}

impl Cell {
    pub(super) fn new(column: Column, applies: bool) -> Self {
        Self {
            column,
            applies,
            cases: BTreeSet::new(),
            states: BTreeSet::new(),
        }
    }

    pub(super) fn add(&mut self, evidence: Evidence, name: &str) {
        self.cases.insert((evidence, name.to_owned()));
    }

    /// A cell that does not apply can have cases: those that show the refusal.
    pub(super) fn known(&self) -> Known {
        match self.cases.first() {
            Some((evidence, _)) => Known::Tested(*evidence),
            None if self.applies => Known::Untested,
            None => Known::NotApplicable,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    /// The names with this evidence.
    pub(super) fn names(&self, evidence: Evidence) -> impl Iterator<Item = &str> {
        let own = self.cases.iter().filter(move |(of, _)| *of == evidence);
        own.map(|(_, name)| name.as_str())
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cell = serializer.serialize_struct("Cell", 5)?;
        match &self.column {
            Column::Error { name, in_model } => {
                cell.serialize_field("column", "error")?;
                cell.serialize_field("error", name)?;
                cell.serialize_field("in_model", in_model)?;
            }
            other => cell.serialize_field("column", &other.name().replace([' ', '-'], "_"))?,
        }
        cell.serialize_field("known", &self.known().as_str().replace(' ', "_"))?;
        if !self.states.is_empty() {
            cell.serialize_field("states", &self.states)?;
        }
        if self.len() > 0 {
            let cases: Vec<_> = Evidence::ALL
                .into_iter()
                .flat_map(|evidence| self.names(evidence).map(move |name| (evidence, name)))
                .map(|(evidence, name)| serde_json::json!({"name": name, "evidence": evidence}))
                .collect();
            cell.serialize_field("cases", &cases)?;
        }
        cell.end()
    }
}

/// The members that name the key of a request.
const KEY_MEMBERS: [&str; 4] = ["AliasName", "KeyId", "SourceKeyId", "TargetKeyId"];

/// The operations with another name in the list of operations of a grant.
const GRANTED_AS: [(&str, &str); 1] = [("ReEncrypt", "ReEncryptFrom")];

/// The columns of an operation, without cases.
pub(super) fn columns(info: &OperationInfo) -> Vec<Cell> {
    let operation = model().operation(info.name);
    let input = operation.and_then(|operation| operation.input);
    let members = match input.map(|input| &model().shape(input).kind) {
        Some(Kind::Structure { members }) => members.as_slice(),
        _ => &[],
    };
    let has = |name: &str| members.iter().any(|member| member.name == name);
    let errors = operation.map_or(&[][..], |operation| &operation.errors);
    let errors = errors.iter().map(|name| {
        let name = name.clone();
        let column = Column::Error {
            name,
            in_model: true,
        };
        Cell::new(column, true)
    });
    let others = [
        (Column::Success, true),
        // The model: a request without members violates none of its constraints.
        (Column::Constraints, !members.is_empty()),
        // The developer guide, "Key states of AWS KMS keys": the operations that are about a key.
        (Column::KeyStates, KEY_MEMBERS.into_iter().any(has)),
        // The model: the member `DryRun`.
        (Column::DryRun, has("DryRun")),
        // The developer guide, "KMS permissions": the column "Cross-account use".
        (Column::CrossAccount, info.action.cross_account),
        // The model: the enum `GrantOperation`.
        (Column::Grants, is_granted(info.name)),
        // Every operation needs a permission.
        (Column::Policies, true),
    ];
    let others = others.map(|(column, applies)| Cell::new(column, applies));
    errors.chain(others).collect()
}

/// Whether a grant can allow an operation.
fn is_granted(operation: &str) -> bool {
    let other = GRANTED_AS.iter().find(|(name, _)| *name == operation);
    let name = other.map_or(operation, |(_, name)| name);
    let is_enum = |name: &str| name == "GrantOperation";
    model().shapes().iter().any(|shape| match &shape.kind {
        Kind::String { values, .. } if is_enum(&shape.name) => values.iter().any(|v| v == name),
        _ => false,
    })
}
