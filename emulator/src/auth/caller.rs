//! The caller of a request: which account, and in which Region.

use crate::key::{AccountId, Location, Region};

/// Who makes a request, and where.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) location: Location,
    pub(crate) access_key_id: Option<String>,
}

impl Caller {
    /// Reads the caller from the `Authorization` header.
    ///
    /// The Region is the one of the credential scope. The account is the access key id, if it is
    /// 12 digits: so one process serves many accounts without any setting up. What is missing or
    /// unreadable is taken from `default`, since any credentials, or none, are accepted.
    pub(crate) fn new(authorization: Option<&str>, default: &Location) -> Self {
        let mut location = default.clone();
        let mut access_key_id = None;
        if let Some(scope) = authorization.and_then(credential) {
            if let Some(account) = AccountId::parse(scope.access_key_id) {
                location.account = account;
            }
            if let Some(region) = scope.region.and_then(Region::parse) {
                location.region = region;
            }
            access_key_id = Some(scope.access_key_id.to_owned());
        }
        Self {
            location,
            access_key_id,
        }
    }

    /// Who does what happens by itself.
    pub(crate) fn nobody() -> Self {
        Self::at(Location::default())
    }

    /// The emulator itself, somewhere.
    pub(crate) fn at(location: Location) -> Self {
        Self {
            location,
            access_key_id: None,
        }
    }

    /// Whether a name means this caller: an access key id, an account, or an ARN.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.access_key_id.as_deref() == Some(name)
            || self.location.account.as_str() == name
            || self.arn() == name
    }

    /// The ARN under which errors name the caller: without identities, everyone is the account.
    pub(crate) fn arn(&self) -> String {
        let Location { account, region } = &self.location;
        format!("arn:{}:iam::{account}:root", region.partition())
    }
}

struct Scope<'h> {
    access_key_id: &'h str,
    region: Option<&'h str>,
}

/// `Credential=AKIA…/20260101/us-east-1/kms/aws4_request`. `SigV4a` has no Region in its scope.
fn credential(header: &str) -> Option<Scope<'_>> {
    let (algorithm, fields) = header.trim_start().split_once(' ')?;
    let scope = fields
        .split(',')
        .find_map(|field| field.trim().strip_prefix("Credential="))?;
    let mut parts = scope.split('/');
    let access_key_id = parts.next()?;
    let region = if algorithm == "AWS4-HMAC-SHA256" {
        parts.nth(1)
    } else {
        None
    };
    Some(Scope {
        access_key_id,
        region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(authorization: Option<&str>) -> String {
        Caller::new(authorization, &Location::default())
            .location
            .to_string()
    }

    #[test]
    fn the_region_is_the_one_of_the_credential_scope() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-3/kms/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=00";
        assert_eq!(caller(Some(header)), "000000000000/eu-west-3");
    }

    #[test]
    fn an_access_key_id_of_12_digits_is_the_account() {
        let header = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-west-2/kms/aws4_request,\
                      SignedHeaders=host,Signature=00";
        assert_eq!(caller(Some(header)), "111122223333/us-west-2");
    }

    #[test]
    fn anything_else_is_the_default_caller() {
        for header in [
            None,
            Some(""),
            Some("Bearer token"),
            Some("AWS4-HMAC-SHA256 Credential="),
            Some("AWS4-HMAC-SHA256 Credential=A/20260101/../../kms"),
            Some("AWS4-ECDSA-P256-SHA256 Credential=A/20260101/kms/aws4_request"),
        ] {
            assert_eq!(caller(header), "000000000000/us-east-1", "{header:?}");
        }
    }
}
