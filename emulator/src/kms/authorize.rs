//! Questions about permissions on what is in this emulator.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Kms;
use crate::api::{AccountId, Location, Region};
use crate::auth::{Caller, Principal};
use crate::authorization::{Action, Asked, Decision};
use crate::context::{OperationInfo, Origin, RequestState};
use crate::error::Error;
use crate::operation;
use crate::question::{self, Answer, QuestionError};

/// A question with `"state": true`.
#[derive(Deserialize)]
struct Form {
    caller: CallerForm,
    request: RequestForm,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallerForm {
    arn: Option<String>,
    access_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestForm {
    operation: String,
    region: Option<String>,
    key_id: Option<String>,
    #[serde(default)]
    parameters: Map<String, Value>,
    encryption_context: Option<Value>,
    grant_tokens: Option<Value>,
    via_service: Option<String>,
    source_ip: Option<IpAddr>,
}

/// Whether a principal may do something, from [`Kms::who_can`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// The ARN of the principal.
    pub principal: String,
    /// Whether it may.
    pub allowed: bool,
    /// The statement, grant or layer that decides: `key policy, statement 1 (account)`.
    pub decided_by: String,
}

impl Kms {
    /// Decides about a question or a list of them, as [`authorize`](crate::authorize) does. In a question
    /// with `"state": true`, the key, its grants and the policies of the caller are those in this emulator,
    /// whatever [`AuthMode`](crate::AuthMode) it has.
    ///
    /// # Errors
    ///
    /// The text is not a question, or it names an unknown operation, key or access key.
    pub fn authorize(&self, questions: &str) -> Result<String, QuestionError> {
        question::answers(questions, |question| {
            if question.get("state") == Some(&Value::Bool(true)) {
                self.answer(question).map_err(|error| error.to_string())
            } else {
                question::answer(question)
            }
        })
    }

    /// Which of the known principals may do an operation with a key: the users and roles of seeds, the
    /// roots of their accounts and of the key's account. `key` is an ARN, or an id or an alias that only one
    /// account and Region has, or else the account and Region of this emulator.
    ///
    /// # Errors
    ///
    /// The operation or the key is unknown.
    pub fn who_can(&self, operation: &str, key: &str) -> Result<Vec<Permission>, QuestionError> {
        let location = &self.location_of(key)?;
        let mut principals = BTreeSet::from([location.account_arn()]);
        let action = action(operation)?;
        let mut state = self.state(action, Caller::at(location.clone()));
        let stored = state.context().all_principals().map_err(one_sentence)?;
        let key = state.key_arn(key);
        let key = key
            .map_err(|error| QuestionError::new(sentence(&error)))?
            .to_string();
        for Principal { arn, .. } in stored {
            let parts: Vec<_> = arn.split(':').collect();
            if let [_, partition, _, _, account, ..] = parts.as_slice() {
                principals.insert(format!("arn:{partition}:iam::{account}:root"));
            }
            principals.insert(arn);
        }
        let permissions = principals.into_iter().map(|principal| {
            let caller = CallerForm {
                arn: Some(principal.clone()),
                access_key: None,
            };
            let caller = self.caller_of(&caller, &location.region)?;
            let members = Map::from_iter([("KeyId".to_owned(), json!(key))]);
            let decision = self.decide(action, caller, &members, Origin::default())?;
            Ok(Permission {
                principal,
                allowed: decision.is_allowed(),
                decided_by: decision.by.to_string(),
            })
        });
        permissions.collect()
    }

    /// The account and Region of a key id or an alias.
    fn location_of(&self, reference: &str) -> Result<Location, QuestionError> {
        let default = &self.services.location;
        let kind = match reference.strip_prefix("alias/") {
            Some(_) => "alias/",
            None => "key/",
        };
        let mut found = Vec::new();
        self.services.store.scan(kind, None, |name, _| {
            let mut parts = name.splitn(4, '/').skip(1);
            if let (Some(account), Some(region), Some(rest)) =
                (parts.next(), parts.next(), parts.next())
                && rest == reference
                && let (Some(account), Some(region)) =
                    (AccountId::parse(account), Region::parse(region))
            {
                found.push(Location { account, region });
            }
            true
        });
        match found.as_slice() {
            [] => Ok(default.clone()),
            [only] => Ok(only.clone()),
            several if several.contains(default) => Ok(default.clone()),
            [one, other, ..] => Err(QuestionError::new(format!(
                "`{reference}` is in {one} and in {other}: use an ARN"
            ))),
        }
    }

