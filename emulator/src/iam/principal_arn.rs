//! ARNs of principals, for the members of grants and the principals of policies.

use crate::api::arn_parts;

/// The ARN of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrincipalArn<'t> {
    arn: &'t str,
    pub(crate) partition: &'t str,
    pub(crate) account: &'t str,
    pub(crate) resource: Resource<'t>,
}

/// What the ARN of a principal names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource<'t> {
    Root,
    User,
    Role,
    AssumedRole { role: &'t str },
    FederatedUser,
}

/// The reason why a text is not the ARN of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrincipalArnError {
    /// It does not begin with `arn:`.
    NoArn,
    /// It does not have the parts of an ARN, or a session has more or fewer than a role and a name.
    Invalid,
    /// It is the ARN of something else.
    NotAPrincipal,
}

/// The principals that exist.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    /// The ARNs of users and roles, with their unique ids. `None`: every user and role exists.
    pub(crate) principals: Option<Vec<(String, Option<String>)>>,
    /// `None`: every account exists.
    pub(crate) accounts: Option<Vec<String>>,
    /// Whether every unique id exists, if `principals` is `None`.
    pub(crate) any_id: bool,
    /// Whether an account without known principals has every user and role.
    pub(crate) only_known_accounts: bool,
}

impl<'t> PrincipalArn<'t> {
    /// Parses the ARN of an account, a user, a role, a session of a role or a federated user.
    pub(crate) fn parse(arn: &'t str) -> Result<Self, PrincipalArnError> {
        if !arn.starts_with("arn:") {
            return Err(PrincipalArnError::NoArn);
        }
        let Some([_, partition, service, region, account, path]) = arn_parts(arn) else {
            return Err(PrincipalArnError::Invalid);
        };
        let (kind, name) = path.split_once('/').unwrap_or((path, ""));
        let resource = match (service, kind) {
            ("iam", "root") if path == "root" => Resource::Root,
            ("iam", "user") if is_name(name) => Resource::User,
            ("iam", "role") if is_name(name) => Resource::Role,
            // A session's ARN never has the path of the role (recorded).
            ("sts", "assumed-role") => match name.split('/').collect::<Vec<_>>().as_slice() {
                [role, session] if is_name(role) && is_name(session) => {
                    Resource::AssumedRole { role }
                }
                _ => return Err(PrincipalArnError::Invalid),
            },
            ("sts", "federated-user") if name.contains('/') => {
                return Err(PrincipalArnError::Invalid);
            }
            ("sts", "federated-user") if is_name(name) => Resource::FederatedUser,
            _ => return Err(PrincipalArnError::NotAPrincipal),
        };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if !is_account || !partition.starts_with("aws") || !region.is_empty() {
            return Err(PrincipalArnError::NotAPrincipal);
        }
        Ok(Self {
            arn,
            partition,
            account,
            resource,
        })
    }

    /// The name without the path. For a session of a role, its name.
    pub(crate) fn name(&self) -> &'t str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }
}

/// A name with its path. A wildcard is no character of a name.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.ends_with('/')
        && text.chars().all(|letter| {
            letter.is_ascii_alphanumeric()
                || matches!(letter, '_' | '+' | '=' | ',' | '.' | '@' | '-' | '/')
        })
}

impl Directory {
    /// Whether a principal exists. The sessions of a role need not have been issued (recorded), nor
    /// those of a federated user.
    pub(crate) fn has(&self, arn: &PrincipalArn<'_>) -> bool {
        let has_account = self
            .accounts
            .as_ref()
            .is_none_or(|accounts| accounts.iter().any(|account| account == arn.account));
        let Some(principals) = &self.principals else {
            return has_account;
        };
        let any = |matches: &dyn Fn(&str) -> bool| {
            principals.iter().any(|(principal, _)| matches(principal))
        };
        let is_known = any(&|principal| principal.split(':').nth(4) == Some(arn.account));
        if self.only_known_accounts && !is_known {
            return has_account;
        }
        has_account
            && match arn.resource {
                Resource::Root | Resource::FederatedUser => true,
                Resource::User | Resource::Role => any(&|principal| principal == arn.arn),
                Resource::AssumedRole { role } => any(&|principal| {
                    PrincipalArn::parse(principal).is_ok_and(|found| {
                        found.resource == Resource::Role
                            && found.account == arn.account
                            && principal.rsplit('/').next() == Some(role)
                    })
                }),
            }
    }

    /// Whether a unique id exists, such as `AIDA…`, or `AROA…:session`.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        let id = id.split_once(':').map_or(id, |(id, _)| id);
        match &self.principals {
            Some(principals) => principals
                .iter()
                .any(|(_, known)| known.as_deref() == Some(id)),
            None => self.any_id,
        }
    }
}
