//! Key policies: the checks of `CreateKey` and `PutKeyPolicy`.
//!
//! AWS may accept documents that look wrong, so only known errors are detected. The order of the
//! checks on AWS is not known.

use std::sync::Arc;

use super::policy_lockout::locks_out;
use super::{Key, default_policy, policy_format};
use crate::api::Location;
use crate::authorization::Action;
use crate::error::{KmsError, message};
use crate::iam::{
    Clause, Condition, Directory, Kind, Policies, Policy, PolicyError, PrincipalArn,
    PrincipalArnError, Set, Statement,
};

/// The name of every key policy.
pub(crate) const NAME: &str = "default";

/// The maximum length of a policy in bytes: a quota of KMS, below the limit in the model.
pub(crate) const MAX_LENGTH: usize = 32 * 1024;

/// The policy of a key, as `GetKeyPolicy` returns it.
pub(crate) fn of(key: &Key) -> String {
    match &key.record.policy {
        Some(policy) => policy_format::format(policy),
        None => default_policy::text(&key.arn.location),
    }
}

/// The policy of a key, to decide by.
///
/// # Errors
///
/// It is not a policy: an earlier version of the emulator accepted it.
pub(crate) fn parsed(key: &Key, known: &Policies) -> Result<Arc<Policy>, PolicyError> {
    match &key.record.policy {
        Some(policy) => known.parse(policy),
        None => known.parse(&default_policy::text(&key.arn.location)),
    }
}

/// Checks a new policy of a key of `owner`. It must let the caller do `change` again, if that is given:
/// `PutKeyPolicy`.
///
/// # Errors
///
/// Those of [`check`], and `MalformedPolicyDocumentException` if it locks the caller out.
pub(crate) fn accept(
    text: &str,
    owner: &Location,
    caller: &str,
    change: Option<Action>,
) -> Result<(), KmsError> {
    // Every user and role exists. Nothing has a unique id.
    let policy = check(text, owner, &Directory::default())?;
    match change {
        Some(change) if locks_out(policy, owner, caller, change) => {
            Err(message::policy_locks_out(caller))
        }
        Some(_) | None => Ok(()),
    }
}

/// Checks the form of a policy, but not whether it locks its account out.
///
/// # Errors
///
/// `LimitExceededException` if it is too long, `MalformedPolicyDocumentException`.
pub(crate) fn check(text: &str, owner: &Location, known: &Directory) -> Result<Policy, KmsError> {
    if text.len() > MAX_LENGTH {
        return Err(message::policy_is_too_long(MAX_LENGTH, text.len()));
    }
    let policy = Policy::parse(text).map_err(|error| message::malformed_policy(&error.0))?;
    check_statements(&policy, owner.region.partition(), known)?;
    Ok(policy)
}

/// Checks the statements of a key policy in a partition.
///
/// # Errors
///
/// `MalformedPolicyDocumentException`: without a message for faults of its form (its message is not
/// known), with a message for principals and conditions.
pub(crate) fn check_statements(
    policy: &Policy,
    partition: &str,
    known: &Directory,
) -> Result<(), KmsError> {
    let statements = &policy.statements;
    for (number, statement) in (1..).zip(statements) {
        if let Some(fault) = incompleteness(statement) {
            let fault = format!("statement {number}: {fault}");
            return Err(message::malformed_policy(&fault));
        }
    }
    if let Some(sid) = policy.repeated_sid() {
        let fault = format!("two statements have the Sid `{sid}`");
        return Err(message::malformed_policy(&fault));
    }
    for (number, statement) in (1..).zip(statements) {
        if let Some(found) = invalid_principal(statement, partition, known) {
            return Err(message::invalid_principals(number, found));
        }
    }
    let mut conditions = statements
        .iter()
        .flat_map(|statement| &statement.conditions);
    if let Some(condition) = conditions.clone().find(|condition| is_forbidden(condition)) {
        return Err(message::forbidden_condition_keys(&condition.key));
    }
    match conditions.find(|condition| is_overly_permissive(condition)) {
        Some(condition) => Err(message::overly_permissive_condition(&condition.key)),
        None => Ok(()),
    }
}

/// Since August 2025, `Resource` must be `*` (quoted by users).
fn incompleteness(statement: &Statement) -> Option<&'static str> {
    match &statement.resources {
        None => Some("Resource is missing"),
        Some(Clause::Not(_)) => Some("NotResource is not allowed"),
        Some(Clause::Is(resources)) if resources.iter().any(|one| one.as_str() != "*") => {
            Some("Resource is not `*`")
        }
        Some(Clause::Is(_)) if statement.principals.is_none() => Some("Principal is missing"),
        Some(Clause::Is(_)) => None,
    }
}

/// The first principal that is not valid. A statement without principals is not valid, either.
fn invalid_principal<'s>(
    statement: &'s Statement,
    partition: &str,
    known: &Directory,
) -> Option<&'s str> {
    let principals = statement
        .principals
        .iter()
        .flat_map(|clause| &clause.value().0);
    let mut is_empty = true;
    let invalid = principals.clone().find(|(kind, name)| {
        is_empty = false;
        match kind {
            Kind::Bare => name != "*",
            Kind::Aws => !is_aws_principal(name, partition, known),
            Kind::Service | Kind::Federated | Kind::CanonicalUser => false,
        }
    });
    let invalid = invalid.map(|(_, name)| name.as_str());
    invalid.or_else(|| is_empty.then_some("none"))
}

