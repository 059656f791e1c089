//! The documents of a file, and the lines of their fields.

use super::error::{ParseError, Problem, SeedError};
use super::spec::SeedSpec;
use super::yaml::Node;
use super::{MAX_BYTES, format, local_kms};

/// A document of a seed file. It keeps the parsed tree, to find the lines of problems.
#[derive(Clone)]
pub(super) struct SeedDocument {
    file: String,
    root: Node,
    /// The number of lines of the file before this document.
    lines_before: u64,
    pub(super) spec: SeedSpec,
}

impl SeedDocument {
    /// The documents of a file.
    pub(super) fn parse_all(file: &str, text: &str) -> Result<Vec<Self>, SeedError> {
        if text.len() > MAX_BYTES {
            return Err(SeedError::TooLarge {
                file: file.to_owned(),
            });
        }
        let mut documents = Vec::new();
        let mut lines_before = 0;
        let texts = split(text);
        for (index, text) in texts.iter().enumerate() {
            if has_content(text) {
                documents.push(Self::parse(file, text, lines_before)?);
            } else if let Err(error) = check_directives(text, index + 1 < texts.len()) {
                return Err(invalid(file, lines_before, error));
            }
            lines_before += text.lines().count() as u64;
        }
        Ok(documents)
    }

    fn parse(file: &str, text: &str, lines_before: u64) -> Result<Self, SeedError> {
        let invalid = |error| invalid(file, lines_before, error);
        let mut document = Self {
            file: file.to_owned(),
            root: Node::read(text).map_err(invalid)?,
            lines_before,
            spec: SeedSpec::default(),
        };
        let root = &document.root;
        let is_local_kms = ["Keys", "Aliases"]
            .iter()
            .any(|name| root.field(name).is_some());
        document.spec = if is_local_kms {
            let file = root.typed().map_err(invalid)?;
            local_kms::spec(file).map_err(|problem| document.error(problem))?
        } else {
            root.typed::<format::File>().map_err(invalid)?.into()
        };
        Ok(document)
    }

    /// Adds the file and the line to a problem.
    pub(super) fn error(&self, problem: Problem) -> SeedError {
        match problem {
            Problem::Store { message, source } => SeedError::Store { message, source },
            Problem::Invalid { path, message } => SeedError::Invalid {
                file: self.file.clone(),
                line: Some(self.lines_before + self.root.line_of(path.as_str())),
                field: path.as_str().to_owned(),
                message,
            },
        }
    }
}

fn invalid(file: &str, lines_before: u64, error: ParseError) -> SeedError {
    SeedError::Invalid {
        file: file.to_owned(),
        line: error.line.map(|line| lines_before + line),
        field: error.path,
        message: error.message,
    }
}

/// Checks the directives before a document, which the document is parsed without.
fn check_directives(text: &str, has_document: bool) -> Result<(), ParseError> {
    for (number, line) in (1..).zip(text.lines()) {
        if !line.starts_with('%') {
            continue;
        }
        let mut words = line.split_whitespace();
        let is_known = match words.next() {
            Some("%YAML") => words
                .next()
                .is_some_and(|version| version.starts_with("1.")),
            Some("%TAG") => true,
            _ => false,
        };
        let message = match (is_known, has_document) {
            (false, _) => "unknown directive; expected %YAML 1.2",
            (true, false) => "a directive needs a document that starts with ---",
            (true, true) => continue,
        };
        return Err(ParseError::new(message).at(number));
    }
    Ok(())
}

/// Whether a text has anything but comments, markers and directives.
fn has_content(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}').trim();
        !line.is_empty() && !line.starts_with(['#', '%']) && line != "---" && line != "..."
    })
}

/// Splits a file into its documents. A line that starts with `---` and white space always starts a
/// document: YAML allows no such line in a value.
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
    fn splits_at_document_markers_only() {
        let text = "%YAML 1.2\n---\na: 1\n--- # two\nb: |\n  -----BEGIN\n  ---\n...\n";
        let documents = split(text);
        assert_eq!(documents.concat(), text);
        assert_eq!(documents.len(), 3);
        assert!(!has_content(&documents[0]));
        assert!(has_content(&documents[2]));
    }
}
