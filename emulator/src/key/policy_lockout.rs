//! Whether a new key policy lets its author change it again: the decision about `PutKeyPolicy` under
//! the new policy.
//!
//! Without `--auth policy`, the emulator does not know the caller's policies, tags and network. So the
//! caller's own policies allow everything, and conditions on what is not known do not lock out.

use std::sync::Arc;

use crate::api::Location;
use crate::authorization::condition_key::describes_key;
use crate::authorization::{Action, KeyFacts, ManagedPolicy, Question, Subject, Verdict};
use crate::iam::{Actor, Condition, Effect, Policy, Statement};

const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// The id of a key in a question that is not about a certain key.
const ANY_KEY: &str = "key/00000000-0000-0000-0000-000000000000";

/// Whether a policy keeps the caller, by ARN, from changing it. `change` is `PutKeyPolicy`.
pub(super) fn locks_out(policy: Policy, owner: &Location, caller: &str, change: Action) -> bool {
    let own = Policy::parse(ALLOW_ALL).unwrap_or_default();
    let key = KeyFacts {
        arn: owner.arn(ANY_KEY),
        ..KeyFacts::default()
    };
    let statements = policy.statements.into_iter().filter_map(without_unknown);
    let policy = Policy::of(statements.collect());
    let question = Question {
        subject: Subject {
            actor: Actor::of_arn(caller),
            identity_policies: vec![ManagedPolicy {
                arn: None,
                policy: Arc::new(own),
            }],
            ..Subject::default()
        },
        key: Some((key, Arc::new(policy))),
        ..Question::of(change)
    };
    question.decide().verdict != Verdict::Allow
}

/// A statement, decided in the caller's favour if its conditions ask for what is not known.
fn without_unknown(mut statement: Statement) -> Option<Statement> {
    if !statement.conditions.iter().any(is_unknown) {
        return Some(statement);
    }
    match statement.effect {
        Effect::Deny => None,
        Effect::Allow => {
            statement
                .conditions
                .retain(|condition| !is_unknown(condition));
            Some(statement)
        }
    }
}

fn is_unknown(condition: &Condition) -> bool {
    const KNOWN: [&str; 5] = [
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:viaawsservice",
    ];
    let key = condition.key.to_ascii_lowercase();
    describes_key(&condition.key) || (key.starts_with("aws:") && !KNOWN.contains(&key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "arn:aws:iam::000000000000:root";
    const ALICE: &str = "arn:aws:iam::000000000000:user/alice";
    const SESSION: &str = "arn:aws:sts::000000000000:assumed-role/admin/s";

    fn is_locked_out(caller: &str, statements: &str) -> bool {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#);
        let policy = Policy::parse(&text).unwrap();
        let change = Action::on_key("PutKeyPolicy");
        locks_out(policy, &Location::default(), caller, change)
    }

    fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"{action}","Resource":"*","Condition":{condition}}}"#
        )
    }

    #[test]
    fn sees_principals_actions_and_who_calls() {
        let role = "arn:aws:iam::000000000000:role/admin";
        for (principal, action, open_to) in [
            (ROOT, "kms:*", [true, true, true]),
            (ROOT, "kms:Put*", [true, true, true]),
            (ROOT, "kms:Encrypt", [false, false, false]),
            ("*", "*", [true, true, true]),
            (ALICE, "kms:*", [false, true, false]),
            (role, "kms:PutKeyPolicy", [false, false, true]),
            (SESSION, "kms:PutKeyPolicy", [false, false, true]),
            (
                "arn:aws:iam::999999999999:root",
                "kms:*",
                [false, false, false],
            ),
        ] {
            for (caller, open) in [ROOT, ALICE, SESSION].into_iter().zip(open_to) {
                let statement = statement("Allow", principal, action, "{}");
                assert_eq!(
                    !is_locked_out(caller, &statement),
                    open,
                    "{caller} {statement}"
                );
            }
        }
    }

    #[test]
    fn sees_denies() {
        let allow = statement("Allow", ROOT, "kms:*", "{}");
        let with = |deny: &str| format!("[{allow},{deny}]");
        let deny = statement("Deny", "*", "kms:PutKeyPolicy", "{}");
        assert!(is_locked_out(ROOT, &with(&deny)));
        let deny = statement("Deny", ALICE, "kms:*", "{}");
        assert!(is_locked_out(ALICE, &with(&deny)));
        assert!(!is_locked_out(ROOT, &with(&deny)));
    }

    #[test]
    fn conditions_on_the_unknown_do_not_lock_out() {
        let allow = statement("Allow", ROOT, "kms:*", "{}");
        for (condition, locked) in [
            (r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#, false),
            (
                r#"{"StringNotEquals":{"aws:PrincipalTag/team":"a"}}"#,
                false,
            ),
            (r#"{"StringEquals":{"kms:KeyOrigin":"AWS_KMS"}}"#, false),
            (
                r#"{"StringNotEquals":{"kms:CallerAccount":"999999999999"}}"#,
                true,
            ),
            (
                r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}"#,
                true,
            ),
        ] {
            let deny = statement("Deny", "*", "kms:*", condition);
            assert_eq!(
                is_locked_out(ROOT, &format!("[{allow},{deny}]")),
                locked,
                "{condition}"
            );
        }
        let condition = r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#;
        assert!(!is_locked_out(
            ROOT,
            &statement("Allow", "*", "kms:*", condition)
        ));
        let condition = r#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#;
        assert!(is_locked_out(
            ROOT,
            &statement("Allow", "*", "kms:*", condition)
        ));
    }
}
