//! What a new session of a role needs under `--auth policy`.

use std::collections::BTreeMap;

use super::Call;
use super::permission::{Permission, Refusal, trust_policy};
use crate::auth::Principal;
use crate::authorization::{Subject, principal_keys};
use crate::error::{Error, StsError};
use crate::iam::Context;

/// AWS's default of `MaxSessionDuration`, in seconds.
const DEFAULT_MAX_DURATION: u32 = 3600;

/// What a request says of a new session.
pub(super) struct RoleSession<'a> {
    /// Without a unique id, it does not exist.
    pub(super) role: &'a Principal,
    pub(super) name: &'a str,
    /// The tags in the request.
    pub(super) tags: &'a BTreeMap<String, String>,
    pub(super) transitive_keys: &'a [String],
    /// Whether the session has tags, of the request or of the caller's session.
    pub(super) has_tags: bool,
    /// Of the request, or of the caller's session.
    pub(super) source_identity: Option<&'a str>,
    pub(super) external_id: Option<&'a str>,
    pub(super) duration_seconds: Option<u32>,
}

impl RoleSession<'_> {
    /// Whether the caller may have the session.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `ValidationError` for a duration that the role does not allow. Internal.
    pub(super) fn authorize(&self, subject: &Subject, call: &Call<'_, '_>) -> Result<(), Error> {
        let trust = trust_policy(self.role)?;
        for action in self.actions("sts:AssumeRole") {
            let mut context = base(call);
            principal_keys(subject, &mut context);
            let permission = Permission {
                subject,
                action,
                resource: &self.role.arn,
                context: self.keys(action, context),
            };
            permission.by_role(&trust).map_err(|refusal| {
                let refusal = match refusal {
                    Refusal::Silent(_) if self.role.unique_id.is_empty() => {
                        Refusal::Silent("a role that a seed has")
                    }
                    other => other,
                };
                permission.error(refusal)
            })?;
        }
        self.check_duration()
    }

    /// Whether the owner of a token may have the session. `provider` has the names of its provider,
    /// and `claims` the condition keys of the token.
    ///
    /// # Errors
    ///
    /// As [`Self::authorize`].
    pub(super) fn authorize_provider(
        &self,
        provider: &[&str],
        claims: &Context,
        call: &Call<'_, '_>,
    ) -> Result<(), Error> {
        let trust = trust_policy(self.role)?;
        let subject = Subject::default();
        for action in self.actions("sts:AssumeRoleWithWebIdentity") {
            let mut context = claims.clone();
            set_time(call, &mut context);
            let permission = Permission {
                subject: &subject,
                action,
                resource: &self.role.arn,
                context: self.keys(action, context),
            };
            permission
                .by_provider(&trust, provider)
                .map_err(|_| StsError::provider_not_authorized(action, &self.role.arn))?;
        }
        self.check_duration()
    }

    /// The actions that the session needs. Users see the refusal of `sts:TagSession` and
    /// `sts:SetSourceIdentity` also where `sts:AssumeRole` is refused (inferred).
    fn actions(&self, last: &'static str) -> Vec<&'static str> {
        let tags = self.has_tags.then_some("sts:TagSession");
        let source = self.source_identity.map(|_| "sts:SetSourceIdentity");
        tags.into_iter().chain(source).chain([last]).collect()
    }

    /// Adds the condition keys that an action has (service authorization reference).
    fn keys(&self, action: &str, mut context: Context) -> Context {
        for (key, value) in &self.role.tags {
            context.set(&format!("aws:ResourceTag/{key}"), value.as_str());
            context.set(&format!("iam:ResourceTag/{key}"), value.as_str());
        }
        if action != "sts:SetSourceIdentity" {
            for (key, value) in self.tags {
                context.set(&format!("aws:RequestTag/{key}"), value.as_str());
            }
            context.set_list("aws:TagKeys", self.tags.keys().cloned());
            context.set_list(
                "sts:TransitiveTagKeys",
                self.transitive_keys.iter().cloned(),
            );
        }
        if action != "sts:TagSession"
            && let Some(identity) = self.source_identity
        {
            context.set("sts:SourceIdentity", identity);
        }
        if action.starts_with("sts:AssumeRole") {
            context.set("sts:RoleSessionName", self.name);
        }
        if action == "sts:AssumeRole"
            && let Some(id) = self.external_id
        {
            context.set("sts:ExternalId", id);
        }
        context
    }

    fn check_duration(&self) -> Result<(), Error> {
        let max = self.role.max_session_duration;
        if self.duration_seconds > Some(max.unwrap_or(DEFAULT_MAX_DURATION)) {
            return Err(StsError::too_long_for_role().into());
        }
        Ok(())
    }
}

/// The condition keys of every request with credentials.
pub(super) fn base(call: &Call<'_, '_>) -> Context {
    let mut context = Context::default();
    let region = call.caller.location.region.as_str();
    context.set("aws:RequestedRegion", region);
    set_time(call, &mut context);
    context
}

fn set_time(call: &Call<'_, '_>, context: &mut Context) {
    let now = call.context.now();
    context.set("aws:CurrentTime", now.seconds_text());
    context.set("aws:EpochTime", (now.millis() / 1000).to_string());
}
