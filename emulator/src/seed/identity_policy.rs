//! The checks of policies of identities, as IAM makes them when it stores a policy.

use super::error::{FieldPath, Problem};
use crate::api::{AccountId, arn_parts};
use crate::iam::{Policy, Statement};

/// Where a policy stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// All inline policies of a user.
    OfUser,
    /// All inline policies of a role.
    OfRole,
    Managed,
    /// Who may assume a role.
    Trust,
    /// What a level of an organization leaves to an account.
    ServiceControl,
}

impl Kind {
    /// AWS's quota in characters without white space. That of trust policies is the highest that an
    /// account can get.
    const fn max_size(self) -> usize {
        match self {
            Self::OfUser => 2048,
            Self::OfRole | Self::ServiceControl => 10_240,
            Self::Managed => 6144,
            Self::Trust => 4096,
        }
    }

    pub(super) fn check_size(self, size: usize, path: &FieldPath) -> Result<(), Problem> {
        let max = self.max_size();
        if size <= max {
            return Ok(());
        }
        let what = match self {
            Self::OfUser | Self::OfRole => "the inline policies are",
            Self::Managed | Self::Trust | Self::ServiceControl => "the policy is",
        };
        let message = format!("{what} too long: at most {max} characters without white space");
        Err(path.invalid(message))
    }
}

/// Checks a policy, and returns its size.
pub(super) fn check(text: &str, kind: Kind, path: &FieldPath) -> Result<usize, Problem> {
    let size = text.chars().filter(|letter| !letter.is_whitespace());
    let size = size.count();
    kind.check_size(size, path)?;
    let policy = Policy::parse(text).map_err(|error| path.invalid(error.0))?;
    for (index, statement) in policy.statements.iter().enumerate() {
        let number = index + 1;
        if let Some(message) = fault(statement, kind) {
            return Err(path.invalid(format!("statement {number}: {message}")));
        }
        for condition in &statement.conditions {
            if let Some(value) = condition.malformed_value() {
                let name = &condition.name;
                let message = format!("statement {number}: {name} cannot compare {value:?}");
                return Err(path.invalid(message));
            }
        }
    }
    match policy.repeated_sid() {
        Some(sid) => Err(path.invalid(format!("two statements have the Sid {sid}"))),
        None => Ok(size),
    }
}

fn fault(statement: &Statement, kind: Kind) -> Option<&'static str> {
    let (principals, resources) = (&statement.principals, &statement.resources);
    match kind {
        Kind::Trust if principals.is_none() => Some("Principal is missing"),
        Kind::Trust if resources.is_some() => Some("a trust policy has no Resource"),
        Kind::Trust => None,
        Kind::ServiceControl if principals.is_some() => {
            Some("a service control policy has no Principal")
        }
        _ if principals.is_some() => Some("the policy of an identity has no Principal"),
        _ if resources.is_none() => Some("Resource is missing"),
        _ => None,
    }
}

/// Whether a text can be the name of an inline policy.
pub(super) fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

/// Whether a text is the ARN of a managed policy, of an account or of AWS.
pub(super) fn is_arn(text: &str) -> bool {
    let Some(["arn", partition, "iam", "", account, resource]) = arn_parts(text) else {
        return false;
    };
    let name = resource.strip_prefix("policy/");
    partition.starts_with("aws")
        && (account == "aws" || AccountId::parse(account).is_some())
        && text.len() <= 2048
        && name.is_some_and(|name| name.split('/').all(is_name))
}
