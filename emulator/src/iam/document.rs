//! Policy documents.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;

use super::clause::Clause;
use super::condition::Condition;
use super::list::{List, Members, Text};
use super::operator::Operator;
use super::principal::{Kind, Principals};
use super::statement::{Effect, Statement};
use super::template::Template;

/// A policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) statements: Vec<Statement>,
    /// The condition keys that the statements name, in lower case.
    pub(crate) condition_keys: BTreeSet<String>,
}

/// The reason why a text is not a policy, as a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PolicyError(pub(crate) String);

/// The version with policy variables.
const CURRENT: &str = "2012-10-17";
const OLD: &str = "2008-10-17";

/// AWS refuses unknown and repeated members (IAM User Guide: grammar of policies).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: List<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Raw {
    sid: Option<String>,
    effect: RawEffect,
    principal: Option<RawPrincipals>,
    not_principal: Option<RawPrincipals>,
    action: Option<List<String>>,
    not_action: Option<List<String>>,
    resource: Option<List<String>>,
    not_resource: Option<List<String>>,
    condition: Option<Members<Members<List<Text>>>>,
}

#[derive(Deserialize)]
enum RawEffect {
    Allow,
    Deny,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawPrincipals {
    Bare(String),
    Typed(RawTypes),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTypes {
    #[serde(rename = "AWS")]
    aws: Option<List<String>>,
    #[serde(rename = "Service")]
    service: Option<List<String>>,
    #[serde(rename = "Federated")]
    federated: Option<List<String>>,
    #[serde(rename = "CanonicalUser")]
    canonical_user: Option<List<String>>,
}

impl Policy {
    /// Parses a document as text.
    ///
    /// # Errors
    ///
    /// It is not a policy document.
    pub(crate) fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::of_document(serde_json::from_str(text)?)
    }

    /// Reads a document, or a list of statements of the current version, which may be empty.
    ///
    /// # Errors
    ///
    /// It is not a policy.
    pub(crate) fn read(value: &serde_json::Value) -> Result<Self, PolicyError> {
        match value {
            serde_json::Value::String(text) => Self::parse(text),
            serde_json::Value::Array(_) => {
                let List(statements) = List::<Raw>::deserialize(value)?;
                Self::of_statements(statements, true)
            }
            _ => Self::of_document(Document::deserialize(value)?),
        }
    }

    fn of_document(document: Document) -> Result<Self, PolicyError> {
        let variables = match document.version.as_deref() {
            Some(CURRENT) => true,
            Some(OLD) | None => false,
            Some(other) => {
                let text = format!("Version is `{other}`; it must be {CURRENT} or {OLD}");
                return Err(PolicyError(text));
            }
        };
        let List(statements) = document.statement;
        if statements.is_empty() {
            return Err(PolicyError("the policy has no statement".to_owned()));
        }
        Self::of_statements(statements, variables)
    }

    fn of_statements(statements: Vec<Raw>, variables: bool) -> Result<Self, PolicyError> {
        let statements = statements.into_iter().enumerate().map(|(index, raw)| {
            raw.statement(variables)
                .map_err(|error| PolicyError(format!("statement {}: {}", index + 1, error.0)))
        });
        Ok(Self::of(statements.collect::<Result<_, _>>()?))
    }
}

impl Policy {
    /// A policy with these statements.
    pub(crate) fn of(statements: Vec<Statement>) -> Self {
        let named = statements.iter().flat_map(Statement::condition_keys);
        Self {
            condition_keys: named.map(str::to_lowercase).collect(),
            statements,
        }
    }

    /// Whether a decision can depend on the condition keys of a request.
    pub(crate) fn reads_context(&self) -> bool {
        !self.condition_keys.is_empty()
    }

    /// A Sid that two statements have. AWS refuses it when a policy is stored.
    pub(crate) fn repeated_sid(&self) -> Option<&str> {
        let mut sids = HashSet::new();
        let all = self
            .statements
            .iter()
            .filter_map(|statement| statement.sid.as_deref());
        all.filter(|sid| !sid.is_empty())
            .find(|sid| !sids.insert(*sid))
    }
}

impl Raw {
    fn statement(self, variables: bool) -> Result<Statement, PolicyError> {
        let templates = |name: &str, List(texts): List<String>| {
            if texts.is_empty() {
                return Err(PolicyError(format!("{name} is empty")));
            }
            let texts = texts.into_iter();
            Ok(texts.map(|text| Template::new(text, variables)).collect())
        };
        let actions = one_of("Action", self.action, self.not_action, templates)?
            .ok_or_else(|| PolicyError("Action is missing".to_owned()))?;
        let resources = one_of("Resource", self.resource, self.not_resource, templates)?;
        let principals = one_of("Principal", self.principal, self.not_principal, |_, raw| {
            Ok(raw.principals())
        })?;
        let mut conditions = Vec::new();
        for (name, Members(keys)) in self.condition.map(|Members(all)| all).unwrap_or_default() {
            let operator = Operator::parse(&name)
                .ok_or_else(|| PolicyError(format!("`{name}` is not a condition operator")))?;
            for (key, List(values)) in keys {
                let values = values.into_iter();
                conditions.push(Condition {
                    name: name.clone(),
                    operator,
                    key,
                    values: values
                        .map(|Text(text)| Template::new(text, variables))
                        .collect(),
                });
            }
        }
        Ok(Statement {
            sid: self.sid,
            effect: match self.effect {
                RawEffect::Allow => Effect::Allow,
                RawEffect::Deny => Effect::Deny,
            },
            principals,
            actions,
            resources,
            conditions,
        })
    }
}

impl RawPrincipals {
    fn principals(self) -> Principals {
        let types = match self {
            Self::Bare(text) => return Principals(vec![(Kind::Bare, text)]),
            Self::Typed(types) => types,
        };
        let kinds = [
            (Kind::Aws, types.aws),
            (Kind::Service, types.service),
            (Kind::Federated, types.federated),
            (Kind::CanonicalUser, types.canonical_user),
        ];
        let named = kinds.into_iter().flat_map(|(kind, names)| {
            let names = names.map(|List(names)| names).unwrap_or_default();
            names.into_iter().map(move |name| (kind, name))
        });
        Principals(named.collect())
    }
}

/// An element or its negation, but not both.
fn one_of<R, T>(
    name: &str,
    is: Option<R>,
    not: Option<R>,
    convert: impl Fn(&str, R) -> Result<T, PolicyError>,
) -> Result<Option<Clause<T>>, PolicyError> {
    match (is, not) {
        (Some(_), Some(_)) => Err(PolicyError(format!(
            "{name} and Not{name} exclude each other"
        ))),
        (Some(is), None) => convert(name, is).map(|value| Some(Clause::Is(value))),
        (None, Some(not)) => convert(name, not).map(|value| Some(Clause::Not(value))),
        (None, None) => Ok(None),
    }
}

impl From<serde_json::Error> for PolicyError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}
