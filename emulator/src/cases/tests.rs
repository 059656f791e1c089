//! The runner, against endpoints that answer what a test says.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Caller, Endpoint, Evidence, Named, Outcome, Run, Sent, Unreached};
use super::{embedded, report, run};
use crate::clock::Timestamp;

/// Answers from a list, at a fixed time.
struct Script {
    answers: VecDeque<Result<Answer, Unreached>>,
    sent: Vec<Sent>,
    tolerance: Duration,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let answers = answers.into_iter().map(|(status, body)| {
            Ok(Answer {
                status,
                headers: vec![("X-Amzn-RequestId".to_owned(), "id".to_owned())],
                body: body.to_string().into_bytes(),
            })
        });
        Self {
            answers: answers.collect(),
            sent: Vec::new(),
            tolerance: Duration::from_secs(300),
        }
    }

    fn run(&mut self, case: &Value) -> Run {
        run(&named(case).case, self)
    }
}

impl Endpoint for Script {
    fn send(&mut self, sent: &Sent) -> Result<Answer, Unreached> {
        self.sent.push(sent.clone());
        let none = || Err(Unreached::Failed("no more answers".to_owned()));
        self.answers.pop_front().unwrap_or_else(none)
    }

    fn advance(&mut self, _: Duration) -> Result<(), Unreached> {
        Err(Unreached::Unsupported(
            "its clock cannot be moved".to_owned(),
        ))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }

    fn tolerance(&self) -> Duration {
        self.tolerance
    }

    fn region(&self) -> &'static str {
        "eu-west-1"
    }

    fn account(&self) -> &'static str {
        "123456789012"
    }

    fn unique(&self) -> &'static str {
        "0a1b2c3d"
    }
}

fn named(case: &Value) -> Named {
    Named::parse("DescribeKey/a_case", &case.to_string()).unwrap()
}

/// `DescribeKey` after `CreateKey`.
fn describe(expect: &Value) -> Value {
    json!({
        "source": {"evidence": "inferred", "where": "a test"},
        "setup": [
            {"operation": "CreateKey", "input": {}, "save": {"arn": "KeyMetadata.Arn"}}
        ],
        "request": {"operation": "DescribeKey", "input": {"KeyId": "${arn}"}},
        "expect": expect
    })
}

fn created() -> (u16, Value) {
    let arn = "arn:aws:kms:eu-west-1:123456789012:key/1";
    (200, json!({"KeyMetadata": {"Arn": arn}}))
}

#[test]
fn every_case_is_embedded_as_its_file_is() {
    let cases = embedded().unwrap();
    assert!(cases.len() > 900, "{}", cases.len());
    assert!(cases.is_sorted_by(|a, b| a.name < b.name));
    let count = |evidence| {
        let cases = cases
            .iter()
            .filter(|named| named.case.source.evidence == evidence);
        cases.count()
    };
    assert!(count(Evidence::Recorded) > 0 && count(Evidence::Inferred) > 0);
}

#[test]
fn the_endpoint_gives_account_region_and_unique_suffix() {
    let mut script = Script::new([created(), (200, json!({"KeyMetadata": {"Arn": "x"}}))]);
    let place = "arn:aws:kms:${region}:${account}:key/${unique}";
    let run = script.run(&describe(&json!({
        "status": 200, "match": {"KeyMetadata": {"Arn": place}}
    })));
    let Outcome::Different(differences) = run.outcome else {
        panic!("{:?}", run.outcome);
    };
    let [difference] = differences.as_slice() else {
        panic!("{differences:?}");
    };
    assert_eq!(difference.place, "body.KeyMetadata.Arn");
    assert_eq!(
        difference.expected,
        "\"arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d\""
    );
    assert_eq!(difference.actual, "\"x\"");
    assert_eq!(
        script.sent[1].body,
        "{\"KeyId\":\"arn:aws:kms:eu-west-1:123456789012:key/1\"}"
    );
    let signed = |sent: &Sent| match &sent.caller {
        Caller::Signed { account, region } => account == "123456789012" && region == "eu-west-1",
        _ => false,
    };
    assert!(script.sent.iter().all(signed));
}

