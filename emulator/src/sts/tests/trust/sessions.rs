//! What limits sessions under `--auth policy`: policies, durations, and who may have one.

use super::*;

#[test]
fn session_policies_and_boundaries_limit_a_role_that_is_trusted() {
    let alice = allow(&format!(
        "Principal: {{AWS: '{ALICE_ARN}'}}, Action: 'sts:*'"
    ));
    let setup = |limits: &str| Setup {
        role: limits.to_owned(),
        more: format!(
            "  - {{arn: 'arn:aws:iam::111122223333:role/next', trust_policy: {}}}\n",
            document(&allow(&format!(
                "Principal: {{AWS: '{ROLE}'}}, Action: 'sts:AssumeRole'"
            )))
        ),
        ..trusting(&alice)
    };
    let chain = |kms: &Kms, more: &str| {
        let session = assume_role(kms, "ALICE", more).unwrap();
        let role = "&RoleArn=arn:aws:iam::111122223333:role/next&RoleSessionName=ci";
        ask(kms, &session, "AssumeRole", role).is_ok()
    };
    let kms_only = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;
    let policy: String = form_urlencoded::byte_serialize(kms_only.as_bytes()).collect();
    let kms = setup("").kms();
    assert!(chain(&kms, ""));
    assert!(!chain(&kms, &format!("&Policy={policy}")));
    let boundary = format!(
        ", permissions_boundary: {{arn: 'arn:aws:iam::111122223333:policy/edge', document: '{kms_only}'}}"
    );
    assert!(!chain(&setup(&boundary).kms(), ""));
}

