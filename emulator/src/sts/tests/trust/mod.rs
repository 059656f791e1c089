//! STS under `--auth policy`: who may have a session.

mod sessions;

use super::*;
use crate::api::Location;
use crate::auth::{AuthMode, Caller};
use crate::context::{OperationInfo, RequestState};
use crate::error::Error;
use crate::sts::StsRequest;

const ROLE: &str = "arn:aws:iam::111122223333:role/ops/deploy";
const ALICE_ARN: &str = "arn:aws:iam::111122223333:user/alice";

/// A KMS whose policies decide, with a role and three users: alice without policies, bob with
/// policies for STS, and eve of another account.
struct Setup {
    trust: String,
    role: String,
    bob: String,
    more: String,
}

/// A statement that allows an action.
fn allow(more: &str) -> String {
    format!("{{Effect: Allow, {more}}}")
}

fn document(statements: &str) -> String {
    format!("{{Version: \"2012-10-17\", Statement: [{statements}]}}")
}

fn trusting(statements: &str) -> Setup {
    Setup {
        trust: statements.to_owned(),
        role: String::new(),
        bob: allow("Action: 'sts:*', Resource: '*'"),
        more: String::new(),
    }
}

impl Setup {
    fn kms(&self) -> Kms {
        let Self {
            trust,
            role,
            bob,
            more,
        } = self;
        let policies =
            |statements: &str| format!("[{{name: p, document: {}}}]", document(statements));
        let yaml = format!(
            "identities:\n  - {{arn: '{ALICE_ARN}', access_keys: [{{id: ALICE}}], tags: {{team: blue}}}}\n  \
             - {{arn: 'arn:aws:iam::111122223333:user/bob', access_keys: [{{id: BOB}}], policies: {}}}\n  \
             - {{arn: 'arn:aws:iam::444455556666:user/eve', access_keys: [{{id: EVE}}], policies: {}}}\n  \
             - {{arn: 'arn:aws:iam::444455556666:user/dan', access_keys: [{{id: DAN}}]}}\n  \
             - {{access_key_id: ROOT, account: 111122223333}}\n  \
             - {{arn: '{ROLE}', trust_policy: {}, tags: {{stage: test}}{role}}}\n{more}",
            policies(bob),
            policies(bob),
            document(trust),
        );
        let clock = Clock::frozen_at(Timestamp::from_millis(NOW * 1000));
        let seed = Seed::parse("seed.yaml", &yaml).unwrap();
        let kms = Kms::builder().auth(AuthMode::Policy).clock(Arc::new(clock));
        kms.seed(seed).build_temporary().unwrap()
    }
}

/// The answer of an operation, or its error as text.
fn ask(kms: &Kms, access_key_id: &str, operation: &str, parameters: &str) -> Result<Value, String> {
    run(kms, access_key_id, operation, parameters).map_err(|error| {
        let message = error.message().unwrap_or_else(|| "-".to_owned());
        format!("{} {message}", error.wire_name())
    })
}

fn run(kms: &Kms, access_key_id: &str, operation: &str, parameters: &str) -> Result<Value, Error> {
    let body = format!("Action={operation}&Version=2011-06-15{parameters}");
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access_key_id}/20260921/us-east-1/sts/aws4_request");
    let request = StsRequest::read(&Request {
        method: "POST",
        path: "/",
        accept: Some("application/json"),
        body: body.as_bytes(),
        ..Request::default()
    });
    let find = |id: &str| kms.services.identity(id);
    let caller = Caller::new(Some(&authorization), &Location::default(), find).unwrap();
    let info = OperationInfo::internal("STS");
    let mut state = RequestState::new(&kms.services, info, caller.clone(), kms.clock().now());
    let answer = request.unwrap().run(&caller, state.context(), "id");
    drop(state.commit(answer.is_ok()).unwrap());
    let body: Value = serde_json::from_slice(&answer?).unwrap();
    let result = format!("/{operation}Response/{operation}Result");
    Ok(body.pointer(&result).unwrap().clone())
}

fn assume_role(kms: &Kms, access_key_id: &str, more: &str) -> Result<String, String> {
    let parameters = format!("&RoleArn={ROLE}&RoleSessionName=ci{more}");
    ask(kms, access_key_id, "AssumeRole", &parameters).map(|answer| access_key(&answer))
}

/// AWS's sentence for an action on the role.
fn refused(caller: &str, action: &str) -> Result<String, String> {
    Err(format!(
        "AccessDenied User: arn:aws:iam::{caller} is not authorized to perform: {action} on resource: \
         {ROLE}"
    ))
}

