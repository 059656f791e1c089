//! [AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html)

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::Operation;
use super::assume_role::AssumedRoleUser;
use super::policy::{self, PolicyDescriptor};
use super::role::{DEFAULT_DURATION, Role};
use crate::clock::Timestamp;
use crate::error::{Error, StsError};
use crate::one_or_many::OneOrMany;
use crate::sts::Call;
use crate::sts::session::Credentials;

/// Returns credentials for a session of a role, for the owner of a web identity token. Accepts any
/// well-formed token: the emulator knows no providers, so it cannot check signatures.
pub(super) struct AssumeRoleWithWebIdentity;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleWithWebIdentityInput {
    role_arn: String,
    role_session_name: String,
    web_identity_token: String,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    duration_seconds: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleWithWebIdentityOutput {
    credentials: Credentials,
    subject_from_web_identity_token: String,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<u32>,
    provider: String,
    audience: String,
}

/// The claims of a token that STS reads.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: OneOrMany<String>,
    exp: Option<i64>,
}

impl Operation for AssumeRoleWithWebIdentity {
    const NAME: &'static str = "AssumeRoleWithWebIdentity";
    type Input = AssumeRoleWithWebIdentityInput;
    type Output = AssumeRoleWithWebIdentityOutput;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error> {
        let role = Role::parse(&input.role_arn)?
            .ok_or_else(|| StsError::cannot_assume_role_with_web_identity(&input.role_arn))?;
        policy::check(input.policy.as_deref())?;
        let claims = claims(&input.web_identity_token, call.context.now())?;
        let duration = input
            .duration_seconds
            .map(|seconds| Duration::from_secs(seconds.into()));
        let user = AssumedRoleUser::new(&role, &input.role_session_name);
        let session = user.session(&role, duration.unwrap_or(DEFAULT_DURATION));
        let has_others = !input.policy_arns.is_empty();
        Ok(AssumeRoleWithWebIdentityOutput {
            credentials: session.create(call)?,
            subject_from_web_identity_token: claims.sub,
            assumed_role_user: user,
            packed_policy_size: policy::packed_size(input.policy.as_deref(), has_others),
            provider: claims.iss,
            audience: claims.aud.into_vec().into_iter().next().unwrap_or_default(),
        })
    }
}

/// Reads the claims of a JSON Web Token.
fn claims(token: &str, now: Timestamp) -> Result<Claims, StsError> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(StsError::malformed_identity_token(
            "a text without three parts",
        ));
    };
    let malformed = StsError::malformed_identity_token;
    let payload = URL_SAFE_NO_PAD
        .decode(payload)
        .map_err(|_| malformed("a payload that is not base64url"))?;
    let claims: Claims = serde_json::from_slice(&payload)
        .map_err(|_| malformed("a payload without these claims"))?;
    let now = now.millis() / 1000;
    match claims.exp {
        Some(expiration) if expiration <= now => {
            Err(StsError::expired_identity_token(now, expiration))
        }
        _ => Ok(claims),
    }
}
