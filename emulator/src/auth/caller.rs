//! The caller of a request: its account, its Region and its identity.

use std::sync::Arc;

use super::user_id::user_id;
use super::{Identity, Session};
use crate::api::{AccountId, Location, Region};
use crate::iam::{PrincipalArn, PrincipalResource};
use crate::store::StoreError;

/// The principal that makes a request, with its account and Region.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) location: Location,
    pub(crate) access_key_id: Option<String>,
    /// The identity that owns the access key.
    identity: Option<Arc<Identity>>,
}

impl Caller {
    /// Reads the caller from the `Authorization` header.
    ///
    /// The Region comes from the credential scope. The account is the one of the identity that owns
    /// the access key, or else the access key id itself if it has 12 digits, so that one process
    /// serves many accounts without setup. Any credentials are accepted; `default` replaces missing
    /// or invalid parts.
    ///
    /// # Errors
    ///
    /// The errors of `find`, which looks up the identity of an access key id.
    pub(crate) fn new(
        authorization: Option<&str>,
        default: &Location,
        find: impl FnOnce(&str) -> Result<Option<Arc<Identity>>, StoreError>,
    ) -> Result<Self, StoreError> {
        let mut caller = Self::at(default.clone());
        let Some(scope) = authorization.and_then(credential_scope) else {
            return Ok(caller);
        };
        caller.access_key_id = Some(scope.access_key_id.to_owned());
        let region = scope.region.filter(|name| *name != default.region.as_str());
        if let Some(region) = region.and_then(Region::parse) {
            caller.location.region = region;
        }
        if let Some(identity) = find(scope.access_key_id)? {
            caller.location.account.clone_from(&identity.account);
            caller.identity = Some(identity);
        } else if let Some(account) = AccountId::parse(scope.access_key_id) {
            caller.location.account = account;
        }
        Ok(caller)
    }

    /// The root of an account, as a caller.
    pub(crate) fn at(location: Location) -> Self {
        Self {
            location,
            access_key_id: None,
            identity: None,
        }
    }

    /// The principal with an ARN: an account, a user, a role, or a session. `None` for another text.
    pub(crate) fn of_arn(arn: &str, region: Region) -> Option<Self> {
        let principal = PrincipalArn::parse(arn).ok()?;
        let account = AccountId::parse(principal.account)?;
        let is_root = principal.resource == PrincipalResource::Root;
        let identity = Identity {
            account: account.clone(),
            arn: (!is_root).then(|| arn.to_owned()),
            secret: None,
            user_id: None,
            session: None,
        };
        Some(Self {
            location: Location { account, region },
            access_key_id: None,
            identity: Some(Arc::new(identity)),
        })
    }

    /// The owner of an access key.
    pub(crate) fn of_identity(
        access_key_id: &str,
        identity: Arc<Identity>,
        region: Region,
    ) -> Self {
        Self {
            location: Location {
                account: identity.account.clone(),
                region,
            },
            access_key_id: Some(access_key_id.to_owned()),
            identity: Some(identity),
        }
    }

    /// The emulator, for internal operations.
    pub(crate) fn emulator() -> Self {
        Self::at(Location::default())
    }

    /// Whether `name`, an access key id, an account or an ARN, refers to this caller.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.access_key_id.as_deref() == Some(name)
            || self.location.account.as_str() == name
            || self.arn() == name
    }

    /// The ARN of the caller's identity, or of the account.
    pub(crate) fn arn(&self) -> String {
        let arn = self
            .identity
            .as_ref()
            .and_then(|identity| identity.arn.clone());
        arn.unwrap_or_else(|| self.location.account_arn())
    }

    /// The identity that owns the access key.
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// The identity as its record, which all requests with the access key share.
    pub(crate) fn shared_identity(&self) -> Option<&Arc<Identity>> {
        self.identity.as_ref()
    }

    /// The session of a caller with temporary credentials.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.identity.as_ref()?.session.as_ref()
    }

    /// The unique id of the caller: `AIDA…`, `AROA…:session`, or the account.
    pub(crate) fn user_id(&self) -> String {
        if let Some(session) = self.session() {
            return session.user_id.clone();
        }
        let known = self.identity.as_ref();
        let known = known.and_then(|identity| identity.user_id.clone());
        known.unwrap_or_else(|| user_id(&self.location.account, &self.arn()))
    }
}

/// Who signed a request, and for which Region.
pub(crate) struct CredentialScope<'h> {
    pub(crate) access_key_id: &'h str,
    pub(crate) region: Option<&'h str>,
}

/// Reads `Credential=AKIA…/20260101/us-east-1/kms/aws4_request` in the header `Authorization`. `SigV4a` has no
/// Region in its scope.
pub(crate) fn credential_scope(header: &str) -> Option<CredentialScope<'_>> {
    let (algorithm, fields) = header.trim_start().split_once(' ')?;
    let scope = fields
        .split([',', ' '])
        .find_map(|field| field.strip_prefix("Credential="))?;
    let mut parts = scope.split('/');
    let access_key_id = parts.next()?;
    let region = if algorithm == "AWS4-HMAC-SHA256" {
        parts.nth(1)
    } else {
        None
    };
    Some(CredentialScope {
        access_key_id,
        region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(authorization: Option<&str>) -> String {
        let caller = Caller::new(authorization, &Location::default(), |_| Ok(None));
        caller.unwrap().location.to_string()
    }

    #[test]
    fn takes_region_from_credential_scope() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-3/kms/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=00";
        assert_eq!(caller(Some(header)), "000000000000/eu-west-3");
    }

    #[test]
    fn takes_account_from_access_key_id_of_12_digits() {
        let header = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-west-2/kms/aws4_request,\
                      SignedHeaders=host,Signature=00";
        assert_eq!(caller(Some(header)), "111122223333/us-west-2");
    }

    #[test]
    fn falls_back_to_default_caller() {
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

    #[test]
    fn takes_account_and_arn_from_known_identity() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-3/kms/aws4_request";
        let arn = "arn:aws:iam::111122223333:user/alice";
        let find = |access_key_id: &str| {
            assert_eq!(access_key_id, "AKIDEXAMPLE");
            Ok(Some(Arc::new(Identity {
                account: AccountId::parse("111122223333").unwrap(),
                arn: Some(arn.to_owned()),
                secret: None,
                user_id: None,
                session: None,
            })))
        };
        let caller = Caller::new(Some(header), &Location::default(), find).unwrap();
        assert_eq!(caller.location.to_string(), "111122223333/eu-west-3");
        assert_eq!(caller.arn(), arn);
    }
}
