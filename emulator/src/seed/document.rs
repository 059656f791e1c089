//! From a file to what is wanted, under limits; and from a field back to its line.

use super::error::{Fault, SeedError, Wrong};
use super::wanted::Wanted;
use super::yaml::Node;
use super::{format, local_kms};

/// The longest seed file in bytes.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// A document of a seed file. The tree is kept, because a fault is looked up in it.
#[derive(Clone)]
pub(super) struct Document {
    file: String,
    root: Node,
    /// How many lines of the file are before it.
    lines_before: u64,
    pub(super) wanted: Wanted,
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
        let refused = |wrong: Wrong| SeedError::Wrong {
            file: file.to_owned(),
            line: wrong.line.map(|line| lines_before + line),
            field: wrong.field,
            what: wrong.what,
        };
        let mut document = Self {
            file: file.to_owned(),
            root: Node::read(text).map_err(refused)?,
            lines_before,
            wanted: Wanted::default(),
        };
        let root = &document.root;
        let is_local_kms = ["Keys", "Aliases"]
            .iter()
            .any(|name| root.field(name).is_some());
        document.wanted = if is_local_kms {
            let parsed = root.typed().map_err(refused)?;
            local_kms::wanted(parsed).map_err(|fault| document.error(fault))?
        } else {
            Wanted::of(root.typed::<format::File>().map_err(refused)?)
        };
        Ok(document)
    }

    /// The fault with its file and line.
    pub(super) fn error(&self, fault: Fault) -> SeedError {
        match fault {
            Fault::Store { cause } => SeedError::Store { cause },
            Fault::Wrong { field, what } => SeedError::Wrong {
                file: self.file.clone(),
                line: Some(self.lines_before + self.root.line_of(field.as_str())),
                field: field.as_str().to_owned(),
                what,
            },
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
