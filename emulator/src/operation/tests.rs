//! What must hold for every operation in the table, shown with bodies made from the model.

use serde_json::{Map, Value, json};

use super::*;
use crate::Kms;
use crate::model::{Kind, ShapeId, model};
use crate::protocol::Request;

#[test]
fn the_table_is_sorted_so_that_a_search_finds_each() {
    assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
    assert!(TABLE.iter().all(|entry| find(entry.name).is_some()));
}

/// If the walk along the model and the typed inputs disagreed, this would be an internal error.
#[test]
fn every_body_that_the_model_allows_can_be_read() {
    let kms = Kms::builder().build_temporary().unwrap();
    for entry in TABLE {
        for variant in 0..25 {
            let body = example(input(entry.name), variant);
            assert_ne!(
                status(&kms, entry.name, &body),
                500,
                "{} {body}",
                entry.name
            );
        }
    }
}

#[test]
fn no_body_whatever_makes_an_internal_error() {
    let kms = Kms::builder().build_temporary().unwrap();
    let wrong = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("=="),
        json!("\u{0}\u{1f600}"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({ "TagKey": null }),
        json!([{ "TagKey": [], "TagValue": 1 }]),
    ];
    for entry in TABLE {
        let whole = example(input(entry.name), 0);
        for member in whole.as_object().unwrap().keys() {
            for value in &wrong {
                let mut body = whole.clone();
                body[member] = value.clone();
                let status = status(&kms, entry.name, &body);
                assert!(
                    matches!(status, 200 | 400 | 501),
                    "{} {body}: {status}",
                    entry.name
                );
            }
        }
    }
}

#[test]
fn every_operation_of_the_model_is_in_the_table() {
    let missing: Vec<_> = model()
        .operation_names()
        .filter(|name| find(name).is_none())
        .collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(TABLE.len(), model().operation_names().count());
}

pub(super) fn input(operation: &str) -> ShapeId {
    model().operation(operation).unwrap().input.unwrap()
}

fn status(kms: &Kms, operation: &str, body: &Value) -> u16 {
    let target = format!("TrentService.{operation}");
    let body = body.to_string();
    let request = Request::new(&target, body.as_bytes());
    kms.handle(&request).status
}

/// A value that the model allows, with every member; the variant chooses among a set's values.
pub(super) fn example(shape: ShapeId, variant: usize) -> Value {
    match &model().shape(shape).kind {
        Kind::Structure { members } => members
            .iter()
            .map(|member| (member.name.clone(), example(member.shape, variant)))
            .collect::<Map<_, _>>()
            .into(),
        Kind::List { element, .. } => json!([example(*element, variant)]),
        Kind::Map { value } => json!({ "name": example(*value, variant) }),
        Kind::String { values, .. } if !values.is_empty() => {
            json!(values[variant % values.len()])
        }
        Kind::String { length, .. } => {
            let length = usize::try_from(length.min.unwrap_or(1)).unwrap();
            json!(
                "alias/a"
                    .chars()
                    .cycle()
                    .take(length.max(1))
                    .collect::<String>()
            )
        }
        Kind::Blob { .. } => json!("AAAA"),
        Kind::Integer { value } => json!(value.min.unwrap_or(1)),
        Kind::Boolean => json!(variant.is_multiple_of(2)),
        Kind::Timestamp => json!(1_800_000_000.5),
    }
}
