//! `kms-emulator policy test`: questions about permissions, with the decisions that they must get. `policy
//! lint` is in `policy_lint`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::policy_lint::Lint;
use super::{COMMAND_FAILED, print, print_error};
use crate::question::{self, Answer};

#[derive(Args)]
pub(super) struct PolicyCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check that policies decide as expected; exit with 1 if a case fails, with 2 if a file is invalid
    Test(Test),
    /// Say what is wrong with key policies; exit with 1 if something is, with 2 if a file is unreadable
    Lint(Lint),
}

#[derive(Args)]
struct Test {
    /// File of cases: a JSON list, or one JSON object per line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the results to this file as XML of `JUnit`, which CI systems read
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// The results of a file.
struct Suite {
    name: String,
    /// The name of each case, and why it fails.
    cases: Vec<(String, Option<String>)>,
}

impl PolicyCommand {
    pub(super) fn run(self) -> ExitCode {
        let result = match self.command {
            Command::Test(test) => test.run(),
            Command::Lint(lint) => lint.run(),
        };
        match result {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(message) => {
                print_error(&message);
                ExitCode::from(COMMAND_FAILED)
            }
        }
    }
}

impl Test {
    /// Whether all cases pass.
    fn run(&self) -> Result<bool, String> {
        let suites: Vec<_> = self
            .files
            .iter()
            .map(|file| suite(file))
            .collect::<Result<_, _>>()?;
        if let Some(file) = &self.junit {
            let written = fs::write(file, junit(&suites));
            written.map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        }
        let mut text = String::new();
        let (mut passed, mut failed) = (0, 0);
        for Suite { name, cases } in &suites {
            for (case, failure) in cases {
                match failure {
                    None => passed += 1,
                    Some(failure) => {
                        failed += 1;
                        // Writing to a string does not fail.
                        let _ = writeln!(text, "{name}: {case}: {failure}");
                    }
                }
            }
        }
        let _ = writeln!(text, "{passed} passed, {failed} failed");
        print(text.as_bytes())?;
        Ok(failed == 0)
    }
}

fn suite(file: &Path) -> Result<Suite, String> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let mut results = Vec::new();
    for (index, case) in read(&text)
        .map_err(|error| format!("{name}: {error}"))?
        .iter()
        .enumerate()
    {
        let number = index + 1;
        let title = ["name", "about", "id"]
            .iter()
            .find_map(|member| case.get(member)?.as_str());
        let title = title.map_or_else(|| format!("case {number}"), str::to_owned);
        let failure = check(case).map_err(|error| format!("{name}: case {number}: {error}"))?;
        results.push((title, failure));
    }
    Ok(Suite {
        name,
        cases: results,
    })
}

/// A list of cases, or one case per line.
fn read(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text);
    }
    serde_json::Deserializer::from_str(text)
        .into_iter()
        .collect()
}

/// Why a case fails; `None` if it passes.
fn check(case: &Value) -> Result<Option<String>, String> {
    let expected = |member: &str| case.get(member).and_then(Value::as_str);
    let decision = expected("decision").ok_or("it has no decision")?;
    let answer = question::answer(case)?;
    let is_deny = decision == "deny" && answer.decision.ends_with("-deny");
    if !is_deny && decision != answer.decision {
        return Ok(Some(format!(
            "expected {decision}, but the decision is {}",
            reason(&answer)?
        )));
    }
    for (member, found) in [
        ("message", answer.message.as_deref()),
        ("error", answer.error),
    ] {
        if let Some(text) = expected(member)
            && found != Some(text)
        {
            let found = found.unwrap_or("not known");
            return Ok(Some(format!(
                "expected the {member} `{text}`, but it is `{found}`"
            )));
        }
    }
    Ok(None)
}

fn reason(answer: &Answer) -> Result<String, String> {
    serde_json::to_string(answer).map_err(|error| error.to_string())
}

fn junit(suites: &[Suite]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for Suite { name, cases } in suites {
        let failures = cases
            .iter()
            .filter(|(_, failure)| failure.is_some())
            .count();
        let (name, tests) = (escaped(name), cases.len());
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">"
        );
        for (case, failure) in cases {
            let case = escaped(case);
            let _ = match failure {
                None => writeln!(xml, "    <testcase classname=\"{name}\" name=\"{case}\"/>"),
                Some(failure) => writeln!(
                    xml,
                    "    <testcase classname=\"{name}\" name=\"{case}\"><failure message=\"{}\"/></testcase>",
                    escaped(failure)
                ),
            };
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// A text as the value of an attribute. XML has no control characters.
fn escaped(text: &str) -> String {
    let mut xml = String::new();
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            control if control.is_control() => xml.push(' '),
            other => xml.push(other),
        }
    }
    xml
}
