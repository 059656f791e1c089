//! Callers with their policies, from seeds and sessions.

use serde_json::Value;

use super::*;
use crate::api::Location;
use crate::auth::{AuthMode, Caller};
use crate::authorization::Subject;
use crate::context::{OperationInfo, RequestState};
use crate::protocol::Request;
use crate::seed::Seed;

const SEED: &str = r#"
accounts: [{id: "111122223333", organization: o-exampleorgid}]
identities:
  - arn: arn:aws:iam::111122223333:user/shop/alice
    unique_id: AIDAALICE
    access_keys: [{id: AKIAALICE, secret: s1}, {id: AKIAALICE2, secret: s2}]
    policies:
      - name: one
        document: {Version: "2012-10-17", Statement: [{Sid: one, Effect: Allow, Action: "kms:*", Resource: "*"}]}
    managed_policies:
      - arn: arn:aws:iam::111122223333:policy/limits
        document: '{"Version":"2012-10-17","Statement":{"Sid":"limits","Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    permissions_boundary:
      arn: arn:aws:iam::111122223333:policy/edge
      document: {Version: "2012-10-17", Statement: [{Sid: edge, Effect: Allow, Action: "*", Resource: "*"}]}
    tags: {team: shop, Cost: "17"}
  - arn: arn:aws:iam::111122223333:role/ops/deploy
    managed_policies: [{arn: "arn:aws:iam::111122223333:policy/limits"}]
    tags: {team: ops}
    trust_policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "sts:AssumeRole"}]}
  - arn: arn:aws:sts::111122223333:federated-user/guest
    access_key_id: AKIAGUEST
    policies: [{name: g, document: {Version: "2012-10-17", Statement: [{Sid: guest, Effect: Allow, Action: "*", Resource: "*"}]}}]
  - {access_key_id: AKIASESSION, arn: "arn:aws:sts::111122223333:assumed-role/deploy/fixed"}
  - {access_key_id: AKIAROOT, account: "111122223333"}
"#;

fn seeded() -> Kms {
    let seed = Seed::parse("seed.yaml", SEED).unwrap();
    Kms::builder().seed(seed).build_temporary().unwrap()
}

fn subject(kms: &Kms, access_key: &str) -> Subject {
    let header =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/20260921/us-east-1/kms/aws4_request");
    let find = |id: &str| kms.services.identity(id);
    let caller = Caller::new(Some(&header), &Location::default(), find).unwrap();
    let operation = OperationInfo::internal("test");
    let now = kms.clock().now();
    let mut state = RequestState::new(&kms.services, operation, caller.clone(), now);
    state.context().subject(&caller).unwrap()
}

/// The access key of a new session.
fn session(kms: &Kms, access_key: &str, parameters: &str) -> String {
    let header =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/20260921/us-east-1/sts/aws4_request");
    let reply = kms.handle(&Request {
        method: "POST",
        path: "/",
        authorization: Some(&header),
        accept: Some("application/json"),
        body: format!("Version=2011-06-15&{parameters}").as_bytes(),
        ..Request::default()
    });
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    let operation = parameters.split(['=', '&']).nth(1).unwrap();
    let path = format!("/{operation}Response/{operation}Result/Credentials/AccessKeyId");
    body.pointer(&path)
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}

/// The Sids of the identity policies with the ARNs of managed policies.
fn identity_policies(subject: &Subject) -> Vec<(Option<&str>, Option<&str>)> {
    let policies = subject.identity_policies.iter();
    let policies = policies.map(|found| {
        let sid = found.policy.statements[0].sid.as_deref();
        (sid, found.arn.as_deref())
    });
    policies.collect()
}

fn session_policies(subject: &Subject) -> Option<Vec<Option<&str>>> {
    let policies = subject.session_policies.as_ref()?.iter();
    Some(
        policies
            .map(|policy| policy.statements[0].sid.as_deref())
            .collect(),
    )
}

fn tags(subject: &Subject) -> Vec<(&str, &str)> {
    let tags = subject.tags.iter();
    tags.map(|(key, value)| (key.as_str(), value.as_str()))
        .collect()
}

