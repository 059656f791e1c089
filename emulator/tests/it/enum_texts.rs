//! The lists of enum values in texts. Their order depends neither on the process nor on a hash.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{call, text};
use crate::process::{emulator, start};

/// A request with a value that is not in an enum.
struct Wrong {
    operation: String,
    input: Value,
    /// The shape of the enum.
    shape: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Adds an input for each enum in a shape. `wrap` puts the value at its place in the input.
fn collect(
    shapes: &Value,
    shape: &str,
    wrap: &dyn Fn(Value) -> Value,
    found: &mut Vec<(Value, String)>,
) {
    let definition = &shapes[shape];
    if definition["enum"].is_array() {
        found.push((wrap(json!("NO_SUCH_VALUE")), shape.to_owned()));
    }
    if let Some(element) = definition["member"].as_str() {
        collect(shapes, element, &|value| wrap(json!([value])), found);
    }
    for (name, member) in definition["members"].as_object().into_iter().flatten() {
        let wrap = |value| wrap(json!({ name: value }));
        collect(shapes, &text(member), &wrap, found);
    }
}

/// One request for each enum of each operation.
fn requests(model: &Value) -> Vec<Wrong> {
    let mut requests = Vec::new();
    for (operation, definition) in model["operations"].as_object().unwrap() {
        let mut found = Vec::new();
        if let Some(input) = definition["input"].as_str() {
            collect(&model["shapes"], input, &|value| value, &mut found);
        }
        requests.extend(found.into_iter().map(|(input, shape)| Wrong {
            operation: operation.clone(),
            input,
            shape,
        }));
    }
    requests
}

fn texts(address: SocketAddr, requests: &[Wrong]) -> Vec<String> {
    let answers = requests
        .iter()
        .map(|wrong| call(address, &wrong.operation, &wrong.input));
    answers.map(|answer| answer.body).collect()
}

/// Shape -> whether the order is the model's, from the table in the README of the golden cases.
fn documented() -> BTreeMap<String, bool> {
    let readme = read("../fixtures/README.md");
    let rows = readme
        .lines()
        .skip_while(|line| !line.starts_with("| Enum |"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| {
        let mut cells = row.split(" | ");
        let shapes = cells.next().unwrap().split('`').skip(1).step_by(2);
        let is_the_models = cells.next().unwrap() == "the model's";
        shapes.map(move |shape| (shape.to_owned(), is_the_models))
    })
    .collect()
}

#[test]
fn lists_of_enums_are_the_same_in_each_process_and_documented() {
    let model: Value = serde_json::from_str(&read("model/kms.json")).unwrap();
    let requests = requests(&model);
    let processes = [(); 2].map(|()| {
        let mut command = emulator();
        command.args(["--temporary", "--port=0"]);
        start(command)
    });
    let first = texts(processes[0].address, &requests);
    assert_eq!(texts(processes[0].address, &requests), first);
    assert_eq!(texts(processes[1].address, &requests), first);

    let documented = documented();
    let mut shapes = BTreeSet::new();
    for (wrong, body) in requests.iter().zip(&first) {
        let Wrong {
            operation, shape, ..
        } = wrong;
        let list = body
            .split_once("'NO_SUCH_VALUE' at ")
            .and_then(|(_, rest)| rest.split_once("Member must satisfy enum value set: ["))
            .and_then(|(_, rest)| Some(rest.split_once(']')?.0));
        let list = list.unwrap_or_else(|| panic!("{operation} {shape}: {body}"));
        let values = model["shapes"][shape]["enum"].as_array().unwrap();
        let of_the_model: Vec<_> = values.iter().map(text).collect();
        let is_the_models = list == of_the_model.join(", ");
        let expected = documented.get(shape);
        assert_eq!(
            expected,
            Some(&is_the_models),
            "{operation} {shape}: {list}"
        );
        shapes.insert(shape.clone());
    }
    assert_eq!(shapes, documented.into_keys().collect());
}