    fn answer(&self, question: &Value) -> Result<Answer, QuestionError> {
        let Form { caller, request } = Form::deserialize(question).map_err(one_sentence)?;
        let region = match &request.region {
            Some(region) => {
                let invalid =
                    || QuestionError::new(format!("request.region: `{region}` is no Region"));
                Region::parse(region).ok_or_else(invalid)?
            }
            None => self.services.location.region.clone(),
        };
        let mut members = request.parameters;
        for (name, value) in [
            ("KeyId", request.key_id.map(Value::from)),
            ("EncryptionContext", request.encryption_context),
            ("GrantTokens", request.grant_tokens),
        ] {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        }
        let via_service = request.via_service;
        let origin = Origin {
            address: request.source_ip,
            via_service: via_service.clone(),
            ..Origin::default()
        };
        let caller = self.caller_of(&caller, &region)?;
        let action = action(&request.operation)?;
        let decision = self.decide(action, caller, &members, origin)?;
        let answer = Answer::decided(decision, Some("AccessDeniedException"));
        Ok(answer.through(via_service.as_deref()))
    }

    fn caller_of(&self, form: &CallerForm, region: &Region) -> Result<Caller, QuestionError> {
        let invalid = |sentence: String| QuestionError::new(sentence);
        match (&form.arn, &form.access_key) {
            (Some(arn), None) => Caller::of_arn(arn, region.clone()).ok_or_else(|| {
                invalid(format!("caller.arn: `{arn}` is not the ARN of a principal"))
            }),
            (None, Some(id)) => {
                let identity = self.services.identity(id).map_err(one_sentence)?;
                let identity = identity
                    .ok_or_else(|| invalid(format!("caller.access_key: `{id}` is unknown")))?;
                Ok(Caller::of_identity(id, identity, region.clone()))
            }
            _ => Err(invalid("caller: needs either arn or access_key".to_owned())),
        }
    }

    /// The state of a request that is not run.
    fn state(&self, action: Action, caller: Caller) -> RequestState<'_> {
        let info = OperationInfo {
            action,
            ..OperationInfo::internal(action.name)
        };
        RequestState::new(&self.services, info, caller, self.services.clock.now())
    }

    fn decide(
        &self,
        action: Action,
        caller: Caller,
        members: &Map<String, Value>,
        origin: Origin,
    ) -> Result<Decision, QuestionError> {
        let named = members.iter().map(|(name, value)| (name.as_str(), value));
        let asked = Asked::read(named).map_err(|error| QuestionError::new(error.to_string()))?;
        let target = members.get("TargetKeyId").and_then(Value::as_str);
        let mut state = self.state(action, caller);
        state
            .decide(asked, target, origin)
            .map_err(|error| QuestionError::new(sentence(&error)))
    }
}

/// The action with a name.
fn action(name: &str) -> Result<Action, QuestionError> {
    operation::action(name).ok_or_else(|| {
        let problem = match operation::find(name) {
            Some(entry) => format!("needs {}", entry.actions.join(" and ")),
            None => "is unknown".to_owned(),
        };
        QuestionError::new(format!("request.operation: `{name}` {problem}"))
    })
}

/// An error of KMS, such as that of an unknown key.
fn sentence(error: &Error) -> String {
    let name = error.wire_name();
    match error.message() {
        Some(message) => format!("{name}: {message}"),
        None => name.to_owned(),
    }
}

fn one_sentence(error: impl std::fmt::Display) -> QuestionError {
    QuestionError::new(error.to_string())
}
