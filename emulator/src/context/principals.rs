//! Storage of users, roles, managed policies and accounts.

use serde::Serialize;

use super::{Lock, RequestContext, WriteContext};
use crate::auth::{Account, ManagedPolicyRecord, Principal};
use crate::iam::{Directory, PrincipalArn};
use crate::store::{StoreError, record};

impl<L: Lock> RequestContext<'_, '_, L> {
    /// The user, role or federated user with an ARN, or the role of a session.
    ///
    /// # Errors
    ///
    /// Internal: the record is damaged.
    pub(crate) fn principal(&self, arn: &str) -> Result<Option<Principal>, StoreError> {
        Principal::find(&self.services().store, arn)
    }

    /// Whether a managed policy is stored.
    pub(crate) fn has_managed_policy(&self, arn: &str) -> bool {
        let name = ManagedPolicyRecord::record_name(arn);
        self.services().store.get(&name).is_some()
    }

    /// The users and roles that exist: under `--auth policy` those of seeds, in the accounts that have
    /// any. Else all. Every account exists.
    ///
    /// # Errors
    ///
    /// Internal: a record is damaged.
    pub(crate) fn directory(&self) -> Result<Directory, StoreError> {
        if !self.services().auth.checks_policies() {
            return Ok(Directory::default());
        }
        let mut principals = Vec::new();
        let mut damaged = None;
        self.services().store.scan(
            Principal::PREFIX,
            None,
            |name, bytes| match record::decode::<Principal>(name, bytes) {
                Ok(found) => {
                    let id = Some(found.unique_id).filter(|id| !id.is_empty());
                    principals.push((found.arn, id));
                    true
                }
                Err(error) => {
                    damaged = Some(error);
                    false
                }
            },
        );
        match damaged {
            Some(error) => Err(error),
            None => Ok(Directory {
                principals: Some(principals),
                accounts: None,
                any_id: false,
                only_known_accounts: true,
            }),
        }
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
