//! AWS's models of the APIs of KMS and STS: operations, and the constraints of their members.
//! `model/kms.json` and `model/sts.json` are trimmed copies of botocore's models; `model/README.md`
//! has their versions, their licence, and how to refresh them.
//!
//! [`crate::constraint`] applies the model, so every limit comes from AWS. `constraint/observed.rs`
//! has the known differences between KMS and its model.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// The model of KMS, parsed once per process.
pub(crate) fn model() -> &'static Model {
    static MODEL: LazyLock<Model> =
        LazyLock::new(|| Model::parse(include_str!("../model/kms.json")));
    &MODEL
}

/// The model of STS, parsed when it is first needed.
pub(crate) fn sts() -> &'static Model {
    static MODEL: LazyLock<Model> =
        LazyLock::new(|| Model::parse(include_str!("../model/sts.json")));
    &MODEL
}

/// Operations by name, and shapes by index.
pub(crate) struct Model {
    operations: HashMap<String, Operation>,
    shapes: Vec<Shape>,
}

/// One operation of the API.
pub(crate) struct Operation {
    pub(crate) name: String,
    /// The shape of the input; `None` if it has no members.
    pub(crate) input: Option<ShapeId>,
    /// The shape of the output.
    pub(crate) output: Option<ShapeId>,
    /// The exceptions that the model lists.
    #[cfg(feature = "server")]
    pub(crate) errors: Vec<String>,
}

/// The index of a shape in [`Model`]. Members refer to shapes by index, so checking a request needs
/// no lookup by name.
#[derive(Clone, Copy)]
pub(crate) struct ShapeId(usize);

/// A shape: its name, whether errors hide its value, and its kind.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) sensitive: bool,
    pub(crate) kind: Kind,
}

impl Shape {
    /// Whether this is the type of grant tokens. A grant token gives its holder the permissions of
    /// the grant, although the model does not mark it as sensitive.
    pub(crate) fn is_grant_token(&self) -> bool {
        self.name == "GrantTokenType"
    }
}

/// The type of a shape, with its constraints.
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
    /// The name on the wire: `KeyId`.
    pub(crate) name: String,
    /// The name in errors: `keyId`.
    pub(crate) label: String,
    pub(crate) shape: ShapeId,
    pub(crate) required: bool,
}

/// The minimum and the maximum of a length or value, both inclusive.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// A pattern of the model, compiled to match whole texts.
pub(crate) struct Pattern {
    pub(crate) text: String,
    /// `None` for a pattern that `regex-lite` cannot compile, such as one with Unicode classes.
    /// `constraint/observed.rs` has a function in its place, and a test checks that.
    regex: Option<Regex>,
}

impl Model {
    /// All shapes.
    #[cfg(any(test, feature = "server"))]
    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The names of the operations, in arbitrary order.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn operation_names(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    pub(crate) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    pub(crate) fn shape(&self, id: ShapeId) -> &Shape {
        #[expect(
            clippy::indexing_slicing,
            reason = "only `parse` creates ids, and they are in range"
        )]
        &self.shapes[id.0]
    }

    /// # Panics
    ///
    /// If the checked-in model is invalid. Tests parse it, so a release never panics here.
    #[expect(
        clippy::expect_used,
        reason = "the model is part of the program, not input"
    )]
    fn parse(text: &str) -> Self {
        let document: ModelDocument = serde_json::from_str(text).expect("the model is well formed");
        let ids: HashMap<&str, ShapeId> = document
            .shapes
            .0
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (name.as_str(), ShapeId(index)))
            .collect();
        let id = |name: &String| {
            *ids.get(name.as_str())
                .expect("every referenced shape is defined")
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
                    #[cfg(feature = "server")]
                    errors: raw.errors.clone(),
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
    /// Whether the whole of `text` matches, as in Java's `Matcher.matches`.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    /// Whether the pattern is compiled.
    #[cfg(test)]
    pub(crate) fn is_compiled(&self) -> bool {
        self.regex.is_some()
    }
}

#[derive(Deserialize)]
struct ModelDocument {
    operations: Ordered<RawOperation>,
    shapes: Ordered<RawShape>,
}

#[derive(Deserialize)]
struct RawOperation {
    input: Option<String>,
    output: Option<String>,
    #[cfg(feature = "server")]
    #[serde(default)]
    errors: Vec<String>,
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
                    regex: Regex::new(&format!("^(?:{text})$")).ok(),
                }),
                values: self.values.clone(),
            },
            "blob" => Kind::Blob { length: limits },
            "integer" | "long" => Kind::Integer { value: limits },
            "boolean" => Kind::Boolean,
            "timestamp" => Kind::Timestamp,
            other => panic!("unknown type of shape in the model: {other}"),
        }
    }
}

/// The name in errors: only the first letter changes, as recorded. `KeyId` becomes `keyId`, and
/// `AWSAccountId` would become `aWSAccountId`.
fn label(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// A JSON object that keeps its order, because violations follow the order of the members.
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
    fn has_every_operation() {
        assert_eq!(model().operations.len(), 56);
        assert!(sts().operation("AssumeRole").is_some());
    }

    #[test]
    fn keeps_the_order_of_members() {
        let input = model().operation("Sign").unwrap().input.unwrap();
        let Kind::Structure { members } = &model().shape(input).kind else {
            panic!("the input is not a structure");
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
