//! Errors of seeds. Each is one line with the file, the line number and the field.

use std::error::Error as StdError;
use std::{fmt, io};

use super::MAX_BYTES;
use crate::error::Error;
use crate::store::StoreError;

/// The reason why a seed was not applied. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The file cannot be read.
    #[error("cannot read the seed {file}: {source}")]
    Unreadable {
        /// The file or folder.
        file: String,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file is too large.
    #[error("{file}: a seed file may have up to {MAX_BYTES} bytes")]
    TooLarge {
        /// The file.
        file: String,
    },
    /// A field is invalid.
    #[error("{file}{}: {message}", Position(.line, .field))]
    Invalid {
        /// The file.
        file: String,
        /// The line, counted from 1, if it is known.
        line: Option<u64>,
        /// The field, such as `keys[1].material.pem`; empty for the file as a whole.
        field: String,
        /// The reason.
        message: String,
    },
    /// The data folder cannot be read or written.
    #[error("cannot store the seed: {message}")]
    Store {
        /// The error with its causes.
        message: String,
        /// The cause.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
}

/// `:12: keys[1].material`
struct Position<'a>(&'a Option<u64>, &'a str);

impl fmt::Display for Position<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(line, field) = self;
        if let Some(line) = line {
            write!(formatter, ":{line}")?;
        }
        if !field.is_empty() {
            write!(formatter, ": {field}")?;
        }
        Ok(())
    }
}

/// The path of a field in a document: `keys[1].material.pem`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldPath(String);

/// A document is not valid YAML or JSON, or a value has the wrong type. Callers prefix the path.
#[derive(Debug)]
pub(super) struct ParseError {
    pub(super) line: Option<u64>,
    pub(super) path: String,
    pub(super) message: String,
}

/// The reason why a document cannot be applied. [`SeedError`] adds the file and the line.
#[derive(Debug)]
pub(super) enum Problem {
    Invalid {
        path: FieldPath,
        message: String,
    },
    Store {
        message: String,
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
}

impl ParseError {
    /// Replaces control characters of the document, so that the message is one line.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            line: None,
            path: String::new(),
            message: message.into().replace(char::is_control, " "),
        }
    }

    /// Sets the line, unless a more precise one is known.
    pub(super) fn at(mut self, line: u64) -> Self {
        self.line.get_or_insert(line);
        self
    }

    /// Prefixes the path with a field, or with an item such as `[1]`.
    pub(super) fn within(mut self, step: &str) -> Self {
        let is_field = !self.path.is_empty() && !self.path.starts_with('[');
        let dot = if is_field { "." } else { "" };
        self.path = format!("{step}{dot}{}", self.path);
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}

impl StdError for ParseError {}

impl FieldPath {
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

    /// The field is invalid.
    pub(super) fn invalid(&self, message: impl fmt::Display) -> Problem {
        Problem::Invalid {
            path: self.clone(),
            message: message.to_string(),
        }
    }

    /// KMS rejects the field. The message is the one of KMS.
    pub(super) fn rejected(&self, error: impl Into<Error>) -> Problem {
        match error.into() {
            Error::Internal(internal) => {
                let message = internal.chain().to_string();
                let source = Some(internal.into_source());
                Problem::Store { message, source }
            }
            error => self.invalid(error.description()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Store {
            message: error.to_string(),
            source: Some(error.into()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        FieldPath::default().rejected(error)
    }
}
