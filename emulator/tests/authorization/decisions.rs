//! The decisions in `fixtures/authorization`: what AWS decided or documents, question by question.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Questions on which AWS's own pages contradict each other, or that say nothing about KMS.
const NOT_DECIDED: [&str; 3] = ["kms-505", "rec-057", "rec-060"];

fn read(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/authorization");
    fs::read_to_string(folder.join(file)).unwrap()
}

pub(crate) fn lines(file: &str) -> Vec<Value> {
    let text = read(file);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What is wrong with the answer to a question; `None` if nothing is.
fn problem(line: &Value) -> Option<String> {
    let answer = match kms_emulator::authorize(&line.to_string()) {
        Ok(answer) => serde_json::from_str::<Value>(&answer).unwrap(),
        Err(error) => return Some(error.to_string()),
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (expected, decision) = (text(&line["decision"])?, text(&answer["decision"])?);
    let agrees = match expected.as_str() {
        "deny" | "deny-cross-account" => decision.ends_with("-deny"),
        "invalid-input" => decision == "error",
        expected => decision == expected,
    };
    if !agrees {
        return Some(format!("expected {expected}, found {answer}"));
    }
    let is_seen = ["recorded", "quoted"].contains(&line["evidence"].as_str()?);
    for (member, counts) in [
        ("message", is_seen),
        ("error", expected == "error"),
        ("through_service", is_seen),
    ] {
        if counts && !line[member].is_null() && line[member] != answer[member] {
            return Some(format!(
                "expected {}, found {}",
                line[member], answer[member]
            ));
        }
    }
    None
}

/// The questions of a file that count, and those that are answered differently.
fn answers(file: &str) -> (usize, Vec<String>) {
    let lines = lines(file);
    let counting = lines.iter().filter(|line| {
        let decision = line["decision"].as_str().unwrap();
        let evidence = line["evidence"].as_str().unwrap();
        !["conflict", "unclear"].contains(&decision)
            && !["inferred", "guess"].contains(&evidence)
            && !NOT_DECIDED.contains(&line["id"].as_str().unwrap())
            && line["weak"] != true
    });
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in counting {
        count += 1;
        if let Some(problem) = problem(line) {
            wrong.push(format!(
                "{} ({}): {problem}",
                line["id"].as_str().unwrap(),
                line["about"]
            ));
        }
    }
    (count, wrong)
}

fn passes(file: &str, least: usize) {
    let (count, wrong) = answers(file);
    assert!(count >= least, "{file} has only {count} questions");
    assert!(
        wrong.is_empty(),
        "{file}: {} of {count}: {wrong:#?}",
        wrong.len()
    );
}

#[test]
fn addresses() {
    passes("ip.jsonl", 130);
}

#[test]
fn texts() {
    passes("strings.jsonl", 80);
}

#[test]
fn values() {
    passes("values.jsonl", 150);
}

#[test]
fn lists() {
    passes("sets.jsonl", 50);
}

#[test]
fn operators() {
    passes("operators-documented.jsonl", 90);
    passes("operators-more.jsonl", 15);
}

#[test]
fn decisions_of_kms() {
    passes("kms-recorded.jsonl", 40);
    passes("kms.jsonl", 240);
}

/// AWS's policy simulator is another engine. `simulator.md` lists where it differs, and why.
#[test]
fn simulator() {
    let differences = read("simulator.md");
    let mut found = Vec::new();
    for file in [
        "basics-simulator.jsonl",
        "ip-simulator.jsonl",
        "strings-simulator.jsonl",
        "values-simulator.jsonl",
    ] {
        found.extend(answers(file).1);
    }
    let unlisted = found.iter().filter(|problem| {
        let id = problem.split(' ').next().unwrap();
        !differences.contains(&format!("`{id}`"))
    });
    let unlisted: Vec<_> = unlisted.collect();
    assert!(unlisted.is_empty(), "{unlisted:#?}");
    assert_eq!(found.len(), 26, "a line in simulator.md does not differ");
}
