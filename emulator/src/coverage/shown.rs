//! What a golden case shows of its operation, derived from its setup, its request and its expectation.

use serde_json::Value;

use super::cell::Column;
use super::key_states;
use crate::cases::{Call, Case, Expect, Request, Step};

/// The columns that a case shows.
pub(super) struct Shown {
    pub(super) columns: Vec<Column>,
    /// The states of the request's keys other than `Enabled`.
    pub(super) states: Vec<&'static str>,
}

/// What a case shows.
pub(super) fn of(case: &Case) -> Shown {
    let mut columns: Vec<_> = result(&case.expect).into_iter().collect();
    let Request::Call(call) = &case.request else {
        let states = Vec::new();
        return Shown { columns, states };
    };
    if call.input.get("DryRun") == Some(&Value::Bool(true)) {
        columns.push(Column::DryRun);
    }
    if call.input.get("GrantTokens").is_some() {
        columns.push(Column::Grants);
    }
    if is_cross_account(case, call) {
        columns.push(Column::CrossAccount);
    }
    Shown {
        columns,
        states: key_states::of(case, call),
    }
}

fn result(expect: &Expect) -> Option<Column> {
    if expect.status == 200 {
        return Some(Column::Success);
    }
    let name = expect.r#type.as_ref()?;
    Some(if name == "ValidationException" && is_of_model(expect) {
        Column::Constraints
    } else {
        Column::Error {
            name: name.clone(),
            in_model: false,
        }
    })
}

/// Whether the message is that of a request that violates the model: `2 validation errors detected: …`.
fn is_of_model(expect: &Expect) -> bool {
    let message = expect.message.as_ref().or(expect.message_matches.as_ref());
    let rest = message.and_then(|message| message.split_once(" validation error"));
    rest.is_some_and(|(count, _)| count.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the request's caller is of another account than a caller of the setup.
fn is_cross_account(case: &Case, request: &Call) -> bool {
    case.setup.iter().any(|step| match step {
        Step::Call(call) => call.account != request.account,
        Step::Advance(_) => false,
    })
}
