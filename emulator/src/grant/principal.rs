//! Principals of grants. The existence of users and roles is not checked.

use crate::api::AccountId;
use crate::error::{KmsError, message};

/// Checks that a text is a principal: the ARN of an account, user, role or session, or a service
/// name.
///
/// # Errors
///
/// `InvalidArnException`.
pub(crate) fn require_principal(text: &str) -> Result<(), KmsError> {
    if !text.starts_with("arn:") {
        return if is_service(text) {
            Ok(())
        } else {
            Err(message::not_a_principal())
        };
    }
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let &[_, partition, service, region, account, resource] = parts.as_slice() else {
        return Err(message::arn_is_not_valid(text));
    };
    let kinds: &[_] = match service {
        "iam" => &["user/", "role/", "federated-user/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => &[],
    };
    let has_valid_resource = (service == "iam" && resource == "root")
        || kinds.iter().any(|kind| {
            resource
                .strip_prefix(kind)
                .is_some_and(|name| !name.is_empty())
        });
    if partition.starts_with("aws")
        && region.is_empty()
        && AccountId::parse(account).is_some()
        && has_valid_resource
    {
        Ok(())
    } else {
        Err(message::arn_is_not_a_principal(text))
    }
}

/// Checks the principal in a request of `ListRetirableGrants`.
///
/// # Errors
///
/// `NotFoundException` for a text that is not an ARN; `InvalidArnException`.
pub(crate) fn require_retiring_principal(text: &str) -> Result<(), KmsError> {
    if !text.starts_with("arn:") && !is_service(text) {
        return Err(message::retiring_principal_not_found(text));
    }
    require_principal(text)
}

fn is_service(text: &str) -> bool {
    text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_principals() {
        for (text, expected) in [
            ("arn:aws:iam::111122223333:root", None),
            ("arn:aws:iam::111122223333:user/path/name", None),
            ("arn:aws-cn:iam::111122223333:role/r", None),
            ("arn:aws:sts::111122223333:assumed-role/r/session", None),
            ("ec2.us-east-1.amazonaws.com", None),
            ("arn:aws:iam", Some("ARN is not valid: arn:aws:iam")),
            ("someone", Some("Input does not refer to a valid principal")),
            (
                "arn:aws:s3:::bucket",
                Some("ARN does not refer to a valid principal: arn:aws:s3:::bucket"),
            ),
            (
                "arn:aws:iam::1:root",
                Some("ARN does not refer to a valid principal: arn:aws:iam::1:root"),
            ),
            (
                "arn:aws:iam::111122223333:user/",
                Some("ARN does not refer to a valid principal: arn:aws:iam::111122223333:user/"),
            ),
        ] {
            let message = require_principal(text)
                .err()
                .and_then(|error| error.message);
            assert_eq!(message.as_deref(), expected, "{text}");
        }
    }
}
