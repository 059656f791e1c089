//! `/_emulator/inspect`

use serde::Deserialize;

use super::Call;
use super::keys::location;
use super::response::{JsonResponse, Outcome, failed, invalid, parse};
use crate::protocol::Body;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    operation: String,
    account: Option<String>,
    region: Option<String>,
    #[serde(default)]
    input: Body,
}

/// `POST /_emulator/inspect`
pub(super) fn read(call: &Call) -> Outcome {
    let question: Question = parse(&call.body)?;
    let default = &call.kms.services.location;
    let location = location(
        question.account.as_deref(),
        question.region.as_deref(),
        default,
    )?;
    let answer = call
        .kms
        .inspect(location, &question.operation, &question.input);
    let answer = answer.ok_or_else(|| {
        invalid("operation: expected one that shows what is there, such as DescribeKey")
    })?;
    let answer = answer.map_err(|error| {
        let name = error.wire_name();
        invalid(error.message().map_or_else(
            || format!("{name} {}", error.reason().unwrap_or_default()),
            |message| format!("{name}: {message}"),
        ))
    })?;
    Ok(JsonResponse::text(
        String::from_utf8(answer).map_err(failed)?,
    ))
}
