//! Errors of STS, and every message of STS. Their codes differ from those of KMS.

use super::Mismatch;
use crate::api::wire_enum;

wire_enum! {
    /// An error of STS, by its code on the wire.
    StsCode {
        AccessDenied = "AccessDenied",
        ExpiredToken = "ExpiredToken",
        ExpiredIdentityToken = "ExpiredTokenException",
        IncompleteSignature = "IncompleteSignature",
        InternalFailure = "InternalFailure",
        InvalidAction = "InvalidAction",
        InvalidAuthorizationMessage = "InvalidAuthorizationMessageException",
        InvalidClientTokenId = "InvalidClientTokenId",
        InvalidIdentityToken = "InvalidIdentityToken",
        InvalidParameterValue = "InvalidParameterValue",
        MalformedInput = "MalformedInput",
        MalformedPolicyDocument = "MalformedPolicyDocument",
        MissingAuthenticationToken = "MissingAuthenticationToken",
        SignatureDoesNotMatch = "SignatureDoesNotMatch",
        Validation = "ValidationError",
    }
}

/// An error of STS. Some have no known message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StsError {
    pub(crate) code: StsCode,
    pub(crate) message: Option<String>,
    /// What the message does not say. An error without a message always has it.
    pub(super) reason: Option<Mismatch>,
}

/// What a member with a role's ARN must be.
const ROLE_ARN: &str = "the ARN of a role";

impl StsCode {
    /// The HTTP status, by the model and by recorded answers.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::AccessDenied
            | Self::ExpiredToken
            | Self::InvalidClientTokenId
            | Self::MissingAuthenticationToken
            | Self::SignatureDoesNotMatch => 403,
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
            reason: None,
        }
    }

    fn without_message(code: StsCode, reason: Mismatch) -> Self {
        Self {
            code,
            message: None,
            reason: Some(reason),
        }
    }

    /// Adds what AWS's message does not say.
    fn because(self, reason: Mismatch) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// What the message does not say.
    pub(super) fn reason(&self) -> Option<&Mismatch> {
        self.reason.as_ref()
    }

    /// Quoted by many users.
    pub(crate) fn expired_token() -> Self {
        Self::new(StsCode::ExpiredToken, super::message::EXPIRED_TOKEN)
    }

    /// The message is not known.
    pub(crate) fn unknown_action(action: &str) -> Self {
        let reason = Mismatch::new("Action", "an operation of STS", format!("`{action}`"));
        Self::without_message(StsCode::InvalidAction, reason)
    }

    /// A parameter that is not a number. The message is not known.
    pub(crate) fn malformed_input(parameter: &str) -> Self {
        let reason = Mismatch::new(parameter, "a 32-bit integer", "another text");
        Self::without_message(StsCode::MalformedInput, reason)
    }

    /// Recorded.
    pub(crate) fn invalid_arn(arn: &str) -> Self {
        Self::new(StsCode::Validation, format!("{arn} is invalid"))
    }

    /// STS does not say whether the role exists.
    pub(crate) fn cannot_assume_role(caller: &str, role: &str) -> Self {
        let reason = Mismatch::new("RoleArn", ROLE_ARN, role);
        Self::not_authorized(caller, "sts:AssumeRole", role, reason)
    }

    /// No policy allows an action. `needed` is what would.
    pub(crate) fn not_allowed(caller: &str, action: &str, resource: &str, needed: &str) -> Self {
        let reason = Mismatch::new(action, needed, "none");
        Self::not_authorized(caller, action, resource, reason)
    }

    /// A federated user cannot assume a role, whatever policies say.
    pub(crate) fn federated_user_cannot_assume_roles(caller: &str, role: &str) -> Self {
        let reason = Mismatch::new("caller", "a user or a session of a role", caller);
        Self::not_authorized(caller, "sts:AssumeRole", role, reason)
    }

    /// Quoted by many users for `sts:AssumeRole`, `sts:TagSession`, `sts:SetSourceIdentity` and
    /// `sts:GetFederationToken`.
    fn not_authorized(caller: &str, action: &str, resource: &str, reason: Mismatch) -> Self {
        Self::denied(format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource}"
        ))
        .because(reason)
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
    pub(crate) fn provider_not_authorized(action: &str, role: &str) -> Self {
        let reason = Mismatch::new("RoleArn", "a role whose trust policy allows it", role);
        if action == "sts:AssumeRoleWithWebIdentity" {
            Self::cannot_assume_role_with_web_identity(role).because(reason)
        } else {
            Self::without_message(StsCode::AccessDenied, reason)
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
    pub(crate) fn policy_has_wrong_syntax(fault: &str) -> Self {
        Self::new(StsCode::MalformedPolicyDocument, "Syntax errors in policy.").because(
            Mismatch::new("Policy", "a policy", format!("a fault: {fault}")),
        )
    }

    /// The message is not known.
    pub(crate) fn malformed_policy() -> Self {
        let reason = Mismatch::new("Policy", "base64 in BinaryEquals", "another text");
        Self::without_message(StsCode::MalformedPolicyDocument, reason)
    }

    /// Quoted by many users.
    pub(crate) fn cannot_assume_role_with_web_identity(role: &str) -> Self {
        Self::new(
            StsCode::AccessDenied,
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        )
        .because(Mismatch::new("RoleArn", ROLE_ARN, role))
    }

    /// Recorded.
    pub(crate) fn transitive_key_without_tag(key: &str) -> Self {
        Self::new(
            StsCode::InvalidParameterValue,
            "The specified transitive tag key must be included in the requested tags.",
        )
        .because(Mismatch::new("TransitiveTagKeys", "keys of Tags", key))
    }

    /// Recorded.
    pub(crate) fn duplicate_tag_keys(key: &str) -> Self {
        Self::new(
            StsCode::InvalidParameterValue,
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
        .because(Mismatch::new(
            "Tags",
            "each key once",
            format!("`{key}` again"),
        ))
    }

    /// Recorded.
    pub(crate) fn transitive_key_conflict(key: &str) -> Self {
        Self::new(
            StsCode::InvalidParameterValue,
            "One of the specified transitive tag keys can't be set because it conflicts with a \
             transitive tag key from the calling session.",
        )
        .because(Mismatch::new(
            "Tags",
            "no transitive tag key of the caller's session",
            key,
        ))
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
    pub(crate) fn policy_is_not_json(fault: &serde_json::Error) -> Self {
        Self::new(
            StsCode::MalformedPolicyDocument,
            "The policy is not in the valid JSON format.",
        )
        .because(Mismatch::new("Policy", "JSON", format!("a fault: {fault}")))
    }

    /// Quoted by many users for `GetSessionToken`. For `GetFederationToken`, it is inferred.
    pub(crate) fn needs_long_term_credentials(operation: &str) -> Self {
        let text = format!("Cannot call {operation} with session credentials");
        Self::new(StsCode::AccessDenied, text)
    }

    /// The message is not known.
    pub(crate) fn malformed_identity_token(found: &'static str) -> Self {
        let expected = "a JSON Web Token with iss, sub and aud";
        let reason = Mismatch::new("WebIdentityToken", expected, found);
        Self::without_message(StsCode::InvalidIdentityToken, reason)
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
    pub(crate) fn not_an_authorization_message() -> Self {
        let expected = "a message of this emulator, which sends none";
        let reason = Mismatch::new("EncodedMessage", expected, "another text");
        Self::without_message(StsCode::InvalidAuthorizationMessage, reason)
    }
}
