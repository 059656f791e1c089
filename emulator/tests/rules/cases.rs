//! Facts in the golden cases match their sources.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::{crate_folder, repository};

/// Exceptions that AWS's model does not list for an operation (`*`: for any), with their evidence.
const UNLISTED: &[(&str, &str, &str)] = &[
    (
        "*",
        "AccessDeniedException",
        "documented: a common error of the API reference",
    ),
    (
        "*",
        "ValidationException",
        "documented: a common error of the API reference; recorded for many operations",
    ),
    (
        "CreateAlias",
        "NotAuthorizedException",
        "recorded; also a common error of the API reference",
    ),
    (
        "DeleteAlias",
        "NotAuthorizedException",
        "by analogy with CreateAlias",
    ),
    (
        "UpdateAlias",
        "NotAuthorizedException",
        "by analogy with CreateAlias",
    ),
];

/// The operation, the name and the content of every case.
fn cases() -> Vec<(String, String, Value)> {
    let mut cases = Vec::new();
    for folder in fs::read_dir(repository().join("fixtures/cases")).unwrap() {
        let folder = folder.unwrap();
        let operation = folder.file_name().into_string().unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let case = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            cases.push((operation.clone(), path.display().to_string(), case));
        }
    }
    cases
}

#[test]
fn errors_are_in_the_model_or_have_evidence() {
    let model = fs::read_to_string(crate_folder().join("model/kms.json")).unwrap();
    let model: Value = serde_json::from_str(&model).unwrap();
    let mut used = BTreeSet::new();
    for (operation, path, case) in cases() {
        // The cases about HTTP have no operation.
        let Some(errors) = model["operations"][&operation]["errors"].as_array() else {
            assert_eq!(operation, "Protocol", "{path}");
            continue;
        };
        let Some(name) = case["expect"]["type"].as_str() else {
            continue;
        };
        if errors.iter().any(|error| error == name) {
            continue;
        }
        let row = UNLISTED
            .iter()
            .find(|(of, unlisted, _)| *unlisted == name && (*of == "*" || *of == operation));
        let row = row.unwrap_or_else(|| panic!("{operation} has no {name} in the model: {path}"));
        used.insert(row);
    }
    assert_eq!(used, UNLISTED.iter().collect());
}

#[test]
fn cases_with_a_list_of_enum_values_name_its_source() {
    for (_, path, case) in cases() {
        if case["expect"].to_string().contains("enum value set") {
            let note = case["note"].as_str().unwrap_or_default();
            assert!(note.contains("\"Lists of enum values\""), "{path}");
        }
    }
}

#[test]
fn sources_of_inferred_cases_say_from_what() {
    for (_, path, case) in cases() {
        if case["source"]["evidence"] == "inferred" {
            let source = case["source"]["where"].as_str().unwrap();
            let says = ["quoted by users:", "second-hand:", "by analogy with "];
            assert!(
                says.iter().any(|start| source.starts_with(start)),
                "{path}: {source}"
            );
        }
    }
}
