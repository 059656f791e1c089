//! Trims botocore's model of a service to the parts that the emulator interprets. `emulator/model/README.md`
//! has the complete command.
//!
//! Reads `service-2.json` from standard input and writes the trimmed model to standard output, with one
//! operation or shape per line, so that the diff of a refresh is readable.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Write, stdin, stdout};

use serde_json::{Map, Value, json};

/// The properties of a shape to keep: its type, members and constraints.
const KEPT: [&str; 11] = [
    "type",
    "required",
    "members",
    "member",
    "key",
    "value",
    "enum",
    "min",
    "max",
    "pattern",
    "sensitive",
];

fn main() -> Result<(), Box<dyn Error>> {
    let model: Value = serde_json::from_reader(stdin().lock())?;
    let operations = trimmed(&model, "operations", trim_operation)?;
    let shapes = trimmed(&model, "shapes", trim_shape)?;

    let mut out = stdout().lock();
    let uid = model
        .pointer("/metadata/uid")
        .ok_or("no metadata in the model")?;
    writeln!(out, "{{\n\"uid\":{uid},")?;
    write_lines(&mut out, "operations", &operations)?;
    writeln!(out, ",")?;
    write_lines(&mut out, "shapes", &shapes)?;
    writeln!(out, "\n}}")?;
    Ok(())
}

fn trimmed(
    model: &Value,
    section: &str,
    trim: impl Fn(&Map<String, Value>) -> Value,
) -> Result<BTreeMap<String, Value>, Box<dyn Error>> {
    let section = model
        .get(section)
        .and_then(Value::as_object)
        .ok_or("a section is missing")?;
    section
        .iter()
        .map(|(name, value)| {
            let value = value
                .as_object()
                .ok_or(format!("{name} is not an object"))?;
            Ok((name.clone(), trim(value)))
        })
        .collect()
}

fn trim_operation(operation: &Map<String, Value>) -> Value {
    let shape = |member: &str| operation.get(member).and_then(|target| target.get("shape"));
    let errors: Vec<_> = operation
        .get("errors")
        .and_then(Value::as_array)
        .map(|errors| {
            errors
                .iter()
                .filter_map(|error| error.get("shape"))
                .collect()
        })
        .unwrap_or_default();
    json!({ "input": shape("input"), "output": shape("output"), "errors": errors })
}

fn trim_shape(shape: &Map<String, Value>) -> Value {
    let mut trimmed = Map::new();
    for name in KEPT {
        if let Some(value) = shape.get(name) {
            trimmed.insert(name.to_owned(), without_documentation(value));
        }
    }
    for flag in ["exception", "fault"] {
        if shape.get(flag) == Some(&Value::Bool(true)) {
            trimmed.insert(flag.to_owned(), Value::Bool(true));
        }
    }
    Value::Object(trimmed)
}

/// Replaces each member, an object with its shape and documentation, by the name of its shape.
fn without_documentation(value: &Value) -> Value {
    match value {
        Value::Object(object) => match object.get("shape") {
            Some(shape) if shape.is_string() => shape.clone(),
            _ => object
                .iter()
                .map(|(name, member)| (name.clone(), without_documentation(member)))
                .collect(),
        },
        other => other.clone(),
    }
}

fn write_lines(
    out: &mut impl Write,
    section: &str,
    entries: &BTreeMap<String, Value>,
) -> std::io::Result<()> {
    write!(out, "\"{section}\":{{")?;
    for (index, (name, value)) in entries.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}\n{}:{value}", json!(name))?;
    }
    write!(out, "\n}}")
}
