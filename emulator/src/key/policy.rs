//! Key policies: the checks of `CreateKey` and `PutKeyPolicy`. A policy must not be too long, must have
//! valid principals, and must not lock out its account.
//!
//! AWS may accept documents that look wrong, so only known errors are detected. Action names and
//! conditions are not checked.

use serde::Deserialize;

use super::{Key, default_policy, policy_format};
use crate::api::{AccountId, Location};
use crate::error::{KmsError, message};
use crate::one_or_many::OneOrMany;

/// A well-formed policy.
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument {
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
    /// `"*"`
    Any(String),
    Typed(PrincipalTypes),
}

#[derive(Deserialize)]
struct PrincipalTypes {
    #[serde(rename = "AWS", default)]
    aws: OneOrMany<String>,
    #[serde(rename = "Service", default)]
    service: OneOrMany<String>,
    #[serde(rename = "Federated", default)]
    federated: OneOrMany<String>,
    #[serde(rename = "CanonicalUser", default)]
    canonical_user: OneOrMany<String>,
}

/// The name of every key policy.
pub(crate) const NAME: &str = "default";

/// The maximum length of a policy in bytes: a quota of KMS, below the limit in the model.
const MAX_LENGTH: usize = 32 * 1024;

/// The policy of a key, as `GetKeyPolicy` returns it.
pub(crate) fn of(key: &Key) -> String {
    match &key.record.policy {
        Some(policy) => policy_format::format(policy),
        None => default_policy::text(&key.arn.location),
    }
}

impl Policy {
    /// Checks a new policy of a key. `bypass` skips [`Self::check_lockout`].
    ///
    /// # Errors
    ///
    /// `LimitExceededException` if it is too long; the errors of [`Self::parse`] and
    /// [`Self::check_lockout`].
    pub(crate) fn accept(text: &str, owner: &Location, bypass: bool) -> Result<(), KmsError> {
        if text.len() > MAX_LENGTH {
            return Err(message::policy_is_too_long());
        }
        let policy = Self::parse(text)?;
        if bypass {
            Ok(())
        } else {
            policy.check_lockout(&owner.account)
        }
    }

    /// Parses a policy.
    ///
    /// # Errors
    ///
    /// `MalformedPolicyDocumentException`: without a message if it is not a policy document (quoted by
    /// users), with a message if a principal is invalid.
    pub(crate) fn parse(text: &str) -> Result<Self, KmsError> {
        let document: PolicyDocument =
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
                .all(Principal::is_valid)
        };
        if !statements.iter().all(principals) {
            return Err(message::invalid_principals());
        }
        Ok(Self { statements })
    }

    /// Rejects a policy that allows no principal of the account to change it. The emulator treats
    /// every caller as the account, so any principal of the account is enough.
    ///
    /// # Errors
    ///
    /// `MalformedPolicyDocumentException`.
    pub(crate) fn check_lockout(&self, account: &AccountId) -> Result<(), KmsError> {
        let allows_changes = self.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && statement
                    .principal
                    .as_ref()
                    .is_some_and(|principal| principal.includes(account))
                && statement.covers("kms:PutKeyPolicy")
        });
        if allows_changes {
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
        let matches_any = |patterns: &OneOrMany<String>| {
            patterns
                .as_slice()
                .iter()
                .any(|pattern| glob(pattern, action))
        };
        match (&self.action, &self.not_action) {
            (Some(actions), _) => matches_any(actions),
            (None, Some(not_actions)) => !matches_any(not_actions),
            (None, None) => false,
        }
    }
}

impl Principal {
    /// Whether all principals are well formed. Their existence is not checked.
    fn is_valid(&self) -> bool {
        match self {
            Self::Any(star) => star == "*",
            Self::Typed(types) => {
                let others = [&types.service, &types.federated, &types.canonical_user];
                let all = types
                    .aws
                    .as_slice()
                    .iter()
                    .chain(others.iter().flat_map(|names| names.as_slice()));
                all.count() > 0
                    && types
                        .aws
                        .as_slice()
                        .iter()
                        .all(|name| is_aws_principal(name))
            }
        }
    }

    fn includes(&self, account: &AccountId) -> bool {
        match self {
            Self::Any(_) => true,
            Self::Typed(types) => types.aws.as_slice().iter().any(|name| {
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

/// An account, an ARN of IAM or STS, `*`, or the unique id of a user or role.
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

/// Matches a pattern with `*` for any text and `?` for any character. Actions ignore case.
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
    // Consecutive stars are equivalent to one star, but would take exponential time.
    let mut pattern = pattern.as_bytes().to_vec();
    pattern.dedup_by(|next, previous| *next == b'*' && *previous == b'*');
    matches(&pattern, text.as_bytes())
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
    fn accepts_policies_that_aws_accepts() {
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
    fn rejects_lockout() {
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
    fn rejects_malformed_documents() {
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
    fn rejects_invalid_principals() {
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
    fn matches_many_stars_fast() {
        assert!(glob(&"*".repeat(100_000), "kms:PutKeyPolicy"));
        assert!(!glob(&"*a".repeat(30), "kms:PutKeyPolicy"));
    }
}
