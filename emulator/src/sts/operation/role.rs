//! The ARN of a role in a request.

use std::time::Duration;

use crate::api::{AccountId, arn_parts};
use crate::error::StsError;

/// The duration of a session if the request has none.
pub(super) const DEFAULT_DURATION: Duration = Duration::from_secs(3600);

/// A role.
pub(super) struct Role<'a> {
    pub(super) arn: &'a str,
    pub(super) partition: &'a str,
    pub(super) account: AccountId,
    /// The name without the path.
    name: &'a str,
}

impl<'a> Role<'a> {
    /// Reads the ARN of a role. Returns `None` for an ARN of something else.
    ///
    /// # Errors
    ///
    /// `ValidationError`: the text is not an ARN.
    pub(super) fn parse(arn: &'a str) -> Result<Option<Self>, StsError> {
        let (partition, service, account, resource) = match arn_parts(arn) {
            Some(["arn", partition, service, _, account, resource])
                if ![partition, service, resource].contains(&"") =>
            {
                (partition, service, account, resource)
            }
            _ => return Err(StsError::invalid_arn(arn)),
        };
        let name = resource
            .strip_prefix("role/")
            .and_then(|name| name.rsplit('/').next());
        Ok(match (service, AccountId::parse(account), name) {
            ("iam", Some(account), Some(name)) if !name.is_empty() => Some(Self {
                arn,
                partition,
                account,
                name,
            }),
            _ => None,
        })
    }

    /// The ARN of a session of the role.
    pub(super) fn session_arn(&self, session: &str) -> String {
        let Self {
            partition,
            account,
            name,
            ..
        } = self;
        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}")
    }
}