const LIMITS: &str = "arn:aws:iam::111122223333:policy/limits";

#[test]
fn user_has_its_policies() {
    let kms = seeded();
    for key in ["AKIAALICE", "AKIAALICE2"] {
        let alice = subject(&kms, key);
        assert_eq!(alice.actor.arn, "arn:aws:iam::111122223333:user/shop/alice");
        assert_eq!(alice.actor.user_id.as_deref(), Some("AIDAALICE"));
        assert_eq!(alice.actor.issuer, None);
        let expected = [(Some("one"), None), (Some("limits"), Some(LIMITS))];
        assert_eq!(identity_policies(&alice), expected);
        assert!(alice.boundary.is_some());
        assert_eq!(alice.session_policies, None);
        assert_eq!(tags(&alice), [("Cost", "17"), ("team", "shop")]);
        assert_eq!(alice.organization.as_deref(), Some("o-exampleorgid"));
    }
    let again = session(&kms, "AKIAALICE", "Action=GetSessionToken");
    assert_eq!(identity_policies(&subject(&kms, &again)).len(), 2);
    assert_eq!(
        subject(&kms, &again).actor.user_id.as_deref(),
        Some("AIDAALICE")
    );
}

#[test]
fn session_has_the_policies_of_its_role() {
    let kms = seeded();
    let role =
        "Action=AssumeRole&RoleArn=arn:aws:iam::111122223333:role/ops/deploy&RoleSessionName=ci";
    let plain = subject(&kms, &session(&kms, "AKIAALICE", role));
    assert_eq!(
        plain.actor.arn,
        "arn:aws:sts::111122223333:assumed-role/deploy/ci"
    );
    let issuer = "arn:aws:iam::111122223333:role/ops/deploy";
    assert_eq!(plain.actor.issuer.as_deref(), Some(issuer));
    assert_eq!(identity_policies(&plain), [(Some("limits"), Some(LIMITS))]);
    assert_eq!(plain.boundary, None);
    assert_eq!(plain.session_policies, None);

    let policy = r#"{"Version":"2012-10-17","Statement":{"Sid":"inline","Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let policy: String = form_urlencoded::byte_serialize(policy.as_bytes()).collect();
    let more = format!(
        "{role}&Policy={policy}&PolicyArns.member.1.arn={LIMITS}&PolicyArns.member.2.arn=arn:aws:iam::aws:policy/none\
         &Tags.member.1.Key=TEAM&Tags.member.1.Value=blue&SourceIdentity=alice"
    );
    let limited = subject(&kms, &session(&kms, "AKIAALICE", &more));
    let expected = vec![Some("inline"), Some("limits")];
    assert_eq!(session_policies(&limited), Some(expected));
    assert_eq!(tags(&limited), [("TEAM", "blue")]);
    assert_eq!(limited.source_identity.as_deref(), Some("alice"));

    let fixed = subject(&kms, "AKIASESSION");
    assert_eq!(fixed.actor.issuer.as_deref(), Some(issuer));
    assert_eq!(identity_policies(&fixed).len(), 1);
    assert!(fixed.actor.user_id.unwrap().ends_with(":fixed"));
    assert_eq!(tags(&subject(&kms, "AKIASESSION")), [("team", "ops")]);

    // A role of the same name with another path, and a role that is in no seed.
    for arn in [
        "arn:aws:iam::111122223333:role/deploy",
        "arn:aws:iam::444455556666:role/x",
    ] {
        let parameters = format!("Action=AssumeRole&RoleArn={arn}&RoleSessionName=ci");
        let unknown = subject(&kms, &session(&kms, "AKIAALICE", &parameters));
        assert_eq!(identity_policies(&unknown), [], "{arn}");
        assert_eq!(unknown.actor.issuer.as_deref(), Some(arn));
    }
}

