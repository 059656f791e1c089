//! `/_emulator/state`, `/_emulator/seed`, `/_emulator/reset`, `/_emulator/snapshots`

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde_json::json;

use super::{Answer, Outcome, Refusal, bad, blocking, failed, no_method};
use crate::seed::{Seed, Seeded};
use crate::{Kms, SnapshotError};

pub(super) async fn answer(kms: &Arc<Kms>, method: &Method, body: Bytes) -> Outcome {
    let kms = Arc::clone(kms);
    match *method {
        Method::GET => {
            let body = blocking(move || kms.export().map_err(failed)).await?;
            Ok(Answer {
                status: StatusCode::OK,
                body: Some(body.into_bytes()),
                allow: None,
            })
        }
        Method::PUT => {
            blocking(move || {
                let text = str::from_utf8(&body).map_err(|_| bad("not UTF-8"))?;
                kms.import(text).map_err(|error| bad(error.to_string()))
            })
            .await?;
            Answer::done()
        }
        _ => no_method(method, "GET, PUT"),
    }
}

pub(super) async fn seed(kms: &Arc<Kms>, method: &Method, body: Bytes) -> Outcome {
    if *method != Method::POST {
        return no_method(method, "POST");
    }
    let kms = Arc::clone(kms);
    let seeded = blocking(move || {
        let text = str::from_utf8(&body).map_err(|_| bad("not UTF-8"))?;
        // A file may be empty, but what is sent so was meant to be one.
        if text.is_empty() {
            return Err(bad(
                "the body is empty; it is to be a seed, in YAML or JSON",
            ));
        }
        let seed = Seed::parse("seed", text).map_err(|error| bad(error.to_string()))?;
        kms.seed(&seed).map_err(|error| bad(error.to_string()))
    })
    .await?;
    let Seeded { made, kept, names } = seeded;
    Answer::ok(&json!({ "made": made, "kept": kept, "names": names }))
}

pub(super) async fn reset(kms: &Arc<Kms>, method: &Method) -> Outcome {
    if *method != Method::POST {
        return no_method(method, "POST");
    }
    let kms = Arc::clone(kms);
    blocking(move || kms.reset().map_err(failed)).await?;
    Answer::done()
}

pub(super) fn snapshots(kms: &Kms, method: &Method) -> Outcome {
    match *method {
        Method::GET => Answer::ok(&json!({ "snapshots": kms.snapshot_names() })),
        _ => no_method(method, "GET"),
    }
}

pub(super) fn snapshot(kms: &Kms, method: &Method, name: &str) -> Outcome {
    match *method {
        Method::POST => {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if name.len() > 100 || !name.bytes().all(is_name) {
                return Err(bad(
                    "a name has letters, digits, - _ and ., up to 100 of them",
                ));
            }
            kms.save_snapshot(name)
                .map_err(|error| bad(error.to_string()))?;
            Answer::done()
        }
        Method::DELETE => {
            kms.delete_snapshot(name).map_err(|error| unknown(&error))?;
            Answer::done()
        }
        _ => no_method(method, "POST, DELETE"),
    }
}

pub(super) async fn restore(kms: &Arc<Kms>, method: &Method, name: &str) -> Outcome {
    if *method != Method::POST {
        return no_method(method, "POST");
    }
    let snapshot = kms.load_snapshot(name).map_err(|error| unknown(&error))?;
    let kms = Arc::clone(kms);
    blocking(move || kms.restore(&snapshot).map_err(failed)).await?;
    Answer::done()
}

fn unknown(error: &SnapshotError) -> Refusal {
    (StatusCode::NOT_FOUND, error.to_string())
}
