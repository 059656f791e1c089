//! Questions about permissions as JSON: who may do what, and why.
//!
//! A question about KMS has a key policy, grants, a caller and a request. Another kind is about the
//! policy language alone. The documentation page on policies describes both. The answers need no
//! running emulator, and say nothing of its keys.

mod checks;
mod form;
mod language;

use serde::Serialize;
use serde_json::Value;

use crate::authorization::{By, Decision, Verdict};
use crate::error::KmsError;

/// The maximum number of questions in one list.
const MAX_QUESTIONS: usize = 1000;

/// The answer to a question.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// `allow`, `explicit-deny`, `implicit-deny` or `error`.
    pub(crate) decision: &'static str,
    /// AWS's sentence, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<By>,
    matched: Vec<By>,
    missing_context: Vec<String>,
    /// How the service that calls for the caller shows the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    through_service: Option<ThroughService>,
}

/// How a service shows a refusal of KMS to its own caller.
#[derive(Debug, Serialize)]
struct ThroughService {
    code: &'static str,
    /// What follows KMS's sentence.
    suffix: &'static str,
}

/// What SQS makes of a refusal (recorded). What other services make of it is not known.
const THROUGH_SQS: ThroughService = ThroughService {
    code: "KMS.AccessDeniedException (query alias of KmsAccessDenied)",
    suffix: " (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: {id}; Proxy: null)",
};

/// The reason why a question cannot be read, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct QuestionError(String);

/// Decides who may do what under policies, and says why: the answer of `POST /_emulator/authorize`.
///
/// A question, or a list of them, and the answers are JSON. Nothing depends on an emulator.
///
/// # Errors
///
/// The text is not a question.
///
/// ```
/// let answer = kms_emulator::authorize(
///     r#"{
///         "key_policy": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
///                         "Action": "kms:*", "Resource": "*"}],
///         "caller": {"arn": "arn:aws:iam::111122223333:user/alice", "policies": []},
///         "request": {"operation": "Sign",
///                     "key": {"arn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd"}}
///     }"#,
/// )?;
/// assert!(answer.contains("because no identity-based policy allows the kms:Sign action"));
/// # Ok::<(), kms_emulator::QuestionError>(())
/// ```
pub fn authorize(questions: &str) -> Result<String, QuestionError> {
    answers(questions, answer)
}

/// Answers a question or a list of them with a function.
///
/// # Errors
///
/// The text is not JSON, the list is too long, or the function fails.
pub(crate) fn answers(
    text: &str,
    answer: impl Fn(&Value) -> Result<Answer, String>,
) -> Result<String, QuestionError> {
    answer_text(text, answer).map_err(QuestionError)
}

fn answer_text(
    text: &str,
    answer: impl Fn(&Value) -> Result<Answer, String>,
) -> Result<String, String> {
    let questions: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let answers = match &questions {
        Value::Array(questions) if questions.len() > MAX_QUESTIONS => {
            return Err(format!("a list has at most {MAX_QUESTIONS} questions"));
        }
        Value::Array(questions) => {
            let answers = questions.iter().enumerate().map(|(index, question)| {
                answer(question).map_err(|error| format!("question {}: {error}", index + 1))
            });
            let answers: Vec<Answer> = answers.collect::<Result<_, _>>()?;
            serde_json::to_string(&answers)
        }
        question => serde_json::to_string(&answer(question)?),
    };
    answers.map_err(|error| error.to_string())
}

/// Answers a question.
///
/// # Errors
///
/// One sentence: it cannot be read.
pub(crate) fn answer(question: &Value) -> Result<Answer, String> {
    if question.get("statements").is_some() {
        return language::answer(question);
    }
    form::answer(question)
}

impl QuestionError {
    pub(crate) fn new(sentence: String) -> Self {
        Self(sentence)
    }
}

impl Answer {
    pub(crate) fn decided(decision: Decision, refused: Option<&'static str>) -> Self {
        let denied = decision.verdict != Verdict::Allow;
        Self {
            decision: match decision.verdict {
                Verdict::Allow => "allow",
                Verdict::ExplicitDeny => "explicit-deny",
                Verdict::ImplicitDeny => "implicit-deny",
            },
            message: decision.message,
            error: refused.filter(|_| denied),
            decided_by: Some(decision.by),
            matched: decision.matched,
            missing_context: decision.missing.into_iter().collect(),
            through_service: None,
        }
    }

    /// The answer to a question about a call by a service for its caller.
    pub(crate) fn through(mut self, via_service: Option<&str>) -> Self {
        let is_sqs = via_service.is_some_and(|service| service.starts_with("sqs."));
        self.through_service = (is_sqs && self.error.is_some()).then_some(THROUGH_SQS);
        self
    }

    /// An error of KMS, which comes after a decision to allow.
    fn error(error: KmsError) -> Self {
        Self {
            decision: "error",
            message: error.message,
            error: Some(error.code.as_str()),
            decided_by: None,
            matched: Vec::new(),
            missing_context: Vec::new(),
            through_service: None,
        }
    }
}
