//! AWS's model, as the test reads it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The model of KMS.
#[derive(Deserialize)]
pub(crate) struct Model {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
struct Operation {
    input: Option<String>,
}

/// A shape with all properties that a shape of any type can have.
#[derive(Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) members: BTreeMap<String, String>,
    pub(crate) member: Option<String>,
    pub(crate) value: Option<String>,
    #[serde(default, rename = "enum")]
    pub(crate) values: Vec<String>,
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
    pub(crate) pattern: Option<String>,
}

impl Model {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("model/kms.json");
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    /// The names of the operations with an input.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &String> {
        let operations = self.operations.iter();
        operations
            .filter(|(_, operation)| operation.input.is_some())
            .map(|(name, _)| name)
    }

    pub(crate) fn input(&self, operation: &str) -> &Shape {
        self.shape(self.operations[operation].input.as_ref().unwrap())
    }

    pub(crate) fn shape(&self, name: &str) -> &Shape {
        &self.shapes[name]
    }

    /// The paths of the members of an input, as errors name them.
    pub(crate) fn paths(&self, operation: &str) -> Vec<String> {
        let names = self.input(operation).members.keys();
        names.map(|name| label(name)).collect()
    }
}

/// The name of a member in errors: `keyId` for `KeyId`.
pub(crate) fn label(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_lowercase() + rest
}
