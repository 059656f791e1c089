//! Key policies, as far as KMS looks into one that it is given: a policy document of limited
//! length, whose statements have principals that can be, and which does not lock its owner out.
//!
//! As strict as AWS and no more: a document that real KMS takes must not be refused here, so what
//! is not known to be refused is let through. Actions are not looked up, conditions not read.

use serde::Deserialize;

use super::Key;
use super::policy_text::printed;
use crate::api::{AccountId, Location};
use crate::error::{KmsError, message};

/// A policy that was found well formed.
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: Effect,
    principal: Option<Principal>,
    not_principal: Option<Principal>,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
}

#[derive(Deserialize, PartialEq)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Principal {
    Everyone(String),
    Of(PrincipalKinds),
}

#[derive(Deserialize)]
struct PrincipalKinds {
    #[serde(rename = "AWS", default)]
    aws: OneOrMany<String>,
    #[serde(rename = "Service", default)]
    service: OneOrMany<String>,
    #[serde(rename = "Federated", default)]
    federated: OneOrMany<String>,
    #[serde(rename = "CanonicalUser", default)]
    canonical_user: OneOrMany<String>,
}

/// AWS lets a list of one stand without its brackets.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

/// What every key policy is called.
pub(crate) const NAME: &str = "default";

/// The longest policy in bytes: a quota of KMS, which the model's own limit goes beyond.
const LONGEST: usize = 32 * 1024;

/// The policy of a key: the one that it was given, or the default one, as recorded.
pub(crate) fn of(key: &Key) -> String {
    if let Some(policy) = &key.record.policy {
        return printed(policy);
    }
    let Location { account, region } = &key.arn.location;
    let partition = region.partition();
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

impl Policy {
    /// Checks a policy that a key is to have.
    ///
    /// # Errors
    ///
    /// `LimitExceededException` for one that is too long; as [`Self::parse`]; and unless told to
    /// pass over that, as [`Self::check_lockout`].
    pub(crate) fn accept(text: &str, owner: &Location, bypass: bool) -> Result<(), KmsError> {
        if text.len() > LONGEST {
            return Err(message::policy_is_too_long());
        }
        let policy = Self::parse(text)?;
        if bypass {
            Ok(())
        } else {
            policy.check_lockout(&owner.account)
        }
    }

    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// `MalformedPolicyDocumentException`: without a text for one that is no policy document
    /// (quoted by users), with one for principals that cannot be.
    pub(crate) fn parse(text: &str) -> Result<Self, KmsError> {
        let document: Document =
            serde_json::from_str(text).map_err(|_| message::malformed_policy())?;
        let statements = document.statement.into_vec();
        if statements.is_empty() || !statements.iter().all(Statement::is_complete) {
            return Err(message::malformed_policy());
        }
        let principals = |statement: &Statement| {
            statement
                .principal
                .iter()
                .chain(&statement.not_principal)
                .all(Principal::can_be)
        };
        if !statements.iter().all(principals) {
            return Err(message::invalid_principals());
        }
        Ok(Self { statements })
    }

    /// Refuses a policy that leaves nobody in the account a way to change it. Every caller is the
    /// account itself here, so any principal of the account will do.
    ///
    /// # Errors
    ///
    /// `MalformedPolicyDocumentException`.
    pub(crate) fn check_lockout(&self, account: &AccountId) -> Result<(), KmsError> {
        let keeps_a_way = self.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && statement
                    .principal
                    .as_ref()
                    .is_some_and(|who| who.includes(account))
                && statement.covers("kms:PutKeyPolicy")
        });
        if keeps_a_way {
            Ok(())
        } else {
            Err(message::policy_locks_out())
        }
    }
}

impl Statement {
    fn is_complete(&self) -> bool {
        (self.principal.is_some() != self.not_principal.is_some())
            && (self.action.is_some() != self.not_action.is_some())
    }

    fn covers(&self, action: &str) -> bool {
        let among = |patterns: &OneOrMany<String>| {
            patterns
                .as_slice()
                .iter()
                .any(|pattern| glob(pattern, action))
        };
        match (&self.action, &self.not_action) {
            (Some(actions), _) => among(actions),
            (None, Some(not_actions)) => !among(not_actions),
            (None, None) => false,
        }
    }
}

