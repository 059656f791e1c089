//! Every error has a message or a reason. `message/tests.rs` has the exceptions of KMS.

use std::collections::BTreeSet;

use super::*;

fn explains(error: impl Into<Error>) -> bool {
    let error = error.into();
    error.message().is_some() || error.reason().is_some()
}

#[test]
fn every_error_of_sts_explains_itself() {
    let not_json = serde_json::from_str::<u8>("{").unwrap_err();
    let all = [
        ("expired_token", StsError::expired_token()),
        ("unknown_action", StsError::unknown_action("Fly")),
        (
            "malformed_input",
            StsError::malformed_input("DurationSeconds"),
        ),
        ("invalid_arn", StsError::invalid_arn("a")),
        ("cannot_assume_role", StsError::cannot_assume_role("a", "b")),
        ("not_allowed", StsError::not_allowed("a", "b", "c", "d")),
        (
            "federated_user_cannot_assume_roles",
            StsError::federated_user_cannot_assume_roles("a", "b"),
        ),
        ("denied", StsError::denied("a".to_owned())),
        ("denied_by_role", StsError::denied_by_role("a", "b")),
        (
            "root_cannot_assume_roles",
            StsError::root_cannot_assume_roles(),
        ),
        ("cannot_decode", StsError::cannot_decode("a")),
        (
            "provider_not_authorized",
            StsError::provider_not_authorized("sts:TagSession", "a"),
        ),
        ("unknown_provider", StsError::unknown_provider("a")),
        ("too_long_for_role", StsError::too_long_for_role()),
        (
            "policy_has_wrong_syntax",
            StsError::policy_has_wrong_syntax("a"),
        ),
        ("malformed_policy", StsError::malformed_policy()),
        (
            "cannot_assume_role_with_web_identity",
            StsError::cannot_assume_role_with_web_identity("a"),
        ),
        (
            "transitive_key_without_tag",
            StsError::transitive_key_without_tag("a"),
        ),
        ("duplicate_tag_keys", StsError::duplicate_tag_keys("a")),
        (
            "transitive_key_conflict",
            StsError::transitive_key_conflict("a"),
        ),
        (
            "too_long_for_role_chaining",
            StsError::too_long_for_role_chaining(),
        ),
        (
            "policy_is_not_json",
            StsError::policy_is_not_json(&not_json),
        ),
        (
            "needs_long_term_credentials",
            StsError::needs_long_term_credentials("GetSessionToken"),
        ),
        (
            "malformed_identity_token",
            StsError::malformed_identity_token("a payload without these claims"),
        ),
        (
            "expired_identity_token",
            StsError::expired_identity_token(2, 1),
        ),
        (
            "not_an_authorization_message",
            StsError::not_an_authorization_message(),
        ),
    ];
    let source = include_str!("sts.rs");
    let constructors: BTreeSet<_> = source
        .split("\n    pub(crate) fn ")
        .skip(1)
        .filter(|function| {
            let head = function.split_once(" {\n");
            head.is_some_and(|(head, _)| head.ends_with("-> Self"))
        })
        .filter_map(|function| function.split('(').next())
        .collect();
    let tried: BTreeSet<_> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(tried, constructors);
    for (name, error) in all {
        assert!(explains(error), "{name}");
    }
}

#[test]
fn every_error_of_the_protocol_explains_itself() {
    let reason = Mismatch::new("a", "b", "c");
    for error in [
        ProtocolError::UnknownOperation(reason.clone()),
        ProtocolError::serialization(reason.clone()),
        ProtocolError::TooLarge,
        ProtocolError::Busy,
        ProtocolError::Timeout,
        ProtocolError::PlainHttp,
        ProtocolError::OriginNotAllowed,
        ProtocolError::NotTheService(reason),
        ProtocolError::Misdirected(Misdirected {
            service: None,
            message: "a".to_owned(),
            format: ErrorFormat::Json,
        }),
    ] {
        let name = format!("{error:?}");
        assert!(explains(error), "{name}");
    }
}

#[test]
fn every_other_error_explains_itself() {
    let injected = |message: Option<&str>| Injected::Exception {
        code: "KMSInternalException".to_owned(),
        message: message.map(str::to_owned),
        status: 500,
        in_front: false,
    };
    for error in [
        Error::null("keyId"),
        Error::NotImplemented("Fly".to_owned()),
        Error::Injected(injected(Some("text"))),
        Error::Injected(injected(None)),
        Error::Injected(Injected::Page { status: 503 }),
        Internal::new("a", "b").into(),
    ] {
        let name = format!("{error:?}");
        assert!(explains(error), "{name}");
    }
}

#[test]
fn a_description_has_the_message_and_the_reason() {
    let malformed = Error::from(message::malformed_policy("Action is missing"));
    assert_eq!(
        malformed.description(),
        "MalformedPolicyDocumentException (Policy: expected a key policy, found a fault: Action is missing)"
    );
    let missing = Error::from(message::invalid_key_id("a"));
    assert_eq!(missing.description(), "Invalid keyId 'a'");
}