#[test]
fn root_and_federated_users_assume_no_role() {
    let kms = trusting(&allow("Principal: '*', Action: 'sts:*'")).kms();
    let root = Err("AccessDenied Roles may not be assumed by root accounts.".to_owned());
    assert_eq!(assume_role(&kms, "ROOT", ""), root);
    let federated = ask(&kms, "BOB", "GetFederationToken", "&Name=guest").unwrap();
    let error = assume_role(&kms, &access_key(&federated), "").unwrap_err();
    let expected =
        "AccessDenied User: arn:aws:sts::111122223333:federated-user/guest is not authorized";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn a_role_limits_the_duration() {
    let trust = allow("Principal: '*', Action: 'sts:*'");
    let too_long = Err(
        "ValidationError The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            .to_owned(),
    );
    let kms = trusting(&trust).kms();
    assert!(assume_role(&kms, "ALICE", "&DurationSeconds=3600").is_ok());
    assert_eq!(
        assume_role(&kms, "ALICE", "&DurationSeconds=3601"),
        too_long
    );
    let setup = Setup {
        role: ", max_session_duration: 7200".to_owned(),
        ..trusting(&trust)
    };
    let kms = setup.kms();
    assert!(assume_role(&kms, "ALICE", "&DurationSeconds=7200").is_ok());
    assert_eq!(
        assume_role(&kms, "ALICE", "&DurationSeconds=7201"),
        too_long
    );
}

#[test]
fn session_policies_are_policies() {
    let kms = trusting(&allow("Principal: '*', Action: 'sts:*'")).kms();
    let with = |policy: &str| {
        let policy: String = form_urlencoded::byte_serialize(policy.as_bytes()).collect();
        assume_role(&kms, "ALICE", &format!("&Policy={policy}"))
    };
    let syntax = Err("MalformedPolicyDocument Syntax errors in policy.".to_owned());
    assert_eq!(with("{}"), syntax);
    assert_eq!(
        with(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow"}}"#),
        syntax
    );
    for (condition, accepted) in [
        (r#""NumericEquals":{"k":"no-number"}"#, true),
        (r#""DateEquals":{"k":"not-a-date"}"#, true),
        (r#""ArnLike":{"k":"not-an-arn"}"#, true),
        (r#""IpAddress":{"k":"not-an-ip"}"#, true),
        (r#""BinaryEquals":{"k":"AAEC"}"#, true),
        (r#""BinaryEquals":{"k":"no-binary"}"#, false),
    ] {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{{condition}}}}}}}"#
        );
        let expected = if accepted {
            None
        } else {
            Some("MalformedPolicyDocument -".to_owned())
        };
        assert_eq!(with(&policy).err(), expected, "{condition}");
    }
}

#[test]
fn federation_needs_permissions() {
    let kms = trusting("{Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}").kms();
    let tag = "&Name=guest&Tags.member.1.Key=team&Tags.member.1.Value=red";
    let refused = "AccessDenied User: arn:aws:iam::111122223333:user/alice is not authorized to perform: \
                   sts:GetFederationToken on resource: arn:aws:sts::111122223333:federated-user/guest";
    assert_eq!(
        ask(&kms, "ALICE", "GetFederationToken", tag),
        Err(refused.to_owned())
    );
    for key in ["BOB", "ROOT"] {
        assert!(ask(&kms, key, "GetFederationToken", tag).is_ok(), "{key}");
    }
    let session = access_key(&ask(&kms, "BOB", "GetSessionToken", "").unwrap());
    let error = ask(&kms, &session, "GetFederationToken", tag).unwrap_err();
    assert_eq!(
        error,
        "AccessDenied Cannot call GetFederationToken with session credentials"
    );
    let setup = Setup {
        bob: allow("Action: 'sts:GetFederationToken', Resource: '*'"),
        ..trusting("{Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}")
    };
    let kms = setup.kms();
    assert!(ask(&kms, "BOB", "GetFederationToken", "&Name=guest").is_ok());
    let error = ask(&kms, "BOB", "GetFederationToken", tag).unwrap_err();
    assert!(
        error.contains("perform: sts:TagSession on resource: "),
        "{error}"
    );
    // Neither needs a permission.
    for operation in ["GetSessionToken", "GetCallerIdentity"] {
        assert!(ask(&kms, "ALICE", operation, "").is_ok(), "{operation}");
    }
    let error = ask(
        &kms,
        "ALICE",
        "DecodeAuthorizationMessage",
        "&EncodedMessage=abc",
    )
    .unwrap_err();
    assert_eq!(
        error,
        "AccessDenied User: arn:aws:iam::111122223333:user/alice is not authorized to perform: \
         sts:DecodeAuthorizationMessage because no identity-based policy allows the \
         sts:DecodeAuthorizationMessage action"
    );
}

#[test]
fn web_identities_are_trusted_by_provider_subject_and_audience() {
    let host = "oidc.example/id/7";
    let trust = |principal: &str, condition: &str| {
        allow(&format!(
            "Principal: {{Federated: '{principal}'}}, Action: ['sts:AssumeRoleWithWebIdentity'{condition}"
        ))
    };
    let provider = format!("arn:aws:iam::111122223333:oidc-provider/{host}");
    let exact = format!("], Condition: {{StringEquals: {{'{host}:sub': me, '{host}:aud': app}}}}");
    let kms = trusting(&trust(&provider, &exact)).kms();
    let token = |claims: &Value| {
        let mut all = json!({ "iss": "https://oidc.example/id/7", "sub": "me", "aud": "app" });
        all.as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(all.to_string()))
    };
    let web = |kms: &Kms, claims: &Value| {
        let parameters = format!(
            "&RoleArn={ROLE}&RoleSessionName=web&WebIdentityToken={}",
            token(claims)
        );
        ask(kms, "none", "AssumeRoleWithWebIdentity", &parameters)
    };
    assert!(web(&kms, &json!({})).is_ok());
    let refused = "AccessDenied Not authorized to perform sts:AssumeRoleWithWebIdentity";
    for claims in [json!({ "sub": "you" }), json!({ "aud": ["other"] })] {
        assert_eq!(web(&kms, &claims), Err(refused.to_owned()), "{claims}");
    }
    let unknown = web(&kms, &json!({ "iss": "https://other.example" }));
    let expected = "InvalidIdentityToken No OpenIDConnect provider found in your account for \
                    https://other.example";
    assert_eq!(unknown, Err(expected.to_owned()));
    // Callers with credentials of AWS are not named by a provider.
    assert!(assume_role(&kms, "BOB", "").is_err());

    let google = trust(
        "accounts.google.com",
        "], Condition: {StringEquals: {'accounts.google.com:aud': party}}",
    );
    let kms = trusting(&google).kms();
    let claims = json!({ "iss": "https://accounts.google.com", "azp": "party" });
    assert!(web(&kms, &claims).is_ok());

    let tags = json!({
        "https://aws.amazon.com/tags": { "principal_tags": { "team": ["red"] }, "transitive_tag_keys": ["team"] },
        "https://aws.amazon.com/source_identity": "me",
    });
    let kms = trusting(&trust(&provider, "]")).kms();
    assert_eq!(web(&kms, &tags), Err("AccessDenied -".to_owned()));
    let kms = trusting(&trust(
        &provider,
        ", 'sts:TagSession', 'sts:SetSourceIdentity']",
    ))
    .kms();
    assert!(web(&kms, &tags).is_ok());
}
