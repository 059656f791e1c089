//! The report as XML of `JUnit`, which the reports of CI systems read.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::verify::{Entry, Report, Verdict, seconds};

/// The report as XML of `JUnit`: a suite for each operation, a failure for each difference.
pub(crate) fn junit(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let totals = report.totals();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="kms-emulator verify {}" tests="{}" failures="{}" skipped="{}">"#,
        escape(report.endpoint.as_str()),
        report.entries.len(),
        totals.different,
        totals.not_reached
    )?;
    for (operation, totals) in report.by_operation() {
        let entries = || report.entries.iter().filter(|it| it.operation == operation);
        let time: f64 = entries().map(|entry| seconds(entry.duration)).sum();
        writeln!(
            out,
            r#"<testsuite name="{}" tests="{}" failures="{}" skipped="{}" errors="0" time="{time:.3}">"#,
            escape(operation),
            entries().count(),
            totals.different,
            totals.not_reached
        )?;
        for entry in entries() {
            write_case(entry, out)?;
        }
        writeln!(out, "</testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn write_case(entry: &Entry, out: &mut String) -> std::fmt::Result {
    let (_, name) = entry.name.split_once('/').unwrap_or_default();
    write!(
        out,
        r#"<testcase classname="{}" name="{}" time="{:.3}">"#,
        escape(entry.operation.as_str()),
        escape(name),
        seconds(entry.duration)
    )?;
    match &entry.verdict {
        Verdict::Same => {}
        Verdict::Unreached(reason) => {
            let reason = reason.to_string();
            write!(out, r#"<skipped message="{}"/>"#, escape(reason.as_str()))?;
        }
        Verdict::Different(differences) => {
            let mut text = format!("{}: {}\n", entry.evidence, entry.source);
            for it in differences {
                let (place, expected, actual) = (&it.place, &it.expected, &it.actual);
                writeln!(text, "{place}\n  expected {expected}\n  answered {actual}")?;
            }
            let places = differences.iter().map(|it| it.place.as_str());
            let places = places.collect::<Vec<_>>().join(", ");
            write!(
                out,
                r#"<failure type="{}" message="{}">{}</failure>"#,
                entry.evidence,
                escape(allowed(&places)),
                escape(allowed(&text))
            )?;
        }
    }
    writeln!(out, "</testcase>")
}

/// A text without the characters that XML 1.0 cannot contain.
fn allowed(text: &str) -> String {
    let is_allowed = |letter: &char| {
        !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')
            || matches!(letter, '\n' | '\t')
    };
    text.chars().filter(is_allowed).collect()
}