#[test]
fn a_refused_setup_is_no_difference_of_the_request() {
    let mut script = Script::new([(400, json!({"__type": "AccessDeniedException"}))]);
    let case = describe(&json!({"status": 200}));
    let run = script.run(&case);
    let Outcome::SetupFailed(refused) = &run.outcome else {
        panic!("{:?}", run.outcome);
    };
    assert_eq!((refused.step, refused.operation.as_str()), (1, "CreateKey"));
    assert_eq!(refused.exchange.answer.status, 400);
    assert!(run.exchange.is_none());
    assert_eq!(script.sent.len(), 1);
    assert!(report(&named(&case), &run).contains("AccessDeniedException"));
}

#[test]
fn an_answer_without_the_saved_member_is_a_failed_setup() {
    let run = Script::new([(200, json!({}))]).run(&describe(&json!({"status": 200})));
    assert!(
        matches!(run.outcome, Outcome::SetupFailed(_)),
        "{:?}",
        run.outcome
    );
}

#[test]
fn no_answer_and_no_clock_are_no_differences() {
    let run = Script::new([created()]).run(&describe(&json!({"status": 200})));
    let failed = Unreached::Failed("no more answers".to_owned());
    assert!(
        matches!(&run.outcome, Outcome::Unreached(reason) if *reason == failed),
        "{:?}",
        run.outcome
    );

    let mut case = describe(&json!({"status": 200}));
    case["setup"] = json!([{"advance": "7d"}]);
    let mut script = Script::new([created()]);
    let run = script.run(&case);
    assert!(
        matches!(&run.outcome, Outcome::Unreached(Unreached::Unsupported(_))),
        "{:?}",
        run.outcome
    );
    assert!(script.sent.is_empty());
}

#[test]
fn an_error_in_the_case_is_no_difference() {
    for expect in [
        json!({"status": 200, "match": {"a": "${unknown}"}}),
        json!({"status": 200, "message_matches": "("}),
        json!({"status": 200, "match": {"a": {"$unknown": 1}}}),
        json!({"status": 200, "match": {"a": {"$time": "then"}}}),
    ] {
        let run = Script::new([created(), (200, json!({"a": 1}))]).run(&describe(&expect));
        assert!(
            matches!(run.outcome, Outcome::Invalid(_)),
            "{expect}: {:?}",
            run.outcome
        );
    }
}

#[test]
fn times_may_differ_by_the_tolerance() {
    let is_same = |time: f64, matcher: &str, tolerance: u64| {
        let mut script = Script::new([created(), (200, json!({"t": time}))]);
        script.tolerance = Duration::from_secs(tolerance);
        let expect = json!({"status": 200, "match": {"t": {matcher: "now+1d"}}});
        matches!(script.run(&describe(&expect)).outcome, Outcome::Same)
    };
    let day = 1_800_086_400.0;
    assert!(is_same(day, "$time", 0));
    assert!(!is_same(day + 0.001, "$time", 0));
    assert!(is_same(day + 300.0, "$time", 300));
    assert!(is_same(day - 300.0, "$time", 300));
    assert!(!is_same(day + 300.001, "$time", 300));
    assert!(is_same(day + 2.0, "$time_in_seconds", 300));
    assert!(!is_same(day + 2.5, "$time_in_seconds", 300));
}

#[test]
fn a_name_has_the_operation_and_snake_case() {
    let json = describe(&json!({"status": 200})).to_string();
    for name in [
        "Sign/a_case",
        "DescribeKey/A",
        "DescribeKey/a-b",
        "DescribeKey/",
        "a_case",
    ] {
        assert!(Named::parse(name, &json).is_err(), "{name}");
    }
    let mut unknown = describe(&json!({"status": 200}));
    unknown["expect"]["mesage"] = json!("x");
    let error = Named::parse("DescribeKey/a_case", &unknown.to_string()).unwrap_err();
    assert!(error.contains("mesage"), "{error}");
}
