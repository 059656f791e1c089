//! A second evaluator of the policy language: short, slow, and written from the rules alone. Random
//! policies get the same decision from both.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::decision;

const KEYS: [&str; 4] = [
    "aws:RequestTag/a",
    "aws:RequestTag/b",
    "aws:username",
    "aws:TagKeys",
];
const VALUES: [&str; 9] = ["a", "ab", "b", "A", "", "1", "2.0", "true", "a*"];
const PATTERNS: [&str; 14] = [
    "a",
    "ab",
    "a*",
    "*b",
    "?",
    "*",
    "",
    "A",
    "1",
    "2",
    "true",
    "${aws:username}",
    "${aws:username, 'a'}b",
    "a${*}",
];
const TESTS: [&str; 12] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "Bool",
    "BinaryEquals",
    "Null",
];

type Context = BTreeMap<String, Vec<String>>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn agrees(statements in vec(statement(), 0..4), context in context()) {
        let request = json!({"action": "svc:Act", "resource": "arn:aws:svc:us-east-1:000000000000:ab"});
        let question = json!({"statements": statements, "context": context, "request": request});
        let expected = naive(&statements, &context);
        prop_assert_eq!(decision(&question), expected, "{}", question);
    }
}

fn context() -> impl Strategy<Value = Context> {
    let value = select(&VALUES[..]).prop_map(str::to_owned);
    let single = btree_map(
        select(&KEYS[..3]).prop_map(str::to_owned),
        vec(value.clone(), 1),
        0..3,
    );
    (single, vec(value, 0..3)).prop_map(|(mut context, tags)| {
        if !tags.is_empty() {
            context.insert("aws:TagKeys".to_owned(), tags);
        }
        context
    })
}

fn statement() -> impl Strategy<Value = Value> {
    let actions = select(&["svc:Act", "SVC:a*", "svc:?ct", "svc:Other", "*"][..]);
    let resources = select(
        &[
            "*",
            "arn:aws:svc:*:*:a*",
            "arn:aws:svc:us-east-1:000000000000:${aws:username}",
            "arn:aws:s3:::x",
        ][..],
    );
    let operator = (
        select(&["", "", "ForAllValues:", "ForAnyValue:"][..]),
        select(&TESTS[..]),
        any::<bool>(),
    );
    let condition = (
        operator,
        select(&KEYS[..]),
        vec(select(&PATTERNS[..]), 1..3),
    );
    let clause = (any::<bool>(), actions, any::<bool>(), resources);
    (any::<bool>(), clause, vec(condition, 0..3)).prop_map(|(allow, clause, conditions)| {
        let (is_action, action, is_resource, resource) = clause;
        let mut block = serde_json::Map::new();
        for ((set, test, if_exists), key, patterns) in conditions {
            let name = match test {
                "Null" => test.to_owned(),
                _ => format!("{set}{test}{}", if if_exists { "IfExists" } else { "" }),
            };
            block.insert(name, json!({ key: patterns }));
        }
        let mut statement =
            json!({"Effect": if allow { "Allow" } else { "Deny" }, "Condition": block});
        statement[if is_action { "Action" } else { "NotAction" }] = json!(action);
        statement[if is_resource {
            "Resource"
        } else {
            "NotResource"
        }] = json!(resource);
        statement
    })
}

fn naive(statements: &[Value], context: &Context) -> &'static str {
    let found: Vec<_> = statements
        .iter()
        .filter(|statement| applies(statement, context))
        .collect();
    let has = |effect: &str| found.iter().any(|statement| statement["Effect"] == effect);
    if has("Allow") && !has("Deny") {
        "allow"
    } else {
        "deny"
    }
}

