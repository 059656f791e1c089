//! The text of a state, piece by piece.
//!
//! A client that reads slowly, or not at all, holds one piece and shares the records with the store.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{FORMAT, KINDS, SCHEDULED, StateError, VERSION};
use crate::kms::Snapshot;
use crate::store::{Bytes, StoreError, record};

/// A piece ends with the record that reaches this size.
const MIN_BYTES: usize = 64 * 1024;

/// The pieces of the text. The text is that of `serde_json`'s pretty format.
pub(crate) struct Pieces {
    snapshot: Snapshot,
    position: Position,
}

enum Position {
    Start,
    /// After the record with that name.
    After(String),
    End,
}

impl Pieces {
    /// # Errors
    ///
    /// A record is damaged. The first pieces would hide it.
    pub(super) fn new(snapshot: Snapshot) -> Result<Self, StateError> {
        for (name, bytes) in snapshot.records().iter() {
            if !matches!(kind(name), "meta" | SCHEDULED) && KINDS.contains(&kind(name)) {
                record::decode::<IgnoredAny>(name, bytes)?;
            }
        }
        Ok(Self {
            snapshot,
            position: Position::Start,
        })
    }

    /// Adds records to a piece. Returns the name of the last one, or `None` if all are written.
    fn records(
        &self,
        after: Option<&str>,
        piece: &mut String,
    ) -> Result<Option<String>, StateError> {
        let mut is_first = after.is_none();
        for (name, bytes) in self.snapshot.records().after(after) {
            let Some(value) = value(name, bytes)? else {
                continue;
            };
            piece.push_str(if is_first { "\n" } else { ",\n" });
            is_first = false;
            let name_text = serde_json::to_string(name).map_err(StateError::unwritable)?;
            piece.push_str("    ");
            piece.push_str(&name_text);
            piece.push_str(": ");
            piece.push_str(&indented(&value, "    ")?);
            if piece.len() >= MIN_BYTES {
                return Ok(Some(name.to_owned()));
            }
        }
        piece.push_str(if is_first { "}\n}\n" } else { "\n  }\n}\n" });
        Ok(None)
    }

    fn head(&self) -> Result<String, StateError> {
        let clock = indented(&self.snapshot.clock(), "  ")?;
        Ok(format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {VERSION},\n  \"clock\": {clock},\n  \
             \"records\": {{"
        ))
    }

    fn piece(&mut self) -> Result<Option<String>, StateError> {
        let (mut piece, after) = match std::mem::replace(&mut self.position, Position::End) {
            Position::Start => (self.head()?, None),
            Position::After(name) => (String::new(), Some(name)),
            Position::End => return Ok(None),
        };
        if let Some(last) = self.records(after.as_deref(), &mut piece)? {
            self.position = Position::After(last);
        }
        Ok(Some(piece))
    }
}

impl Iterator for Pieces {
    type Item = Result<String, StateError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.piece().transpose()
    }
}

/// The JSON of a record; `None` for an index.
pub(super) fn value(name: &str, bytes: &Bytes) -> Result<Option<Value>, StoreError> {
    Ok(match kind(name) {
        "meta" => Some(STANDARD.encode(bytes).into()),
        SCHEDULED => Some(Value::Null),
        kind if KINDS.contains(&kind) => Some(record::decode(name, bytes)?),
        _ => None,
    })
}

fn kind(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

/// JSON whose lines after the first are indented. A text in JSON has no line breaks.
fn indented(value: &impl Serialize, by: &str) -> Result<String, StateError> {
    let text = serde_json::to_string_pretty(value).map_err(StateError::unwritable)?;
    Ok(text.replace('\n', &format!("\n{by}")))
}