impl Principal {
    /// Whether every principal has a form that AWS knows. Whether it exists cannot be known here.
    fn can_be(&self) -> bool {
        match self {
            Self::Everyone(star) => star == "*",
            Self::Of(kinds) => {
                let others = [&kinds.service, &kinds.federated, &kinds.canonical_user];
                let named = kinds
                    .aws
                    .as_slice()
                    .iter()
                    .chain(others.iter().flat_map(|kind| kind.as_slice()));
                named.count() > 0
                    && kinds
                        .aws
                        .as_slice()
                        .iter()
                        .all(|name| is_aws_principal(name))
            }
        }
    }

    fn includes(&self, account: &AccountId) -> bool {
        match self {
            Self::Everyone(_) => true,
            Self::Of(kinds) => kinds.aws.as_slice().iter().any(|name| {
                name == "*"
                    || *name == account.to_string()
                    || name
                        .split(':')
                        .nth(4)
                        .is_some_and(|part| part == account.to_string())
            }),
        }
    }
}

/// An account, an ARN of IAM or STS, everyone, or the unique id of a user or role.
fn is_aws_principal(name: &str) -> bool {
    let is_unique_id = || {
        let id = name
            .strip_prefix("AIDA")
            .or_else(|| name.strip_prefix("AROA"));
        id.is_some_and(|id| id.len() >= 12 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let is_arn = || {
        let parts: Vec<_> = name.splitn(6, ':').collect();
        matches!(parts.as_slice(), ["arn", partition, "iam" | "sts", "", account, resource]
            if partition.starts_with("aws")
                && (AccountId::parse(account).is_some() || *account == "cloudfront")
                && !resource.is_empty())
    };
    name == "*" || AccountId::parse(name).is_some() || is_arn() || is_unique_id()
}

/// `*` is any text, `?` any one letter; case does not matter in an action.
fn glob(pattern: &str, text: &str) -> bool {
    fn matches(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => {
                matches(rest, text) || matches!(text, [_, tail @ ..] if matches(pattern, tail))
            }
            ([b'?', rest @ ..], [_, tail @ ..]) => matches(rest, tail),
            ([letter, rest @ ..], [other, tail @ ..]) => {
                letter.eq_ignore_ascii_case(other) && matches(rest, tail)
            }
            _ => false,
        }
    }
    // Stars in a row mean no more than one, and would only cost time.
    let mut pattern = pattern.as_bytes().to_vec();
    pattern.dedup_by(|next, previous| *next == b'*' && *previous == b'*');
    matches(&pattern, text.as_bytes())
}

impl<T> OneOrMany<T> {
    fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(statement: &str) -> Result<(), Option<String>> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let account = AccountId::parse("111122223333").unwrap();
        Policy::parse(&text)
            .and_then(|policy| policy.check_lockout(&account))
            .map_err(|error| error.message)
    }

    #[test]
    fn policies_that_real_kms_takes_are_taken() {
        for statement in [
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]"#,
            r#"[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/Admin"]},"Action":["kms:Put*"],"Resource":"*"},
                {"Effect":"Allow","Principal":{"Service":"logs.us-east-1.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}]"#,
            r#"[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"NotAction":"kms:Decrypt","Resource":"*"}]"#,
        ] {
            assert_eq!(verdict(statement), Ok(()), "{statement}");
        }
    }

    #[test]
    fn a_policy_that_locks_its_owner_out_is_refused() {
        let lockout = message::policy_locks_out().message;
        for statement in [
            r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"NotAction":"kms:Put*","Resource":"*"}"#,
        ] {
            assert_eq!(verdict(statement), Err(lockout.clone()), "{statement}");
        }
    }

    #[test]
    fn what_is_no_policy_is_malformed_without_a_text() {
        for statement in [
            "[]",
            "1",
            r#"{"Effect":"Perhaps","Principal":"*","Action":"*"}"#,
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Resource":"*"}"#,
        ] {
            assert_eq!(verdict(statement), Err(None), "{statement}");
        }
    }

    #[test]
    fn principals_that_cannot_be_are_refused() {
        let invalid = message::invalid_principals().message;
        for principal in [
            r#"{"AWS":"SomePrincipal"}"#,
            r#"{"AWS":[]}"#,
            r#""someone""#,
            r#"{"AWS":"arn:aws:s3:::bucket"}"#,
        ] {
            let statement = format!(
                r#"{{"Effect":"Allow","Principal":{principal},"Action":"*","Resource":"*"}}"#
            );
            assert_eq!(verdict(&statement), Err(invalid.clone()), "{principal}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_costs_little() {
        assert!(glob(&"*".repeat(100_000), "kms:PutKeyPolicy"));
        assert!(!glob(&"*a".repeat(30), "kms:PutKeyPolicy"));
    }
}
