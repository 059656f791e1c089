//! New sessions and their credentials.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::Call;
use super::reply::Date;
use crate::api::AccountId;
use crate::auth::{Identity, Session, letter};
use crate::error::{Error, Internal};

/// A session to create.
pub(super) struct NewSession {
    pub(super) account: AccountId,
    /// `None` for the root of the account.
    pub(super) arn: Option<String>,
    pub(super) user_id: String,
    pub(super) issuer: Option<String>,
    pub(super) duration: Duration,
    pub(super) policy: Option<String>,
    pub(super) policy_arns: Vec<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) transitive_tags: BTreeMap<String, String>,
    pub(super) source_identity: Option<String>,
}

/// Temporary credentials in an output.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: Date,
}

impl NewSession {
    /// Stores the session, and returns its credentials.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(super) fn create(self, call: Call<'_, '_>) -> Result<Credentials, Error> {
        let Call {
            context, format, ..
        } = call;
        let random = context.random();
        let cannot = |error| Internal::new("generate credentials", error);
        let id = random.array::<16>().map_err(cannot)?;
        let access_key_id = format!("ASIA{}", id.map(letter).iter().collect::<String>());
        let secret = STANDARD.encode(random.array::<30>().map_err(cannot)?);
        let token = STANDARD.encode(random.array::<96>().map_err(cannot)?);
        // The API has whole seconds.
        let expires = context.now().plus(self.duration).whole_seconds();
        let identity = Identity {
            account: self.account,
            arn: self.arn,
            secret: Some(secret.clone()),
            user_id: None,
            session: Some(Session {
                token: token.clone(),
                expires,
                user_id: self.user_id,
                issuer: self.issuer,
                policy: self.policy,
                policy_arns: self.policy_arns,
                tags: self.tags,
                transitive_tags: self.transitive_tags,
                source_identity: self.source_identity,
            }),
        };
        let mut context = context.write()?;
        context.delete_expired_sessions(&access_key_id)?;
        context.put_identity(&access_key_id, &identity)?;
        Ok(Credentials {
            access_key_id,
            secret_access_key: secret,
            session_token: token,
            expiration: Date::new(expires, format),
        })
    }
}