/// An account, the ARN of an account, user, role or session of the same partition, `*`, or the unique
/// id of a user or role that exists.
fn is_aws_principal(name: &str, partition: &str, known: &Directory) -> bool {
    match PrincipalArn::parse(name) {
        Ok(arn) => arn.partition == partition && known.has(&arn),
        // The origin access identities of CloudFront.
        Err(PrincipalArnError::NotAPrincipal) => name
            .strip_prefix("arn:aws:iam::cloudfront:user/")
            .is_some_and(|name| !name.is_empty()),
        Err(PrincipalArnError::Invalid) => false,
        Err(PrincipalArnError::NoArn) => {
            let is_account = name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit());
            let is_unique_id = ["AIDA", "AROA"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
            name == "*" || is_account || (is_unique_id && known.has_id(name))
        }
    }
}

/// Conditions that only policies of IAM may have.
fn is_forbidden(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    let name = key.split('/').next().unwrap_or_default();
    ["aws:resourcetag", "kms:resourcetag", "kms:resourcealiases"].contains(&name)
}

/// `ForAllValues` matches a request without the pair, so it protects nothing.
fn is_overly_permissive(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    condition.operator.set == Some(Set::All) && key.starts_with("kms:encryptioncontext:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(statements: &str) -> Result<(), Option<String>> {
        verdict_of(&format!(
            r#"{{"Version":"2012-10-17","Statement":{statements}}}"#
        ))
    }

    fn verdict_of(text: &str) -> Result<(), Option<String>> {
        let root = Location::default().account_arn();
        let change = Some(Action::on_key("PutKeyPolicy"));
        accept(text, &Location::default(), &root, change).map_err(|error| error.message)
    }

    /// Statements beside one that prevents the lockout.
    fn with_root(statement: &str) -> Result<(), Option<String>> {
        let root = r#"{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"kms:*","Resource":"*"}"#;
        verdict(&format!("[{root},{statement}]"))
    }

    #[test]
    fn accepts_policies_that_aws_accepts() {
        for statement in [
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"kms:*","Resource":["*"]}]"#,
            r#"[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"NotAction":"kms:Decrypt","Resource":"*"}]"#,
        ] {
            assert_eq!(verdict(statement), Ok(()), "{statement}");
        }
        for principal in [
            r#"{"AWS":["arn:aws:iam::111122223333:role/Admin"]}"#,
            r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/Admin/session"}"#,
            r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#,
            r#"{"Service":"logs.us-east-1.amazonaws.com"}"#,
        ] {
            let statement = format!(
                r#"{{"Effect":"Allow","Principal":{principal},"Action":"kms:Decrypt","Resource":"*"}}"#
            );
            assert_eq!(with_root(&statement), Ok(()), "{principal}");
        }
    }

    #[test]
    fn rejects_malformed_documents() {
        for statement in [
            "[]",
            "1",
            r#"{"Effect":"Perhaps","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":[],"Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":[]}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:kms:*:*:key/*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Effect":"Allow"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Conditon":{}}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Equals":{}}}"#,
            r#"[{"Sid":"a","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
                {"Sid":"a","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]"#,
        ] {
            assert_eq!(verdict(statement), Err(None), "{statement}");
        }
        let statement = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let versioned = format!(r#"{{"Version":"2020-01-01","Statement":{statement}}}"#);
        assert_eq!(verdict_of(&versioned), Err(None));
        let unversioned = format!(r#"{{"Statement":{statement}}}"#);
        assert_eq!(verdict_of(&unversioned), Ok(()));
    }

    #[test]
    fn rejects_invalid_principals() {
        let invalid = message::invalid_principals(2, "").message;
        for principal in [
            r#"{"AWS":"SomePrincipal"}"#,
            r#"{"AWS":[]}"#,
            r#""someone""#,
            r#"{"AWS":"AROAEXAMPLEEXAMPLE123"}"#,
            r#"{"AWS":"arn:aws:s3:::bucket"}"#,
            r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#,
            r#"{"AWS":"arn:aws:iam::111122223333:group/g"}"#,
            r#"{"AWS":"arn:aws:iam::111122223333:instance-profile/p"}"#,
            r#"{"AWS":"arn:aws:iam::111122223333:policy/p"}"#,
            r#"{"AWS":"arn:aws-cn:iam::111122223333:role/r"}"#,
            r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/path/r/session"}"#,
        ] {
            for name in ["Principal", "NotPrincipal"] {
                let statement = format!(
                    r#"{{"Effect":"Allow","{name}":{principal},"Action":"*","Resource":"*"}}"#
                );
                assert_eq!(with_root(&statement), Err(invalid.clone()), "{principal}");
            }
        }
    }

    #[test]
    fn rejects_conditions_of_identity_policies() {
        let with = |condition: &str| {
            with_root(&format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"kms:Sign","Resource":"*","Condition":{condition}}}"#
            ))
        };
        let forbidden = message::forbidden_condition_keys("").message;
        for key in [
            "aws:ResourceTag/team",
            "kms:ResourceTag/team",
            "kms:resourcealiases",
        ] {
            let condition = format!(r#"{{"StringLike":{{"{key}":"x"}}}}"#);
            assert_eq!(with(&condition), Err(forbidden.clone()), "{key}");
        }
        assert_eq!(
            with(r#"{"StringLike":{"aws:PrincipalTag/team":"x"}}"#),
            Ok(())
        );
        let permissive = message::overly_permissive_condition("").message;
        let condition = r#"{"ForAllValues:StringEquals":{"kms:EncryptionContext:a":"b"}}"#;
        assert_eq!(with(condition), Err(permissive));
    }
}