const ALICE_USER: &str = "111122223333:user/alice";
const BOB_USER: &str = "111122223333:user/bob";
const EVE_USER: &str = "444455556666:user/eve";
const DAN_USER: &str = "444455556666:user/dan";

#[test]
fn trust_policies_name_users_accounts_and_everyone() {
    let assume = "Action: 'sts:AssumeRole'";
    let account = "Principal: {AWS: '111122223333'}";
    let other = "Principal: {AWS: 'arn:aws:iam::444455556666:root'}";
    for (trust, allowed) in [
        (
            allow(&format!("Principal: {{AWS: '{ALICE_ARN}'}}, {assume}")),
            ["ALICE"].as_slice(),
        ),
        (allow(&format!("{account}, {assume}")), &["BOB"]),
        (allow(&format!("{other}, {assume}")), &["EVE"]),
        (
            allow(&format!("Principal: '*', {assume}")),
            &["ALICE", "BOB", "EVE"],
        ),
        (allow("Principal: '*', Action: 'sts:TagSession'"), &[]),
        (
            allow(&format!(
                "Principal: {{Service: ec2.amazonaws.com}}, {assume}"
            )),
            &[],
        ),
        (
            format!(
                "{}, {{Effect: Deny, Principal: {{AWS: '{ALICE_ARN}'}}, Action: '*', Condition: \
                 {{StringEquals: {{'aws:PrincipalTag/team': red}}}}}}",
                allow(&format!("Principal: {{AWS: '{ALICE_ARN}'}}, {assume}"))
            ),
            &["ALICE"],
        ),
    ] {
        let kms = trusting(&trust).kms();
        for (key, caller) in [
            ("ALICE", ALICE_USER),
            ("BOB", BOB_USER),
            ("EVE", EVE_USER),
            ("DAN", DAN_USER),
        ] {
            let answer = assume_role(&kms, key, "");
            if allowed.contains(&key) {
                assert!(answer.is_ok(), "{trust} {answer:?}");
            } else {
                assert_eq!(answer, refused(caller, "sts:AssumeRole"), "{trust}");
            }
        }
    }
}

#[test]
fn roles_that_do_not_exist_are_refused_as_untrusted_ones() {
    let kms = trusting(&allow("Principal: '*', Action: 'sts:AssumeRole'")).kms();
    for arn in [
        "arn:aws:iam::111122223333:role/deploy",
        "arn:aws:iam::111122223333:role/none",
        "arn:aws:iam::111122223333:user/alice",
    ] {
        let answer = ask(
            &kms,
            "BOB",
            "AssumeRole",
            &format!("&RoleArn={arn}&RoleSessionName=ci"),
        );
        let expected = format!(
            "AccessDenied User: arn:aws:iam::{BOB_USER} is not authorized to perform: sts:AssumeRole on \
             resource: {arn}"
        );
        assert_eq!(answer, Err(expected));
    }
}

#[test]
fn refusals_say_what_is_missing() {
    let account = allow("Principal: {AWS: '111122223333'}, Action: 'sts:AssumeRole'");
    for (trust, role, needed) in [
        (account.as_str(), ROLE, "an identity policy that allows it"),
        (
            "{Effect: Deny, Principal: '*', Action: 'kms:*'}",
            ROLE,
            "a trust policy that allows it",
        ),
        (
            &account,
            "arn:aws:iam::111122223333:role/none",
            "a role that a seed has",
        ),
    ] {
        let kms = trusting(trust).kms();
        let parameters = format!("&RoleArn={role}&RoleSessionName=ci");
        let error = run(&kms, "ALICE", "AssumeRole", &parameters).unwrap_err();
        let reason = error.reason().unwrap().clone();
        assert_eq!(
            reason,
            format!("sts:AssumeRole: expected {needed}, found none")
        );
    }
}

#[test]
fn explicit_denies_say_so() {
    let everyone = allow("Principal: '*', Action: 'sts:AssumeRole'");
    let deny = "{Effect: Deny, Principal: '*', Action: 'sts:AssumeRole'}";
    let kms = trusting(&format!("{everyone}, {deny}")).kms();
    let expected = "AccessDenied User: arn:aws:iam::111122223333:user/alice is not authorized to perform: \
                    sts:AssumeRole with an explicit deny in the role trust policy";
    assert_eq!(assume_role(&kms, "ALICE", ""), Err(expected.to_owned()));
    let setup = Setup {
        bob: "{Effect: Deny, Action: 'sts:AssumeRole', Resource: '*'}".to_owned(),
        ..trusting(&everyone)
    };
    let expected = format!(
        "AccessDenied User: arn:aws:iam::{BOB_USER} is not authorized to perform: sts:AssumeRole on \
         resource: {ROLE} with an explicit deny in an identity-based policy"
    );
    assert_eq!(assume_role(&setup.kms(), "BOB", ""), Err(expected));
}

