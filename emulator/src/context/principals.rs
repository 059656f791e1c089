//! Storage of users, roles, managed policies and accounts.

use std::sync::Arc;

use serde::Serialize;

use super::{Lock, RequestContext, Services, WriteContext};
use crate::api::AccountId;
use crate::auth::{Account, ManagedPolicyRecord, Principal};
use crate::grant::PrincipalNames;
use crate::iam::{Directory, PrincipalArn, PrincipalResource};
use crate::store::{StoreError, record};

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The user, role or federated user with an ARN, or the role of a session.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn principal(&self, arn: &str) -> Result<Option<Arc<Principal>>, StoreError> {
        let services = self.services();
        Principal::find(&services.store, &services.decoded.principals, arn)
    }

    /// The managed policy with an ARN.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(super) fn managed_policy(
        &self,
        arn: &str,
    ) -> Result<Option<Arc<ManagedPolicyRecord>>, StoreError> {
        let Services { store, decoded, .. } = self.services();
        decoded
            .managed_policies
            .find(store, &ManagedPolicyRecord::record_name(arn))
    }

    /// The account with an id.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(super) fn account(&self, id: &str) -> Result<Option<Arc<Account>>, StoreError> {
        let Services { store, decoded, .. } = self.services();
        decoded.accounts.find(store, &Account::record_name(id))
    }

    /// A principal as grants are stored: a known user, role or session by its unique id. So a user or
    /// role that is created again under its old name does not get the grants of the old one (recorded).
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn by_unique_id(&self, principal: &str) -> Result<String, StoreError> {
        let Ok(arn) = PrincipalArn::parse(principal) else {
            return Ok(principal.to_owned());
        };
        let id = self
            .principal(principal)?
            .map(|found| found.unique_id.clone());
        Ok(match id.filter(|id| !id.is_empty()) {
            Some(id) if matches!(arn.resource, PrincipalResource::AssumedRole { .. }) => {
                format!("{id}:{}", arn.name())
            }
            Some(id) => id,
            None => principal.to_owned(),
        })
    }

    /// The ARNs of the known users and roles, for lists of grants.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn principal_names(&self) -> Result<PrincipalNames, StoreError> {
        let principals = self.all_principals()?.into_iter();
        Ok(principals
            .map(|found| (found.unique_id, found.arn))
            .collect())
    }

    /// Whether policies decide about requests.
    pub(crate) fn checks_policies(&self) -> bool {
        self.services().auth.checks_policies()
    }

    /// Whether a managed policy is stored.
    pub(crate) fn has_managed_policy(&self, arn: &str) -> bool {
        let name = ManagedPolicyRecord::record_name(arn);
        self.services().store.get(&name).is_some()
    }

    /// The roles of an account.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn roles(&self, account: &AccountId) -> Result<Vec<Principal>, StoreError> {
        self.principals(&format!("{}{account}/role/", Principal::PREFIX))
    }

    /// The users and roles that exist: under `--auth policy` those of seeds, in the accounts that have
    /// any. Else all. Every account exists.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn directory(&self) -> Result<Directory, StoreError> {
        if !self.checks_policies() {
            return Ok(Directory::default());
        }
        let principals = self.all_principals()?.into_iter();
        let principals = principals.map(|found| {
            let id = Some(found.unique_id).filter(|id| !id.is_empty());
            (found.arn, id)
        });
        Ok(Directory {
            principals: Some(principals.collect()),
            accounts: None,
            any_id: false,
            only_known_accounts: true,
        })
    }

    /// All users, roles and federated users of seeds.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn all_principals(&self) -> Result<Vec<Principal>, StoreError> {
        self.principals(Principal::PREFIX)
    }

    fn principals(&self, prefix: &str) -> Result<Vec<Principal>, StoreError> {
        let mut principals = Ok(Vec::new());
        let store = &self.services().store;
        store.scan(prefix, None, |name, bytes| {
            match (record::decode(name, bytes), &mut principals) {
                (Ok(found), Ok(all)) => all.push(found),
                (Err(error), _) => principals = Err(error),
                (Ok(_), Err(_)) => {}
            }
            principals.is_ok()
        });
        principals
    }
}

impl WriteContext<'_, '_> {
    /// Stores a user, a role or a federated user. Returns `false` if it is stored already.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_principal(&mut self, principal: &Principal) -> Result<bool, StoreError> {
        let arn = PrincipalArn::parse(&principal.arn).ok();
        let name = arn.as_ref().and_then(Principal::record_name);
        let name = name.ok_or_else(|| StoreError::record(&principal.arn, "it has no name"))?;
        self.put_record(name, principal)
    }

    /// Stores a managed policy.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_managed_policy(
        &mut self,
        arn: &str,
        policy: &ManagedPolicyRecord,
    ) -> Result<bool, StoreError> {
        self.put_record(ManagedPolicyRecord::record_name(arn), policy)
    }

    /// Stores an account.
    ///
    /// # Errors
    ///
    /// Internal.
    pub(crate) fn put_account(&mut self, id: &str, account: &Account) -> Result<bool, StoreError> {
        self.put_record(Account::record_name(id), account)
    }

    /// Stores a record. Returns `false` if it is stored already.
    pub(super) fn put_record(
        &mut self,
        name: String,
        record: &impl Serialize,
    ) -> Result<bool, StoreError> {
        let bytes = record::encode(&name, record)?;
        let is_new = self.get(&name).is_none_or(|before| *before != *bytes);
        if is_new {
            self.put(name, bytes);
        }
        Ok(is_new)
    }
}
