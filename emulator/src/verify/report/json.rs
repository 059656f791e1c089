//! The report for programs.

use serde_json::{Value, json};

use crate::verify::{Entry, Report, Verdict, seconds};

/// The report as JSON.
pub(crate) fn json(report: &Report) -> Value {
    let evidence = |name: &str| report.totals_of(|entry| entry.evidence.to_string() == name);
    let reasons = report.by_reason();
    let reasons = reasons
        .into_iter()
        .map(|(reason, count)| (reason.to_string(), count.into()));
    json!({
        "endpoint": report.endpoint,
        "region": report.region,
        "run": report.run,
        "started": report.started.to_string(),
        "client": concat!("kms-emulator ", env!("CARGO_PKG_VERSION")),
        "ended_early": report.ended,
        "totals": report.totals(),
        "evidence": {
            "recorded": evidence("recorded"),
            "documented": evidence("documented"),
            "inferred": evidence("inferred"),
        },
        "operations": report.by_operation(),
        "not_reached": reasons.collect::<serde_json::Map<_, _>>(),
        "not_removed": report.left,
        "cases": report.entries.iter().map(case).collect::<Vec<_>>(),
    })
}

fn case(entry: &Entry) -> Value {
    let mut case = json!({
        "name": entry.name,
        "operation": entry.operation,
        "evidence": entry.evidence.to_string(),
        "source": entry.source,
        "seconds": seconds(entry.duration),
    });
    let result = match &entry.verdict {
        Verdict::Same => json!({ "result": "same" }),
        Verdict::Unreached(reason) => {
            json!({ "result": "not reached", "reason": reason.to_string() })
        }
        Verdict::Different(differences) => json!({
            "result": "different",
            "differences": differences,
            "request": entry.request,
            "answer": entry.answer,
        }),
    };
    if let (Some(case), Value::Object(result)) = (case.as_object_mut(), result) {
        case.extend(result);
    }
    case
}
