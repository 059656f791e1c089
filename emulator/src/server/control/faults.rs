//! `GET`, `POST` and `DELETE /_emulator/faults`

use hyper::{Method, StatusCode};
use serde_json::json;

use super::{Answer, Outcome, bad, no_method, parse};
use crate::Kms;
use crate::fault::{Fault, FaultId};

pub(super) fn answer(kms: &Kms, method: &Method, body: &[u8]) -> Outcome {
    match *method {
        Method::GET => Answer::ok(&json!({ "faults": kms.faults.list() })),
        Method::POST => {
            let fault: Fault = parse(body)?;
            let id = kms.faults.arm(fault).map_err(bad)?;
            Ok(Answer::json(StatusCode::CREATED, &json!({ "id": id })))
        }
        Method::DELETE => {
            kms.faults.replace(Vec::new());
            Answer::done()
        }
        _ => no_method(method, "GET, POST, DELETE"),
    }
}

pub(super) fn answer_one(kms: &Kms, method: &Method, id: &str) -> Outcome {
    if *method != Method::DELETE {
        return no_method(method, "DELETE");
    }
    let id: Option<FaultId> = id.parse().ok();
    if id.is_some_and(|id| kms.faults.disarm(id)) {
        Answer::done()
    } else {
        Err((StatusCode::NOT_FOUND, "there is no such fault".to_owned()))
    }
}