#[test]
fn conditions_see_what_is_requested() {
    let condition = |operator: &str, key: &str, value: &str| {
        allow(&format!(
            "Principal: {{AWS: '{ALICE_ARN}'}}, Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: \
             {{{operator}: {{'{key}': '{value}'}}}}"
        ))
    };
    let team = "&Tags.member.1.Key=team&Tags.member.1.Value=red";
    for (operator, key, value, parameters) in [
        ("StringEquals", "sts:ExternalId", "x7", "&ExternalId=x7"),
        ("StringEquals", "aws:RequestTag/team", "red", team),
        ("ForAnyValue:StringEquals", "aws:TagKeys", "team", team),
        (
            "ForAnyValue:StringEquals",
            "sts:TransitiveTagKeys",
            "team",
            &format!("{team}&TransitiveTagKeys.member.1=team"),
        ),
    ] {
        let kms = trusting(&condition(operator, key, value)).kms();
        assert!(assume_role(&kms, "ALICE", parameters).is_ok(), "{key}");
        assert!(assume_role(&kms, "ALICE", "").is_err(), "{key}");
    }
    for (key, value, matches) in [
        ("sts:RoleSessionName", "ci", true),
        ("sts:RoleSessionName", "cd", false),
        ("aws:PrincipalTag/team", "blue", true),
        ("aws:username", "alice", true),
        ("aws:ResourceTag/stage", "test", true),
        ("iam:ResourceTag/stage", "live", false),
        ("aws:CurrentTime", "2026-09-21T14:13:20Z", true),
        ("aws:PrincipalAccount", "444455556666", false),
    ] {
        let kms = trusting(&condition("StringEquals", key, value)).kms();
        let answer = assume_role(&kms, "ALICE", "");
        assert_eq!(answer.is_ok(), matches, "{key} {answer:?}");
    }
}

#[test]
fn tags_and_source_identities_need_permissions_of_their_own() {
    let trust = |actions: &str| {
        allow(&format!(
            "Principal: {{AWS: '{ALICE_ARN}'}}, Action: [{actions}]"
        ))
    };
    let tag = "&Tags.member.1.Key=team&Tags.member.1.Value=red";
    let source = "&SourceIdentity=alice";
    let kms = trusting(&trust("'sts:AssumeRole'")).kms();
    assert_eq!(
        assume_role(&kms, "ALICE", tag),
        refused(ALICE_USER, "sts:TagSession")
    );
    assert_eq!(
        assume_role(&kms, "ALICE", source),
        refused(ALICE_USER, "sts:SetSourceIdentity")
    );
    let kms = trusting(&trust(
        "'sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'",
    ))
    .kms();
    assert!(assume_role(&kms, "ALICE", &format!("{tag}{source}")).is_ok());
}

#[test]
fn a_chained_session_needs_the_permissions_for_what_it_inherits() {
    let alice = allow(&format!(
        "Principal: {{AWS: '{ALICE_ARN}'}}, Action: 'sts:*'"
    ));
    let next = |actions: &str| Setup {
        more: format!(
            "  - {{arn: 'arn:aws:iam::111122223333:role/next', trust_policy: {}}}\n",
            document(&allow(&format!(
                "Principal: {{AWS: '{ROLE}'}}, Action: [{actions}]"
            )))
        ),
        ..trusting(&alice)
    };
    let chain = |kms: &Kms, first: &str| {
        let session = assume_role(kms, "ALICE", first).unwrap();
        let role = "&RoleArn=arn:aws:iam::111122223333:role/next&RoleSessionName=ci";
        ask(kms, &session, "AssumeRole", role)
    };
    let tag = "&Tags.member.1.Key=team&Tags.member.1.Value=red";
    let transitive = format!("{tag}&TransitiveTagKeys.member.1=team");
    let kms = next("'sts:AssumeRole'").kms();
    assert!(chain(&kms, tag).is_ok());
    for (first, action) in [
        (transitive.as_str(), "sts:TagSession"),
        ("&SourceIdentity=alice", "sts:SetSourceIdentity"),
    ] {
        let error = chain(&kms, first).unwrap_err();
        let expected = format!(
            "AccessDenied User: arn:aws:sts::111122223333:assumed-role/deploy/ci is not authorized to \
             perform: {action} on resource: arn:aws:iam::111122223333:role/next"
        );
        assert_eq!(error, expected);
    }
    let kms = next("'sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'").kms();
    assert_eq!(
        chain(&kms, &format!("{transitive}&SourceIdentity=alice")).unwrap()["SourceIdentity"],
        "alice"
    );
}
