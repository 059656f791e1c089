//! Identities of seeds, with their policies.

use super::*;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// The names of what a seed creates.
fn names(yaml: &str) -> Vec<String> {
    let kms = builder().build_temporary().unwrap();
    let seed = Seed::parse("seed.yaml", yaml).unwrap();
    kms.seed(&seed).unwrap().names
}

#[test]
fn identities_are_listed_by_access_key_or_arn() {
    let yaml = format!(
        "identities:\n  - {{arn: '{ALICE}', access_keys: [{{id: B}}, {{id: A, secret: s}}]}}\n  \
         - {{arn: 'arn:aws:iam::111122223333:role/path/r'}}\n  - {{access_key_id: C, arn: '{ALICE}'}}\n  \
         - {{access_key_id: D, account: 111122223333}}\n"
    );
    let role = "arn:aws:iam::111122223333:role/path/r";
    assert_eq!(names(&yaml), [role, "B", "A", "C", "D"]);
}

#[test]
fn identities_are_replaced() {
    let seed = |tag: &str| {
        let yaml = format!("identities: [{{arn: '{ALICE}', tags: {{team: {tag}}}}}]");
        Seed::parse("seed.yaml", &yaml).unwrap()
    };
    let kms = with(&seed("one"));
    assert_eq!(kms.seed(&seed("one")).unwrap().kept, 1);
    assert_eq!(kms.seed(&seed("two")).unwrap().names, [ALICE]);
    assert!(kms.export().unwrap().contains(r#""team": "two""#));
}

#[test]
fn documents_of_managed_policies_are_shared() {
    let user = |name: &str, more: &str| {
        format!(
            "  - arn: arn:aws:iam::111122223333:user/{name}\n    managed_policies:\n      \
             - arn: arn:aws:iam::aws:policy/p\n{more}"
        )
    };
    let document = |action: &str| {
        format!(
            "        document: {{Version: 2012-10-17, Statement: [{{Effect: Allow, Action: '{action}', \
             Resource: '*'}}]}}\n"
        )
    };
    let seed = |one: &str, two: &str| format!("identities:\n{}{}", user("a", one), user("b", two));
    let (one, two) = (document("kms:*"), document("kms:Sign"));
    assert_eq!(names(&seed(&one, "")).len(), 2);
    assert_eq!(names(&seed(&one, &one)).len(), 2);
    let error = rejection(&seed("", &one));
    let expected =
        "seed.yaml:4: identities[0].managed_policies[0].arn: its document must come first";
    assert!(error.starts_with(expected), "{error}");
    let error = rejection(&seed(&one, &two));
    let expected =
        "seed.yaml:9: identities[1].managed_policies[0].document: the policy has another";
    assert!(error.starts_with(expected), "{error}");
    // A later seed may use a stored policy.
    let kms = with(&Seed::parse("one.yaml", &seed(&one, "")).unwrap());
    let more = Seed::parse("two.yaml", &format!("identities:\n{}", user("c", ""))).unwrap();
    assert_eq!(kms.seed(&more).unwrap().created, 1);
}

#[test]
fn invalid_identities_are_rejected() {
    let long = "x".repeat(2100);
    let statement = |more: &str| {
        format!(
            "[{{name: p, document: {{Version: 2012-10-17, Statement: [{{Effect: Allow, {more}}}]}}}}]"
        )
    };
    let policies = |more: &str| format!("policies: {}", statement(more));
    for (arn, fields, expected) in [
        (
            "user/a",
            "policies: [{name: 'a b', document: {}}]".to_owned(),
            ".policies[0].name: expected 1 to 128",
        ),
        (
            "user/a",
            policies("Action: 'kms:*'"),
            ".policies[0].document: statement 1: Resource is missing",
        ),
        (
            "user/a",
            policies("Action: 'kms:*', Resource: '*', Principal: '*'"),
            ".policies[0].document: statement 1: the policy of an identity has no Principal",
        ),
        (
            "user/a",
            policies(&format!("Action: 'kms:*', Resource: '{long}'")),
            ".policies[0].document: the inline policies are too long",
        ),
        (
            "user/a",
            "policies: [{name: p, document: 'no policy'}]".to_owned(),
            ".policies[0].document: ",
        ),
        (
            "user/a",
            "policies: [{name: p}]".to_owned(),
            ".policies[0]: missing field",
        ),
        (
            "user/a",
            "managed_policies: [{arn: 'arn:aws:s3:::b', document: {}}]".to_owned(),
            ".managed_policies[0].arn: expected an ARN",
        ),
        (
            "user/a",
            "permissions_boundary: {arn: 'arn:aws:iam::111122223333:policy/p', document: {}}"
                .to_owned(),
            ".permissions_boundary.document: ",
        ),
        (
            "user/a",
            "tags: {a: b, A: c}".to_owned(),
            ".tags: duplicate tag key",
        ),
        (
            "user/a",
            "unique_id: AROAX".to_owned(),
            ".unique_id: expected AIDA",
        ),
        (
            "user/a",
            "trust_policy: {}".to_owned(),
            ".trust_policy: allowed only for a role",
        ),
        (
            "role/a",
            "trust_policy: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'sts:*'}]}"
                .to_owned(),
            ".trust_policy: statement 1: Principal is missing",
        ),
        (
            "role/a",
            "max_session_duration: 60".to_owned(),
            ".max_session_duration: expected 3600 to 43200",
        ),
        (
            "root",
            "access_keys: [{id: A}]\n    tags: {a: b}".to_owned(),
            ".tags: allowed only for a user, a role or a federated user",
        ),
        (
            "root",
            String::new(),
            ".access_keys: required for an account and for a session",
        ),
        (
            "user/a",
            "access_keys: [{id: A}, {id: A}]".to_owned(),
            ".access_keys[1].id: duplicate access key id",
        ),
        (
            "user/a",
            "tags: {a: b}\n  - arn: arn:aws:iam::111122223333:user/a\n    tags: {a: c}".to_owned(),
            "identities[1].arn: duplicate identity",
        ),
        (
            "user/a",
            "tags: {a: b}\n  - arn: arn:aws:iam::111122223333:user/p/a".to_owned(),
            "identities[1].arn: arn:aws:iam::111122223333:user/a has the same name",
        ),
    ] {
        let yaml = format!("identities:\n  - arn: arn:aws:iam::111122223333:{arn}\n    {fields}\n");
        let error = rejection(&yaml);
        let expected = if expected.starts_with('.') {
            format!("identities[0]{expected}")
        } else {
            expected.to_owned()
        };
        let (_, rest) = error.split_once(": ").unwrap();
        assert!(rest.starts_with(&expected), "{fields}\n{error}\n{expected}");
    }
    for (account, expected) in [
        (
            "{id: 12}",
            "accounts[0].id: expected an account of 12 digits",
        ),
        (
            "{id: 111122223333, organization: x}",
            "accounts[0].organization: expected o-",
        ),
        (
            "{id: 111122223333}, {id: 111122223333}",
            "accounts[1].id: duplicate account",
        ),
    ] {
        let error = rejection(&format!("accounts: [{account}]\n"));
        assert!(
            error.starts_with(&format!("seed.yaml:1: {expected}")),
            "{error}"
        );
    }
}
