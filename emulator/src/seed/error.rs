//! What can be wrong with a seed, each as one sentence that says where.

use std::fmt;

use crate::error::Error;
use crate::store::StoreError;

/// Why a seed was not sown. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeedError {
    /// The file cannot be read.
    Unreadable {
        /// The file or folder.
        file: String,
        /// What the system says.
        cause: String,
    },
    /// A field is wrong.
    Wrong {
        /// The file.
        file: String,
        /// The line, counted from 1, where it is known.
        line: Option<u64>,
        /// The field, such as `keys[1].material.pem`; empty for the file as a whole.
        field: String,
        /// What is wrong.
        what: String,
    },
    /// The store takes nothing, or is damaged.
    Store {
        /// What the store says.
        cause: String,
    },
}

impl fmt::Display for SeedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, cause } => {
                write!(formatter, "cannot read the seed {file}: {cause}")
            }
            Self::Wrong {
                file,
                line,
                field,
                what,
            } => {
                formatter.write_str(file)?;
                if let Some(line) = line {
                    write!(formatter, ":{line}")?;
                }
                if !field.is_empty() {
                    write!(formatter, ": {field}")?;
                }
                write!(formatter, ": {what}")
            }
            Self::Store { cause } => write!(formatter, "cannot keep the seed: {cause}"),
        }
    }
}

impl std::error::Error for SeedError {}

/// A field of a document: `keys[1].material.pem`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field(String);

/// What is wrong with a document, and where: known from the inside out.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) line: Option<u64>,
    pub(super) field: String,
    pub(super) what: String,
}

/// Why a document is not sown, before it is known in which line.
#[derive(Debug)]
pub(super) enum Fault {
    Wrong { field: Field, what: String },
    Store { cause: String },
}

impl Wrong {
    /// In one line, whatever the document's own words are.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            line: None,
            field: String::new(),
            what: what.into().replace(char::is_control, " "),
        }
    }

    /// It is in this line, unless it is known better.
    pub(super) fn at(mut self, line: u64) -> Self {
        self.line.get_or_insert(line);
        self
    }

    /// It is within a field, or an item such as `[1]`.
    pub(super) fn within(mut self, step: &str) -> Self {
        let is_path = !self.field.is_empty() && !self.field.starts_with('[');
        let dot = if is_path { "." } else { "" };
        self.field = format!("{step}{dot}{}", self.field);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.field, self.what)
    }
}

impl std::error::Error for Wrong {}

impl Field {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    pub(super) fn member(&self, name: &str) -> Self {
        match (self.0.as_str(), name) {
            ("", name) => Self(name.to_owned()),
            (_, "") => self.clone(),
            (path, name) => Self(format!("{path}.{name}")),
        }
    }

    pub(super) fn at(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// It is wrong, for this reason.
    pub(super) fn wrong(&self, what: impl fmt::Display) -> Fault {
        Fault::Wrong {
            field: self.clone(),
            what: what.to_string(),
        }
    }

    /// KMS refuses it, with its own words.
    pub(super) fn refused(&self, error: impl Into<Error>) -> Fault {
        match error.into() {
            Error::Internal(internal) => Fault::Store {
                cause: internal.chain().to_string(),
            },
            error => self.wrong(
                error
                    .message()
                    .unwrap_or_else(|| error.wire_name().to_owned()),
            ),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store {
            cause: error.to_string(),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Field::default().refused(error)
    }
}
