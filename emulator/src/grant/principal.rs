//! Principals of grants.

use std::collections::HashMap;

use super::GrantTerms;
use crate::error::{KmsError, message};
use crate::iam::{Directory, PrincipalArn, PrincipalArnError};

/// The ARNs of users and roles by their unique ids.
pub(crate) struct PrincipalNames(HashMap<String, String>);

impl FromIterator<(String, String)> for PrincipalNames {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

impl PrincipalNames {
    /// The ARN of a stored principal. Without a user or role of that id, the id (recorded).
    fn name(&self, stored: String) -> String {
        let (id, session) = match stored.split_once(':') {
            Some((id, session)) => (id, Some(session)),
            None => (stored.as_str(), None),
        };
        let arn = self.0.get(id);
        let arn = arn.and_then(|arn| Some((arn, PrincipalArn::parse(arn).ok()?)));
        match (arn, session) {
            (Some((_, role)), Some(session)) => format!(
                "arn:{}:sts::{}:assumed-role/{}/{session}",
                role.partition,
                role.account,
                role.name()
            ),
            (Some((arn, _)), None) => arn.clone(),
            (None, _) => stored,
        }
    }
}

impl GrantTerms {
    /// The terms as lists show them: with ARNs in place of unique ids.
    pub(super) fn with_names(self, names: &PrincipalNames) -> Self {
        let name = |stored: Option<String>| stored.map(|stored| names.name(stored));
        Self {
            grantee_principal: name(self.grantee_principal),
            retiring_principal: name(self.retiring_principal),
            ..self
        }
    }
}

/// Checks that a text is a principal: the ARN of an account, user, role or session, or a service
/// name.
///
/// # Errors
///
/// `InvalidArnException`.
pub(crate) fn require_principal(text: &str, known: &Directory) -> Result<(), KmsError> {
    require(text, known, || message::not_a_principal(text))
}

/// Checks the `GranteePrincipal` of a new grant.
///
/// # Errors
///
/// `InvalidArnException`.
pub(crate) fn require_grantee(text: &str, known: &Directory) -> Result<(), KmsError> {
    require(text, known, || message::grantee_is_not_a_principal(text))
}

/// Checks the `RetiringPrincipal` of a new grant.
///
/// # Errors
///
/// `InvalidArnException`.
pub(crate) fn require_retiring(text: &str, known: &Directory) -> Result<(), KmsError> {
    require(text, known, || {
        message::retiring_principal_is_not_a_principal(text)
    })
}

/// Checks the principal in a request of `ListRetirableGrants`.
///
/// # Errors
///
/// `NotFoundException` for a text that is not an ARN; `InvalidArnException`.
pub(crate) fn require_retiring_principal(text: &str, known: &Directory) -> Result<(), KmsError> {
    require(text, known, || message::retiring_principal_not_found(text))
}

/// A unique id stands for its principal, if there is one.
fn require(
    text: &str,
    known: &Directory,
    not_an_arn: impl FnOnce() -> KmsError,
) -> Result<(), KmsError> {
    match PrincipalArn::parse(text) {
        Ok(arn) if known.has(&arn) => Ok(()),
        Err(PrincipalArnError::NoArn) if is_service(text) || known.has_id(text) => Ok(()),
        Err(PrincipalArnError::NoArn) => Err(not_an_arn()),
        Err(PrincipalArnError::Invalid) => Err(message::arn_is_not_valid(text)),
        Ok(_) | Err(PrincipalArnError::NotAPrincipal) => Err(message::arn_is_not_a_principal(text)),
    }
}

fn is_service(text: &str) -> bool {
    text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_principals() {
        let not_valid = |arn: &str| Some(format!("ARN is not valid: {arn}"));
        let no_principal =
            |arn: &str| Some(format!("ARN does not refer to a valid principal: {arn}"));
        for arn in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/path/name",
            "arn:aws-cn:iam::111122223333:role/r",
            "arn:aws:sts::111122223333:assumed-role/r/session",
            "arn:aws:sts::111122223333:federated-user/u",
            "ec2.us-east-1.amazonaws.com",
        ] {
            assert_eq!(require_grantee(arn, &Directory::default()), Ok(()), "{arn}");
        }
        let message = |text: &str| {
            let result = require_grantee(text, &Directory::default());
            result.unwrap_err().message
        };
        for arn in [
            "arn:aws:iam",
            "arn:aws:sts::111122223333:assumed-role/r",
            "arn:aws:sts::111122223333:assumed-role/path/r/session",
            "arn:aws:sts::111122223333:assumed-role/r/",
            "arn:aws:sts::111122223333:federated-user/u/v",
        ] {
            assert_eq!(message(arn), not_valid(arn), "{arn}");
        }
        for arn in [
            "arn:aws:s3:::bucket",
            "arn:aws:iam::1:root",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:iam::111122223333:instance-profile/p",
            "arn:aws:iam::111122223333:policy/p",
            "arn:aws:iam::111122223333:assumed-role/r/session",
        ] {
            assert_eq!(message(arn), no_principal(arn), "{arn}");
        }
        let text = "GranteePrincipal does not refer to a valid principal.";
        for id in ["AROA00000000000000100:future", "someone"] {
            assert_eq!(message(id).as_deref(), Some(text), "{id}");
        }
    }

    #[test]
    fn a_directory_knows_who_exists() {
        let known = Directory {
            principals: Some(vec![(
                "arn:aws:iam::111122223333:role/path/r".to_owned(),
                Some("AROAEXAMPLE".to_owned()),
            )]),
            accounts: Some(vec!["111122223333".to_owned()]),
            any_id: false,
            only_known_accounts: false,
        };
        for (text, exists) in [
            ("arn:aws:iam::111122223333:role/path/r", true),
            ("arn:aws:iam::111122223333:role/r", false),
            ("arn:aws:sts::111122223333:assumed-role/r/any", true),
            ("arn:aws:sts::111122223333:assumed-role/s/any", false),
            ("arn:aws:sts::111122223333:federated-user/any", true),
            ("arn:aws:sts::444455556666:federated-user/any", false),
            ("arn:aws:iam::444455556666:root", false),
            ("AROAEXAMPLE:session", true),
            ("AROAOTHER:session", false),
        ] {
            assert_eq!(require_principal(text, &known).is_ok(), exists, "{text}");
        }
    }
}
