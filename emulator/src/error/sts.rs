//! Errors of STS, and every message of STS. Their codes differ from those of KMS.

use crate::api::wire_enum;

wire_enum! {
    /// An error of STS, by its code on the wire.
    StsCode {
        AccessDenied = "AccessDenied",
        ExpiredToken = "ExpiredToken",
        ExpiredIdentityToken = "ExpiredTokenException",
        InternalFailure = "InternalFailure",
        InvalidAction = "InvalidAction",
        InvalidAuthorizationMessage = "InvalidAuthorizationMessageException",
        InvalidIdentityToken = "InvalidIdentityToken",
        InvalidParameterValue = "InvalidParameterValue",
        MalformedInput = "MalformedInput",
        MalformedPolicyDocument = "MalformedPolicyDocument",
        Validation = "ValidationError",
    }
}

/// An error of STS. Some have no known message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StsError {
    pub(crate) code: StsCode,
    pub(crate) message: Option<String>,
}

impl StsCode {
    /// The HTTP status, by the model and by recorded answers.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::AccessDenied | Self::ExpiredToken => 403,
            Self::InternalFailure => 500,
            _ => 400,
        }
    }
}

impl StsError {
    fn new(code: StsCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: Some(message.into()),
        }
    }

    const fn without_message(code: StsCode) -> Self {
        Self {
            code,
            message: None,
        }
    }

    /// Quoted by many users.
    pub(crate) fn expired_token() -> Self {
        Self::new(StsCode::ExpiredToken, super::message::EXPIRED_TOKEN)
    }

    /// The message is not known.
    pub(crate) const fn unknown_action() -> Self {
        Self::without_message(StsCode::InvalidAction)
    }

    /// A parameter that is not a number. The message is not known.
    pub(crate) const fn malformed_input() -> Self {
        Self::without_message(StsCode::MalformedInput)
    }

    /// Recorded.
    pub(crate) fn invalid_arn(arn: &str) -> Self {
        Self::new(StsCode::Validation, format!("{arn} is invalid"))
    }

    /// STS does not say whether the role exists.
    pub(crate) fn cannot_assume_role(caller: &str, role: &str) -> Self {
        Self::not_authorized(caller, "sts:AssumeRole", role)
    }

    /// Quoted by many users for `sts:AssumeRole`, `sts:TagSession`, `sts:SetSourceIdentity` and
    /// `sts:GetFederationToken`.
    pub(crate) fn not_authorized(caller: &str, action: &str, resource: &str) -> Self {
        Self::denied(format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource}"
        ))
    }

    /// An explicit deny. The form is recorded for a resource control policy.
    pub(crate) fn denied(text: String) -> Self {
        Self::new(StsCode::AccessDenied, text)
    }

    /// An explicit deny of the trust policy (IAM User Guide, on access denied messages).
    pub(crate) fn denied_by_role(caller: &str, action: &str) -> Self {
        Self::denied(format!(
            "User: {caller} is not authorized to perform: {action} with an explicit deny in the role \
             trust policy"
        ))
    }

    /// Quoted by many users.
    pub(crate) fn root_cannot_assume_roles() -> Self {
        Self::denied("Roles may not be assumed by root accounts.".to_owned())
    }

    /// Quoted by many users.
    pub(crate) fn cannot_decode(caller: &str) -> Self {
        Self::denied(format!(
            "User: {caller} is not authorized to perform: sts:DecodeAuthorizationMessage because no \
             identity-based policy allows the sts:DecodeAuthorizationMessage action"
        ))
    }

    /// Quoted by many users for `sts:AssumeRoleWithWebIdentity`. For other actions, the message is not
    /// known.
    pub(crate) fn provider_not_authorized(action: &str) -> Self {
        if action == "sts:AssumeRoleWithWebIdentity" {
            Self::cannot_assume_role_with_web_identity()
        } else {
            Self::without_message(StsCode::AccessDenied)
        }
    }

    /// Quoted by many users.
    pub(crate) fn unknown_provider(issuer: &str) -> Self {
        let text = format!("No OpenIDConnect provider found in your account for {issuer}");
        Self::new(StsCode::InvalidIdentityToken, text)
    }

    /// Quoted by the Hadoop documentation.
    pub(crate) fn too_long_for_role() -> Self {
        Self::new(
            StsCode::Validation,
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    }

    /// Quoted by the Hadoop documentation.
    pub(crate) fn policy_has_wrong_syntax() -> Self {
        Self::new(StsCode::MalformedPolicyDocument, "Syntax errors in policy.")
    }

    /// The message is not known.
    pub(crate) const fn malformed_policy() -> Self {
        Self::without_message(StsCode::MalformedPolicyDocument)
    }

    /// Quoted by many users.
    pub(crate) fn cannot_assume_role_with_web_identity() -> Self {
        Self::new(
            StsCode::AccessDenied,
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        )
    }

    /// Recorded.
    pub(crate) fn transitive_key_without_tag() -> Self {
        Self::new(
            StsCode::InvalidParameterValue,
            "The specified transitive tag key must be included in the requested tags.",
        )
    }

    /// Recorded.
    pub(crate) fn duplicate_tag_keys() -> Self {
        Self::new(
            StsCode::InvalidParameterValue,
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    }

    /// Recorded.
    pub(crate) fn transitive_key_conflict() -> Self {
        Self::new(
            StsCode::InvalidParameterValue,
            "One of the specified transitive tag keys can't be set because it conflicts with a \
             transitive tag key from the calling session.",
        )
    }

    /// Quoted by many users.
    pub(crate) fn too_long_for_role_chaining() -> Self {
        Self::new(
            StsCode::Validation,
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining.",
        )
    }

    /// Quoted by the Hadoop documentation.
    pub(crate) fn policy_is_not_json() -> Self {
        Self::new(
            StsCode::MalformedPolicyDocument,
            "The policy is not in the valid JSON format.",
        )
    }

    /// Quoted by many users for `GetSessionToken`. For `GetFederationToken`, it is inferred.
    pub(crate) fn needs_long_term_credentials(operation: &str) -> Self {
        let text = format!("Cannot call {operation} with session credentials");
        Self::new(StsCode::AccessDenied, text)
    }

    /// The message is not known.
    pub(crate) const fn malformed_identity_token() -> Self {
        Self::without_message(StsCode::InvalidIdentityToken)
    }

    /// Quoted by users in 2025. Both times are seconds since 1970.
    pub(crate) fn expired_identity_token(now: i64, expiration: i64) -> Self {
        let text = format!(
            "Token expired: current date/time {now} must be before the expiration date/time \
             {expiration}"
        );
        Self::new(StsCode::ExpiredIdentityToken, text)
    }

    /// The message is not known.
    pub(crate) const fn not_an_authorization_message() -> Self {
        Self::without_message(StsCode::InvalidAuthorizationMessage)
    }
}
