//! The grants of a seeded key.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::check::check;
use super::error::Problem;
use super::spec::KeySeed;
use crate::grant::{Grant, GrantConstraints, GrantKey, GrantTerms};
use crate::hex;
use crate::iam::Directory;
use crate::key::Key;

/// The grants, for the key and each of its replicas.
pub(super) fn grants(seed: &KeySeed, keys: &[Key]) -> Result<Vec<(GrantKey, Grant)>, Problem> {
    let mut grants: Vec<(GrantKey, Grant)> = Vec::new();
    for (index, grant) in seed.key.grants.iter().enumerate() {
        let path = seed.field(&format!("grants[{index}]"));
        let terms = GrantTerms {
            constraints: grant
                .constraints
                .as_ref()
                .map(|constraints| GrantConstraints {
                    encryption_context_equals: constraints.encryption_context_equals.clone(),
                    encryption_context_subset: constraints.encryption_context_subset.clone(),
                    source_arn: None,
                }),
            grantee_principal: Some(grant.grantee.clone()),
            grantee_service_principal: None,
            name: grant.name.clone(),
            operations: grant.operations.clone(),
            retiring_principal: grant.retiring.clone(),
            retiring_service_principal: None,
        };
        if let Some(id) = &grant.id
            && (id.len() != 64 || hex::decode(id).is_none())
        {
            return Err(path
                .member("id")
                .invalid("a grant id has 64 hexadecimal digits"));
        }
        let input = serde_json::to_value(&terms).map_err(|error| path.invalid(error))?;
        for key in keys {
            let mut input = input.clone();
            if let Value::Object(input) = &mut input {
                input.insert("KeyId".to_owned(), json!(key.arn.id.as_str()));
            }
            check("CreateGrant", &input, &path)?;
            terms
                .check(key, &Directory::default())
                .map_err(|error| path.rejected(error))?;
            let derived = || hex::encode(&Sha256::digest(format!("GrantId {} {input}", key.arn)));
            let grant_key = GrantKey {
                key: key.arn.clone(),
                id: grant.id.clone().unwrap_or_else(derived),
            };
            if grants.iter().any(|(other, _)| *other == grant_key) {
                return Err(path.invalid("duplicate grant"));
            }
            let grant = Grant {
                terms: terms.clone(),
                issuing_account: key.arn.location.account_arn(),
                creation_millis: key.record.created.millis(),
            };
            grants.push((grant_key, grant));
        }
    }
    Ok(grants)
}
