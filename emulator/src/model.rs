//! AWS's own model of the KMS API: which operations there are, and what limits their members
//! have. `model/kms.json` is a trimmed copy of botocore's; `model/README.md` says which version,
//! under what licence, and how to refresh it.
//!
//! The model is data, interpreted by [`crate::constraint`], so that a limit is AWS's own and not
//! a number somebody typed. Where real KMS is known to differ from its model, the difference is
//! written down in `constraint/observed.rs`.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// The model, indexed. It is the same for everyone, so the process has one.
pub(crate) fn model() -> &'static Model {
    static MODEL: LazyLock<Model> =
        LazyLock::new(|| Model::parse(include_str!("../model/kms.json")));
    &MODEL
}

/// Operations by name and shapes by number.
pub(crate) struct Model {
    operations: HashMap<String, Operation>,
    shapes: Vec<Shape>,
}

/// One operation of the API.
pub(crate) struct Operation {
    pub(crate) name: String,
    /// The shape of its input; an operation without members has none.
    pub(crate) input: Option<ShapeId>,
    /// The shape of its output.
    pub(crate) output: Option<ShapeId>,
}

/// The place of a shape in [`Model`]: members refer to shapes by number, so that checking a
/// request looks nothing up by name.
#[derive(Clone, Copy)]
pub(crate) struct ShapeId(usize);

/// One shape: its name, whether its value may be shown in an error, and its kind.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) sensitive: bool,
    pub(crate) kind: Kind,
}

/// What a shape is, with the limits that apply to it.
pub(crate) enum Kind {
    Structure {
        members: Vec<Member>,
    },
    List {
        element: ShapeId,
        length: Limits,
    },
    Map {
        value: ShapeId,
    },
    String {
        length: Limits,
        pattern: Option<Pattern>,
        values: Vec<String>,
    },
    Blob {
        length: Limits,
    },
    Integer {
        value: Limits,
    },
    Boolean,
    Timestamp,
}

/// A member of a structure.
pub(crate) struct Member {
    /// As on the wire: `KeyId`.
    pub(crate) name: String,
    /// As errors write it: `keyId`.
    pub(crate) label: String,
    pub(crate) shape: ShapeId,
    pub(crate) required: bool,
}

/// The least and the greatest length or value, both inclusive.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// A pattern as the model writes it, and the whole-text expression it stands for.
pub(crate) struct Pattern {
    pub(crate) text: String,
    regex: Regex,
}

impl Model {
    /// What the operations are called, in no order.
    #[cfg(test)]
    pub(crate) fn operation_names(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    pub(crate) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    pub(crate) fn shape(&self, id: ShapeId) -> &Shape {
        #[expect(
            clippy::indexing_slicing,
            reason = "only `parse` makes a ShapeId, in range"
        )]
        &self.shapes[id.0]
    }

    /// # Panics
    ///
    /// If the checked-in model is not one; `tests` below load it, so that no release has it.
    #[expect(
        clippy::expect_used,
        reason = "the model is part of the program, not input"
    )]
    fn parse(text: &str) -> Self {
        let document: Document = serde_json::from_str(text).expect("model/kms.json is well formed");
        let ids: HashMap<&str, ShapeId> = document
            .shapes
            .0
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (name.as_str(), ShapeId(index)))
            .collect();
        let id = |name: &String| {
            *ids.get(name.as_str())
                .expect("every shape named is defined")
        };

        let shapes = document.shapes.0.iter().map(|(name, raw)| Shape {
            name: name.clone(),
            sensitive: raw.sensitive,
            kind: raw.kind(&id),
        });
        let operations = document.operations.0.iter().map(|(name, raw)| {
            (
                name.clone(),
                Operation {
                    name: name.clone(),
                    input: raw.input.as_ref().map(&id),
                    output: raw.output.as_ref().map(&id),
                },
            )
        });
        Self {
            shapes: shapes.collect(),
            operations: operations.collect(),
        }
    }
}

impl Pattern {
    /// Whether the whole of `text` matches, as Java's `Matcher.matches` has it.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

#[derive(Deserialize)]
struct Document {
    operations: Ordered<RawOperation>,
    shapes: Ordered<RawShape>,
}

#[derive(Deserialize)]
struct RawOperation {
    input: Option<String>,
    output: Option<String>,
}

#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: Ordered<String>,
    member: Option<String>,
    value: Option<String>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    #[serde(default)]
    sensitive: bool,
}

impl RawShape {
    #[expect(
        clippy::expect_used,
        clippy::panic,
        reason = "the model is part of the program"
    )]
    fn kind(&self, id: &impl Fn(&String) -> ShapeId) -> Kind {
        let limits = Limits {
            min: self.min,
            max: self.max,
        };
        match self.kind.as_str() {
            "structure" => Kind::Structure {
                members: self
                    .members
                    .0
                    .iter()
                    .map(|(name, shape)| Member {
                        name: name.clone(),
                        label: label(name),
                        shape: id(shape),
                        required: self.required.contains(name),
                    })
                    .collect(),
            },
            "list" => Kind::List {
                element: id(self.member.as_ref().expect("a list has an element shape")),
                length: limits,
            },
            "map" => Kind::Map {
                value: id(self.value.as_ref().expect("a map has a value shape")),
            },
            "string" => Kind::String {
                length: limits,
                pattern: self.pattern.as_ref().map(|text| Pattern {
                    text: text.clone(),
                    regex: Regex::new(&format!("^(?:{text})$")).expect("every pattern compiles"),
                }),
                values: self.values.clone(),
            },
            "blob" => Kind::Blob { length: limits },
            "integer" | "long" => Kind::Integer { value: limits },
            "boolean" => Kind::Boolean,
            "timestamp" => Kind::Timestamp,
            other => panic!("the model has a kind of shape that is not known: {other}"),
        }
    }
}

/// `KeyId` is `keyId` in an error, `AWSAccountId` would be `aWSAccountId`: only the first letter
/// changes, as in the recorded answers.
fn label(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// A JSON object in the order it is written: the order of members is the order of violations.
struct Ordered<T>(Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }

        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_has_every_operation_of_the_api() {
        assert_eq!(model().operations.len(), 56);
    }

    #[test]
    fn members_keep_the_order_of_the_model() {
        let input = model().operation("Sign").unwrap().input.unwrap();
        let Kind::Structure { members } = &model().shape(input).kind else {
            panic!("an input is a structure");
        };
        let labels: Vec<_> = members.iter().map(|member| member.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "keyId",
                "message",
                "messageType",
                "grantTokens",
                "signingAlgorithm",
                "dryRun"
            ]
        );
    }
}