#[test]
fn federated_user_has_the_policies_of_its_user() {
    let kms = seeded();
    let plain = subject(
        &kms,
        &session(&kms, "AKIAALICE", "Action=GetFederationToken&Name=bob"),
    );
    assert_eq!(
        plain.actor.arn,
        "arn:aws:sts::111122223333:federated-user/bob"
    );
    assert_eq!(plain.actor.user_id.as_deref(), Some("111122223333:bob"));
    let issuer = "arn:aws:iam::111122223333:user/shop/alice";
    assert_eq!(plain.actor.issuer.as_deref(), Some(issuer));
    assert_eq!(identity_policies(&plain).len(), 2);
    assert!(plain.boundary.is_some());
    assert_eq!(plain.session_policies, None);
    let parameters = format!(
        "Action=GetFederationToken&Name=bob&PolicyArns.member.1.arn={LIMITS}\
         &Tags.member.1.Key=cost&Tags.member.1.Value=1"
    );
    let limited = subject(&kms, &session(&kms, "AKIAALICE", &parameters));
    assert_eq!(session_policies(&limited), Some(vec![Some("limits")]));
    assert_eq!(tags(&limited), [("cost", "1"), ("team", "shop")]);

    let of_root = session(&kms, "AKIAROOT", &parameters);
    let of_root = subject(&kms, &of_root);
    assert_eq!(of_root.identity_policies.len(), 1);
    assert_eq!(
        of_root.actor.issuer.as_deref(),
        Some("arn:aws:iam::111122223333:root")
    );

    let guest = subject(&kms, "AKIAGUEST");
    assert_eq!(
        guest.actor.arn,
        "arn:aws:sts::111122223333:federated-user/guest"
    );
    assert_eq!(session_policies(&guest), Some(vec![Some("guest")]));
}

#[test]
fn unknown_callers_are_root() {
    let kms = seeded();
    for key in ["AKIAROOT", "111122223333"] {
        let root = subject(&kms, key);
        assert!(root.actor.is_root());
        assert_eq!(root.actor.user_id.as_deref(), Some("111122223333"));
        assert_eq!(root.organization.as_deref(), Some("o-exampleorgid"));
    }
    let other = subject(&kms, "unknown");
    assert!(other.actor.is_root());
    assert_eq!(other.organization, None);
}

#[test]
fn identities_survive_export_and_import() {
    let kms = seeded();
    let other = Kms::builder().build_temporary().unwrap();
    let state = kms.export().unwrap();
    other.import(&state).unwrap();
    assert_eq!(identity_policies(&subject(&other, "AKIAALICE")).len(), 2);
    assert_eq!(other.export().unwrap(), state);
    for (from, to, message) in [
        (
            "principal/111122223333/role/deploy",
            "principal/111122223333/role/d",
            "arn: it does not",
        ),
        (r#"\"Sid\":\"limits\""#, r#"\"Sid\":1"#, "document: "),
        (r#"\"Sid\":\"one\""#, r#"\"Sid\":1"#, "one: "),
    ] {
        let damaged = state.replacen(from, to, 1);
        assert_ne!(damaged, state, "{from}");
        let error = other.import(&damaged).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn directory_knows_the_principals_of_seeds() {
    let seed = Seed::parse("seed.yaml", SEED).unwrap();
    let kms = Kms::builder().auth(AuthMode::Policy).seed(seed);
    let kms = kms.build_temporary().unwrap();
    let caller = Caller::emulator();
    let operation = OperationInfo::internal("test");
    let mut state = RequestState::new(&kms.services, operation, caller, kms.clock().now());
    let known = state.context().directory().unwrap();
    for (arn, exists) in [
        ("arn:aws:iam::111122223333:user/shop/alice", true),
        ("arn:aws:iam::111122223333:user/alice", false),
        ("arn:aws:sts::111122223333:assumed-role/deploy/any", true),
        ("arn:aws:iam::444455556666:root", true),
        ("arn:aws:iam::111122223333:role/x", false),
        // No principal of that account is in a seed.
        ("arn:aws:iam::444455556666:role/x", true),
    ] {
        let parsed = crate::iam::PrincipalArn::parse(arn).unwrap();
        assert_eq!(known.has(&parsed), exists, "{arn}");
    }
    assert!(known.has_id("AIDAALICE") && !known.has_id("AIDAOTHER"));
}
