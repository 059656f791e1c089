//! Sessions without a role, and web identities.

use super::*;

#[test]
fn federation_and_session_tokens_need_long_term_credentials() {
    let kms = kms();
    let federated = call(&kms, ALICE, "GetFederationToken", "&Name=guest");
    assert_eq!(
        federated["FederatedUser"],
        json!({
            "FederatedUserId": "111122223333:guest",
            "Arn": "arn:aws:sts::111122223333:federated-user/guest",
        })
    );
    assert_eq!(federated["PackedPolicySize"], 0);
    assert_eq!(federated["Credentials"]["Expiration"], NOW + 43_200);
    let root = call(
        &kms,
        "111122223333",
        "GetSessionToken",
        "&DurationSeconds=7200",
    );
    assert_eq!(root["Credentials"]["Expiration"], NOW + 3600);
    let session = call(&kms, ALICE, "GetSessionToken", "");
    let key = access_key(&session);
    let identity = call(&kms, &key, "GetCallerIdentity", "");
    assert_eq!(identity["Arn"], "arn:aws:iam::111122223333:user/shop/alice");
    for (operation, parameters) in [("GetSessionToken", ""), ("GetFederationToken", "&Name=ab")] {
        assert_eq!(
            refusal(&kms, &key, operation, parameters),
            format!("403 AccessDenied Cannot call {operation} with session credentials")
        );
    }
    let info = call(
        &kms,
        ALICE,
        "GetAccessKeyInfo",
        &format!("&AccessKeyId={key}"),
    );
    assert_eq!(info["Account"], "111122223333");
}

#[test]
fn web_identity_tokens_need_no_credentials() {
    let kms = kms();
    let token = |claims: &Value| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let request = |token: &str| {
        let body = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:\
             role/pod&RoleSessionName=web&WebIdentityToken={token}"
        );
        let reply = kms.handle(&Request {
            method: "POST",
            path: "/",
            accept: Some("application/json"),
            body: body.as_bytes(),
            ..Request::default()
        });
        serde_json::from_slice::<Value>(&reply.body).unwrap()
    };
    let claims = json!({
        "iss": "https://issuer.example", "sub": "system:serviceaccount:a:b",
        "aud": ["sts.amazonaws.com"], "exp": NOW + 1,
    });
    let answer = request(&token(&claims));
    let result = &answer["AssumeRoleWithWebIdentityResponse"]["AssumeRoleWithWebIdentityResult"];
    assert_eq!(
        result["SubjectFromWebIdentityToken"],
        "system:serviceaccount:a:b"
    );
    assert_eq!(result["Audience"], "sts.amazonaws.com");
    assert_eq!(result["Provider"], "https://issuer.example");
    assert_eq!(request("no-token")["Error"]["Code"], "InvalidIdentityToken");
    kms.clock().advance(Duration::from_secs(1));
    let error = &request(&token(&claims))["Error"];
    assert_eq!(error["Code"], "ExpiredTokenException");
    assert_eq!(
        error["Message"],
        format!(
            "Token expired: current date/time {} must be before the expiration date/time {}",
            NOW + 1,
            NOW + 1
        )
    );
}
