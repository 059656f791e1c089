//! `kms-emulator policy lint`: what KMS refuses in a key policy, what never matches, and whom it locks
//! out.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::print;
use crate::api::AccountId;
use crate::authorization::condition_key::is_list;
use crate::authorization::{Action, KeyFacts, Question, Scope, Subject, Verdict};
use crate::iam::{
    Actor, Clause, Directory, Effect, Kind, Policy, PrincipalArn, Statement, is_list_key,
};
use crate::key::policy;
use crate::operation::{action, actions};

/// The account of a policy that names none.
const ANY_ACCOUNT: &str = "000000000000";

#[derive(Args)]
pub(super) struct Lint {
    /// File with a key policy in JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Account of the key; by default the first account in the policy
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<String>,
}

fn account(text: &str) -> Result<String, &'static str> {
    AccountId::parse(text).ok_or("expected 12 digits")?;
    Ok(text.to_owned())
}

impl Lint {
    /// Whether no policy has a problem.
    pub(super) fn run(&self) -> Result<bool, String> {
        let mut text = String::new();
        let mut count = 0;
        for file in &self.files {
            for problem in problems(&read(file)?, self.account.as_deref()) {
                count += 1;
                // Writing to a string does not fail.
                let _ = writeln!(text, "{}: {problem}", file.display());
            }
        }
        let noun = if count == 1 { "problem" } else { "problems" };
        let _ = writeln!(text, "{count} {noun}");
        print(text.as_bytes())?;
        Ok(count == 0)
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

/// What is wrong with a key policy, a sentence for each problem.
fn problems(text: &str, account: Option<&str>) -> Vec<String> {
    if text.len() > policy::MAX_LENGTH {
        let max = policy::MAX_LENGTH;
        return vec![format!("KMS refuses it: it is longer than {max} bytes")];
    }
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => return vec![format!("KMS refuses it: {}", error.0)],
    };
    let statements = policy.statements.iter().enumerate();
    let mut problems: Vec<_> = statements
        .flat_map(|(index, statement)| {
            let sid = statement.sid.as_ref();
            let sid = sid.map_or_else(String::new, |sid| format!(" ({sid})"));
            let found = of_statement(statement).into_iter();
            found.map(move |problem| format!("statement {}{sid}: {problem}", index + 1))
        })
        .collect();
    let named: Vec<_> = named_principals(&policy).collect();
    let first = named.iter().find_map(|arn| PrincipalArn::parse(arn).ok());
    let partition = first.map_or("aws", |arn| arn.partition);
    if let Err(error) = policy::check_statements(&policy, partition, &Directory::default()) {
        let message = error.message.unwrap_or_else(|| {
            "a statement has no Principal, its Resource is not `*`, or two have the same Sid"
                .to_owned()
        });
        problems.push(format!("KMS refuses it: {message}"));
        return problems;
    }
    let in_policy = named.iter().find_map(|name| account_of(name));
    let account = account.or(in_policy).unwrap_or(ANY_ACCOUNT);
    problems.extend(lockout(&policy, partition, account));
    problems
}

/// The account that a principal is, or belongs to.
fn account_of(name: &str) -> Option<&str> {
    match PrincipalArn::parse(name) {
        Ok(arn) => Some(arn.account),
        Err(_) => AccountId::parse(name).map(|_| name),
    }
}

/// The principals of AWS that statements allow something.
fn named_principals(policy: &Policy) -> impl Iterator<Item = &str> {
    let statements = policy.statements.iter();
    let allowing = statements.filter(|statement| statement.effect == Effect::Allow);
    let clauses = allowing.filter_map(|statement| match &statement.principals {
        Some(Clause::Is(principals)) => Some(&principals.0),
        Some(Clause::Not(_)) | None => None,
    });
    let named = clauses.flatten().filter(|(kind, _)| *kind == Kind::Aws);
    named.map(|(_, name)| name.as_str())
}

/// What of a statement has no effect.
fn of_statement(statement: &Statement) -> Vec<String> {
    let mut problems = Vec::new();
    if let Clause::Is(patterns) = &statement.actions {
        for pattern in patterns {
            let alone = Statement {
                actions: Clause::Is(vec![pattern.clone()]),
                ..statement.clone()
            };
            let text = pattern.as_str();
            let mut scopes = covered(&alone).map(|action| action.scope).peekable();
            if scopes.peek().is_none() {
                problems.push(format!("`{text}` is no action of KMS"));
            } else if scopes.all(|scope| scope == Scope::Any) {
                problems.push(format!(
                    "`{text}` is not about a key, so that only policies of IAM can allow or deny it"
                ));
            }
        }
    }
    for condition in &statement.conditions {
        let (name, key) = (&condition.name, &condition.key);
        if let Some(value) = condition.malformed_value() {
            problems.push(format!("{name} cannot compare `{value}`"));
        }
        let is_list = is_list(key) || is_list_key(key);
        if is_list && condition.operator.set.is_none() && name != "Null" {
            problems.push(format!(
                "{key} is a list: without ForAnyValue: or ForAllValues:, {name} never matches"
            ));
        }
        let is_of_kms = key.to_ascii_lowercase().starts_with("kms:");
        let can_have =
            || covered(statement).any(|action| action.needs_key() && action.can_have(key));
        if is_of_kms && !can_have() {
            problems.push(format!(
                "no action of the statement has the condition key {key}"
            ));
        }
    }
    problems
}

/// The actions that a statement covers.
fn covered(statement: &Statement) -> impl Iterator<Item = Action> {
    actions().filter(|action| statement.covers_action(&format!("kms:{}", action.name)))
}

/// Whether the account keeps control of the key.
fn lockout(policy: &Policy, partition: &str, account: &str) -> Option<String> {
    let change = action("PutKeyPolicy")?;
    let root = format!("arn:{partition}:iam::{account}:root");
    let may_change = |arn: &str| {
        let key = KeyFacts {
            arn: format!(
                "arn:{partition}:kms:us-east-1:{account}:key/00000000-0000-0000-0000-000000000000"
            ),
            ..KeyFacts::default()
        };
        let question = Question {
            subject: Subject {
                actor: Actor::of_arn(arn),
                ..Subject::default()
            },
            key: Some((key, Arc::new(policy.clone()))),
            ..Question::of(change)
        };
        question.decide().verdict == Verdict::Allow
    };
    if may_change(&root) {
        return None;
    }
    let others = named_principals(policy).filter(|name| PrincipalArn::parse(name).is_ok());
    let others: Vec<_> = others.filter(|arn| may_change(arn)).collect();
    let who = if others.is_empty() {
        "no principal that it names may change it".to_owned()
    } else {
        format!("only {} may change it", others.join(", "))
    };
    Some(format!("it locks out the account {account}: {who}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(statements: &str) -> Vec<String> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        problems(&text, None)
    }

    const ROOT: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

    #[test]
    fn a_usual_policy_has_no_problem() {
        let app = r#"{"Sid":"app","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":["kms:Encrypt","kms:GenerateDataKey*"],"Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:tenant":"blue"},"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"tenant"}}}"#;
        assert_eq!(of(&format!("{ROOT},{app}")), Vec::<String>::new());
    }

    #[test]
    fn problems_have_their_statement() {
        for (statement, expected) in [
            (r#""Action":"kms:Sing""#, "`kms:Sing` is no action of KMS"),
            (
                r#""Action":"kms:CreateKey""#,
                "`kms:CreateKey` is not about a key, so that only policies of IAM can allow or deny it",
            ),
            (
                r#""Action":"kms:Sign","Condition":{"StringEquals":{"kms:RecipientAttestation:PCR0":"00"}}"#,
                "no action of the statement has the condition key kms:RecipientAttestation:PCR0",
            ),
            (
                r#""Action":"kms:Encrypt","Condition":{"StringEquals":{"kms:EncryptionContextKeys":"a"}}"#,
                "kms:EncryptionContextKeys is a list: without ForAnyValue: or ForAllValues:, StringEquals \
                 never matches",
            ),
            (
                r#""Action":"kms:TagResource","Condition":{"StringLike":{"aws:TagKeys":"a"}}"#,
                "aws:TagKeys is a list: without ForAnyValue: or ForAllValues:, StringLike never matches",
            ),
            (
                r#""Action":"kms:Sign","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}"#,
                "IpAddress cannot compare `10.0.0.0/33`",
            ),
        ] {
            let more = format!(
                r#"{{"Sid":"s","Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Resource":"*",{statement}}}"#
            );
            let expected = format!("statement 2 (s): {expected}");
            assert_eq!(of(&format!("{ROOT},{more}")), [expected], "{statement}");
        }
    }

    #[test]
    fn what_kms_refuses_has_its_reason() {
        for (statements, expected) in [
            ("", "KMS refuses it: the policy has no statement"),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:*"}"#,
                "KMS refuses it: a statement has no Principal, its Resource is not `*`, or two have the same \
                 Sid",
            ),
            (
                r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/*"},"Action":"kms:*","Resource":"*"}"#,
                "KMS refuses it: Policy contains a statement with one or more invalid principals.",
            ),
        ] {
            assert_eq!(of(statements), [expected]);
        }
        let long = problems(&" ".repeat(policy::MAX_LENGTH + 1), None);
        assert_eq!(long, ["KMS refuses it: it is longer than 32768 bytes"]);
    }

    #[test]
    fn a_lockout_names_who_may_change_the_policy() {
        let app = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"kms:Sign","Resource":"*"}"#;
        let locked = "it locks out the account 111122223333: ";
        assert_eq!(
            of(app),
            [format!("{locked}no principal that it names may change it")]
        );
        let admin = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/admin"},"Action":"kms:*","Resource":"*"}"#;
        let expected = format!("{locked}only arn:aws:iam::111122223333:user/admin may change it");
        assert_eq!(of(&format!("{app},{admin}")), [expected]);
        let deny = r#"{"Effect":"Deny","Principal":"*","Action":"kms:Put*","Resource":"*"}"#;
        let expected = format!("{locked}no principal that it names may change it");
        assert_eq!(of(&format!("{ROOT},{deny}")), [expected]);
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{ROOT}]}}"#);
        let other = problems(&text, Some("444455556666"));
        assert_eq!(other.len(), 1, "{other:?}");
    }
}
