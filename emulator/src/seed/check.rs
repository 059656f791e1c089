//! Checks against AWS's model.

use serde_json::Value;

use super::error::{FieldPath, Problem};
use crate::constraint;
use crate::error::Error;
use crate::model::model;

/// Checks members of an operation's input against the limits in AWS's model.
pub(super) fn check(operation: &str, input: &Value, path: &FieldPath) -> Result<(), Problem> {
    let shape = model().operation(operation).and_then(|shape| shape.input);
    match (shape, input) {
        (Some(shape), Value::Object(input)) => {
            constraint::check(model(), shape, |name| input.get(name))
                .map_err(|error: Error| path.rejected(error))
        }
        _ => Ok(()),
    }
}