fn applies(statement: &Value, context: &Context) -> bool {
    let action = |pattern: &str| glob(&plain(&pattern.to_lowercase()), "svc:act");
    let resource = |pattern: &str| {
        if pattern == "*" {
            return true;
        }
        let arn = "arn:aws:svc:us-east-1:000000000000:ab";
        let Some(pattern) = expand(pattern, context) else {
            return false;
        };
        let parts = |pattern: &[(char, bool)]| -> Vec<Vec<(char, bool)>> {
            pattern
                .splitn(6, |part| part.0 == ':')
                .map(<[_]>::to_vec)
                .collect()
        };
        let arn_parts: Vec<_> = arn.splitn(6, ':').collect();
        parts(&pattern)
            .iter()
            .zip(arn_parts)
            .all(|(pattern, text)| glob(pattern, text))
    };
    let clause = |name: &str, matches: &dyn Fn(&str) -> bool| match statement[name].as_str() {
        Some(pattern) => matches(pattern),
        None => !matches(statement[format!("Not{name}")].as_str().unwrap()),
    };
    let conditions = statement["Condition"].as_object().unwrap();
    clause("Action", &action)
        && clause("Resource", &resource)
        && conditions.iter().all(|(operator, keys)| {
            keys.as_object().unwrap().iter().all(|(key, patterns)| {
                let patterns: Vec<_> = patterns
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|text| text.as_str().unwrap())
                    .collect();
                is_met(operator, key, &patterns, context)
            })
        })
}

fn is_met(operator: &str, key: &str, patterns: &[&str], context: &Context) -> bool {
    let values = context.get(key);
    if operator == "Null" {
        return patterns
            .iter()
            .any(|pattern| (*pattern == "true") == values.is_none());
    }
    let (set, rest) = operator.split_once(':').unwrap_or(("", operator));
    let if_exists = rest.ends_with("IfExists");
    let test = rest.trim_end_matches("IfExists");
    let negated = test.contains("Not");
    let base = test.replace("Not", "");
    let Some(values) = values else {
        return match set {
            "ForAllValues" => true,
            "ForAnyValue" => if_exists,
            _ => if_exists || negated,
        };
    };
    let one = |value: &String| {
        patterns
            .iter()
            .any(|pattern| compare(&base, value, pattern, context))
            != negated
    };
    match set {
        "ForAllValues" => values.iter().all(one),
        "ForAnyValue" => values.iter().any(one),
        _ => key != "aws:TagKeys" && one(&values[0]),
    }
}

fn compare(kind: &str, value: &str, pattern: &str, context: &Context) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    let expanded = || expand(pattern, context);
    let text = |pattern: &[(char, bool)]| pattern.iter().map(|part| part.0).collect::<String>();
    match kind {
        "StringEquals" => expanded().is_some_and(|pattern| text(&pattern) == value),
        "StringEqualsIgnoreCase" => {
            expanded().is_some_and(|pattern| text(&pattern).eq_ignore_ascii_case(value))
        }
        "StringLike" => expanded().is_some_and(|pattern| glob(&pattern, value)),
        "NumericEquals" => number(value).is_some() && number(value) == number(pattern),
        "NumericLessThan" => {
            matches!((number(value), number(pattern)), (Some(value), Some(pattern)) if value < pattern)
        }
        "Bool" => (value == "true") == (pattern == "true"),
        "BinaryEquals" => value == pattern,
        other => panic!("{other}"),
    }
}

/// Characters, and whether they may be wildcards.
fn plain(text: &str) -> Vec<(char, bool)> {
    text.chars().map(|letter| (letter, true)).collect()
}

/// Replaces the variables that the strategies generate.
fn expand(text: &str, context: &Context) -> Option<Vec<(char, bool)>> {
    let Some((before, rest)) = text.split_once("${") else {
        return Some(plain(text));
    };
    let (inside, after) = rest.split_once('}').unwrap();
    let value = match inside {
        "*" => "*".to_owned(),
        "aws:username" => context.get("aws:username")?[0].clone(),
        "aws:username, 'a'" => context
            .get("aws:username")
            .map_or("a", |values| values[0].as_str())
            .to_owned(),
        other => panic!("{other}"),
    };
    let value = value.chars().map(|letter| (letter, false)).collect();
    Some([plain(before), value, plain(after)].concat())
}

/// The definition of a pattern, with backtracking.
fn glob(pattern: &[(char, bool)], text: &str) -> bool {
    let rest = |text: &str| text.chars().skip(1).collect::<String>();
    match pattern.split_first() {
        None => text.is_empty(),
        Some((('*', true), tail)) => {
            glob(tail, text) || (!text.is_empty() && glob(pattern, &rest(text)))
        }
        Some(((letter, wild), tail)) => {
            let first = text.chars().next();
            first.is_some_and(|first| first == *letter || (*letter == '?' && *wild))
                && glob(tail, &rest(text))
        }
    }
}
