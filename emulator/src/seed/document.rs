//! From text to what is wanted: YAML, of which JSON is a part, read under limits; and from a field
//! back to its line.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_saphyr::{Error as YamlError, MessageFormatter as _, Options, UserMessageFormatter};

use super::error::{Fault, Field, SeedError};
use super::lines::Node;
use super::wanted::Wanted;
use super::{format, local_kms};

/// The longest seed file in bytes.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// How much anchors may be repeated in all: so much that nobody misses it, and so little that a
/// short text cannot become a long one.
const MOST_REPEATED: usize = 100_000;

/// A document of a seed file. The text is kept, because a fault is looked up in it.
#[derive(Clone)]
pub(super) struct Document {
    file: String,
    text: String,
    /// How many lines of the file are before it.
    lines_before: u64,
    pub(super) wanted: Wanted,
}

/// What tells a seed file of local-kms.
#[derive(Deserialize)]
struct Form {
    #[serde(rename = "Keys")]
    keys: Option<IgnoredAny>,
    #[serde(rename = "Aliases")]
    aliases: Option<IgnoredAny>,
}

impl Document {
    /// The documents of a file.
    pub(super) fn all(file: &str, text: &str) -> Result<Vec<Self>, SeedError> {
        if text.len() > LONGEST {
            return Err(SeedError::Wrong {
                file: file.to_owned(),
                line: None,
                field: String::new(),
                what: format!("it has more than {LONGEST} bytes"),
            });
        }
        let mut documents = Vec::new();
        let mut lines_before = 0;
        for text in split(text) {
            if has_content(&text) {
                documents.push(Self::parse(file, &text, lines_before)?);
            }
            lines_before += text.lines().count() as u64;
        }
        Ok(documents)
    }

    fn parse(file: &str, text: &str, lines_before: u64) -> Result<Self, SeedError> {
        let mut document = Self {
            file: file.to_owned(),
            text: text.to_owned(),
            lines_before,
            wanted: Wanted::default(),
        };
        // What is no map at all is refused as one of our own.
        let is_local_kms =
            read::<Form>(text).is_ok_and(|form| form.keys.is_some() || form.aliases.is_some());
        document.wanted = if is_local_kms {
            let parsed = document.typed::<local_kms::File>()?;
            local_kms::wanted(parsed).map_err(|fault| document.error(fault))?
        } else {
            Wanted::of(document.typed::<format::File>()?)
        };
        Ok(document)
    }

    fn typed<T: DeserializeOwned>(&self) -> Result<T, SeedError> {
        read(&self.text).map_err(|(field, error)| SeedError::Wrong {
            file: self.file.clone(),
            line: error
                .location()
                .map(|location| self.lines_before + location.line()),
            field: field.as_str().to_owned(),
            what: sentence(&error),
        })
    }

    /// The fault with its file and line.
    pub(super) fn error(&self, fault: Fault) -> SeedError {
        match fault {
            Fault::Store { cause } => SeedError::Store { cause },
            Fault::Wrong { field, what } => SeedError::Wrong {
                file: self.file.clone(),
                line: read::<Node>(&self.text)
                    .ok()
                    .and_then(|root| root.line_of(field.as_str()))
                    .map(|line| self.lines_before + line),
                field: field.as_str().to_owned(),
                what,
            },
        }
    }
}

/// Reads a text; if that fails, tells in which field.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, (Field, Box<YamlError>)> {
    let options: Options = serde_saphyr::options! {
        with_snippet: false,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MOST_REPEATED },
    };
    let mut field = Field::default();
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |yaml| {
        serde_path_to_error::deserialize(yaml).map_err(|error| {
            // A path of no steps is written as a dot.
            field = Field::new(error.path().to_string().trim_start_matches('.'));
            error.into_inner()
        })
    })
    .map_err(|error| (field, Box::new(error)))
}

/// What is wrong, in one line. A value that is of the wrong kind is not shown: it may be a secret.
fn sentence(error: &YamlError) -> String {
    match error.without_snippet() {
        YamlError::SerdeInvalidType { expected, .. }
        | YamlError::SerdeInvalidValue { expected, .. } => format!("expected {expected}"),
        error => {
            let message = UserMessageFormatter.format_message(error);
            message
                .escape_debug()
                .to_string()
                .replace("\\\"", "\"")
                .replace("\\'", "'")
        }
    }
}

/// Whether there is anything but comments, markers and directives.
fn has_content(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}').trim();
        !line.is_empty() && !line.starts_with(['#', '%']) && line != "---" && line != "..."
    })
}

/// The documents of a stream. A line that begins with three hyphens and a blank begins one,
/// wherever it stands: YAML forbids it inside of anything.
fn split(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let is_marker = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if is_marker {
            documents.push(String::new());
        }
        if let Some(document) = documents.last_mut() {
            document.push_str(line);
        }
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_split_at_markers_alone() {
        let text = "%YAML 1.2\n---\na: 1\n--- # two\nb: |\n  -----BEGIN\n  ---\n...\n";
        let documents = split(text);
        assert_eq!(documents.concat(), text);
        assert_eq!(documents.len(), 3);
        assert!(!has_content(&documents[0]));
        assert!(has_content(&documents[2]));
    }
}
