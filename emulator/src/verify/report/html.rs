//! The report as one page, without scripts and without other files.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::inferred;
use crate::verify::{Entry, Report, Verdict};

/// The report as one HTML page.
pub(crate) fn html(report: &Report) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(report, &mut page);
    page
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let endpoint = escape(report.endpoint.as_str());
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>KMS cases: {endpoint}</title>\n<style>\n{}</style>\n\
         <h1>KMS cases against {endpoint}</h1>\n\
         <p class=\"quiet\">{}, {}, run {}, kms-emulator {}</p>\n",
        include_str!("page.css"),
        escape(report.region.as_str()),
        report.started.seconds_text(),
        escape(report.run.as_str()),
        env!("CARGO_PKG_VERSION"),
    )?;
    if let Some(why) = &report.ended {
        writeln!(
            out,
            "<p class=\"bad\">The run ended early: {}</p>",
            escape(why.as_str())
        )?;
    }
    write_totals(report, out)?;
    write_differences(report, out)?;
    write_unreached(report, out)?;
    write_operations(report, out)?;
    let same = report.entries.iter();
    let same = same.filter(|entry| matches!(entry.verdict, Verdict::Same));
    let names: Vec<_> = same.map(|entry| escape(entry.name.as_str())).collect();
    writeln!(
        out,
        "<h2>The same</h2>\n<details><summary>{} cases</summary><p><code>{}</code></p></details>\n</html>",
        names.len(),
        names.join("<br>")
    )
}

fn write_totals(report: &Report, out: &mut String) -> std::fmt::Result {
    let totals = report.totals();
    let inferred = inferred(report).different;
    writeln!(out, "<ul class=\"numbers\">")?;
    for (count, class, label) in [
        (totals.same, "good", "the same"),
        (
            totals.different - inferred,
            "bad",
            "different, known from AWS",
        ),
        (inferred, "bad", "different, with inferred evidence only"),
        (totals.not_reached, "quiet", "not reached"),
    ] {
        writeln!(out, "<li><b class=\"{class}\">{count}</b>{label}</li>")?;
    }
    writeln!(out, "</ul>")
}

fn write_differences(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, "<h2>Different</h2>")?;
    let mut is_empty = true;
    for entry in &report.entries {
        if let Verdict::Different(differences) = &entry.verdict {
            is_empty = false;
            writeln!(
                out,
                "<details><summary><code>{}</code> <span class=\"quiet\">{}</span></summary>\n<p>{}</p>",
                escape(entry.name.as_str()),
                entry.evidence,
                escape(entry.source.as_str())
            )?;
            for it in differences {
                writeln!(out, "<p><code>{}</code></p>", escape(it.place.as_str()))?;
                write_pair(("expected", &it.expected), ("answered", &it.actual), out)?;
            }
            write_exchange(entry, out)?;
            writeln!(out, "</details>")?;
        }
    }
    if is_empty {
        writeln!(out, "<p>No case.</p>")?;
    }
    Ok(())
}

fn write_exchange(entry: &Entry, out: &mut String) -> std::fmt::Result {
    writeln!(out, "<details><summary>Request and answer</summary>")?;
    write_pair(("request", &entry.request), ("answer", &entry.answer), out)?;
    writeln!(out, "</details>")
}

fn write_pair(left: (&str, &str), right: (&str, &str), out: &mut String) -> std::fmt::Result {
    writeln!(out, "<div class=\"pair\">")?;
    for (label, text) in [left, right] {
        let text = escape(text);
        writeln!(out, "<div><small>{label}</small><pre>{text}</pre></div>")?;
    }
    writeln!(out, "</div>")
}

fn write_unreached(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, "<h2>Not reached</h2>")?;
    for (reason, count) in report.by_reason() {
        let is_it =
            |entry: &&Entry| matches!(&entry.verdict, Verdict::Unreached(it) if it == reason);
        let names = report.entries.iter().filter(is_it);
        let names: Vec<_> = names.map(|entry| escape(entry.name.as_str())).collect();
        writeln!(
            out,
            "<details><summary>{count}: {}</summary><p><code>{}</code></p></details>",
            escape(reason.to_string().as_str()),
            names.join("<br>")
        )?;
    }
    if report.by_reason().is_empty() {
        writeln!(out, "<p>No case.</p>")?;
    }
    Ok(())
}

fn write_operations(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "<h2>Operations</h2>\n<div class=\"wide\"><table><tr><th>Operation<th class=\"n\">Same\
         <th class=\"n\">Different<th class=\"n\">Not reached</tr>"
    )?;
    for (operation, totals) in report.by_operation() {
        writeln!(
            out,
            "<tr><td>{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}</tr>",
            escape(operation),
            totals.same,
            totals.different,
            totals.not_reached
        )?;
    }
    writeln!(out, "</table></div>")
}
