//! Validation of the terms of a grant.

use super::{GrantTerms, require_grantee, require_retiring};
use crate::api::{GrantOperation, KeySpec};
use crate::error::{Error, KmsError, message};
use crate::iam::Directory;
use crate::key::Key;

impl GrantTerms {
    /// Checks that these terms are valid for a key. `known` has the principals that exist.
    ///
    /// # Errors
    ///
    /// `ValidationException` or `InvalidArnException`.
    pub(crate) fn check(&self, key: &Key, known: &Directory) -> Result<(), Error> {
        self.check_principals(known)?;
        self.check_operations(key)?;
        self.check_constraints(key)?;
        Ok(())
    }

    /// A grant has a grantee, and at most one of each principal and service principal.
    fn check_principals(&self, known: &Directory) -> Result<(), Error> {
        match (&self.grantee_principal, &self.grantee_service_principal) {
            (None, None) => return Err(Error::null("granteePrincipal")),
            (Some(_), Some(_)) => {
                let (one, other) = ("GranteePrincipal", "GranteeServicePrincipal");
                return Err(message::principal_and_service(one, other).into());
            }
            (Some(grantee), None) => require_grantee(grantee, known)?,
            (None, Some(_)) => {}
        }
        match (&self.retiring_principal, &self.retiring_service_principal) {
            (Some(_), Some(_)) => {
                let (one, other) = ("RetiringPrincipal", "RetiringServicePrincipal");
                Err(message::principal_and_service(one, other).into())
            }
            (Some(retiring), None) => Ok(require_retiring(retiring, known)?),
            (None, _) => Ok(()),
        }
    }

    fn check_operations(&self, key: &Key) -> Result<(), KmsError> {
        let (spec, usage) = (key.record.spec, key.record.usage);
        let valid = GrantOperation::valid_for(spec, usage);
        let invalid: Vec<_> = self
            .operations
            .iter()
            .copied()
            .filter(|operation| !valid.contains(operation))
            .collect();
        if !invalid.is_empty() {
            return Err(message::invalid_grant_operations(
                &invalid, spec, usage, &valid,
            ));
        }
        if self
            .operations
            .iter()
            .all(|operation| *operation == GrantOperation::CreateGrant)
        {
            return Err(message::only_create_grant());
        }
        Ok(())
    }

    fn check_constraints(&self, key: &Key) -> Result<(), KmsError> {
        let Some(constraints) = &self.constraints else {
            return Ok(());
        };
        let equals = constraints.encryption_context_equals.is_some();
        let subset = constraints.encryption_context_subset.is_some();
        if (equals || subset) && key.record.spec != KeySpec::SymmetricDefault {
            return Err(message::context_constraint_requires_symmetric_key());
        }
        if equals && subset {
            return Err(message::two_constraints());
        }
        Ok(())
    }
}
