//! Stores planned records in one batch.

use super::error::Problem;
use super::identities::Identities;
use super::plan::{AliasPlan, KeyPlan, Planner, SeedPlan};
use super::{Seed, SeedError, Seeded};
use crate::alias::AliasRecord;
use crate::auth::Caller;
use crate::context::{OperationInfo, RequestState, Services, WriteContext, records};
use crate::error::Error;
use crate::grant::Grant;
use crate::scheduled;
use crate::store::StoreError;

/// Creates the resources of a seed. Existing keys, aliases and grants do not change. Identities are
/// replaced.
///
/// # Errors
///
/// The seed is invalid; then nothing changes.
pub(crate) fn apply(services: &Services, seed: &Seed) -> Result<Seeded, SeedError> {
    if seed.documents.is_empty() {
        return Ok(Seeded::default());
    }
    let now = services.clock.now();
    scheduled::run_due(services, now).map_err(store)?;
    let caller = Caller::at(services.location.clone());
    let operation = OperationInfo::internal("seed");
    let mut state = RequestState::new(services, operation, caller, now);
    let context = state.context();

    // Slow work comes before the write lock.
    let mut planner = Planner::new(&context);
    let mut plans = Vec::new();
    for document in &seed.documents {
        let plan = planner.plan(&document.spec);
        plans.push((document, plan.map_err(|problem| document.error(problem))?));
    }
    let identities = planner.identities;
    let mut seeded = Seeded::default();
    let mut context = context.write().map_err(store)?;
    // Identities come first: grants are stored by the unique ids of principals.
    put_identities(&mut context, &identities, &mut seeded).map_err(|error| store(error.into()))?;
    for (document, plan) in plans {
        put(&mut context, plan, &mut seeded).map_err(|problem| document.error(problem))?;
    }
    let receipt = state
        .commit_at_once()
        .map_err(|error| store(error.into()))?;
    receipt.wait().map_err(|error| store(error.into()))?;
    let Seeded { created, kept, .. } = &seeded;
    tracing::info!(created, kept, "applied the seed");
    Ok(seeded)
}

/// An error with a cause outside of the seed.
fn store(error: Error) -> SeedError {
    match Problem::from(error) {
        Problem::Store { message, source } => SeedError::Store { message, source },
        Problem::Invalid { message, .. } => SeedError::Store {
            message,
            source: None,
        },
    }
}

fn put(
    context: &mut WriteContext<'_, '_>,
    plan: SeedPlan,
    seeded: &mut Seeded,
) -> Result<(), Problem> {
    for key in plan.keys {
        put_key(context, key, seeded)?;
    }
    for alias in &plan.aliases {
        put_alias(context, alias, seeded)?;
    }
    Ok(())
}

/// An identity is listed by its access keys, and without them by its ARN.
fn put_identities(
    context: &mut WriteContext<'_, '_>,
    identities: &Identities,
    seeded: &mut Seeded,
) -> Result<(), StoreError> {
    let Identities {
        accounts,
        managed_policies,
        ..
    } = identities;
    for (id, account) in accounts {
        context.put_account(id, account)?;
    }
    for (arn, policy) in managed_policies {
        context.put_managed_policy(arn, policy)?;
    }
    for principal in identities.principals() {
        let is_new = context.put_principal(principal)?;
        if !identities.has_access_key(&principal.arn) {
            seeded.count(is_new, &principal.arn);
        }
    }
    for (access_key_id, identity) in identities.access_keys() {
        let is_new = context.put_identity(access_key_id, &identity)?;
        seeded.count(is_new, access_key_id);
    }
    Ok(())
}

fn put_key(
    context: &mut WriteContext<'_, '_>,
    plan: KeyPlan,
    seeded: &mut Seeded,
) -> Result<(), Problem> {
    for key in &plan.keys {
        if context.stored_key(&key.arn)?.is_some() {
            seeded.kept += plan.keys.len();
            return Ok(());
        }
    }
    for key in plan.keys {
        for (index, (entry, secret)) in key.record.materials.iter().zip(&plan.secrets).enumerate() {
            if entry.present {
                context.put_material(&key.arn, index, entry.id.as_ref(), secret)?;
            }
        }
        context.put_key(&key)?;
        if let Some(rotation) = key.record.rotation {
            // `put_key` does not schedule a rotation that is due now.
            context.put(records::due(rotation.next, &key.arn), Vec::new());
        }
        seeded.add(key.arn.to_string());
    }
    for (grant_key, grant) in plan.grants {
        let terms = context.stored_terms(grant.terms)?;
        context.put_grant(&grant_key, &Grant { terms, ..grant })?;
    }
    Ok(())
}

fn put_alias(
    context: &mut WriteContext<'_, '_>,
    plan: &AliasPlan,
    seeded: &mut Seeded,
) -> Result<(), Problem> {
    let AliasPlan {
        location,
        name,
        target,
        path,
    } = plan;
    match context.alias(location, name) {
        Ok(_) => {
            seeded.kept += 1;
            return Ok(());
        }
        Err(Error::Kms(_)) => {} // not found
        Err(error) => return Err(error.into()),
    }
    let key = context.find_key(target)?;
    let key = key.ok_or_else(|| path.invalid(format!("key {target} does not exist")))?;
    let alias = AliasRecord::new(&key, key.record.created);
    context.put_alias(location, name, &alias)?;
    seeded.add(name.arn(location).to_string());
    Ok(())
}

impl Seeded {
    fn count(&mut self, is_new: bool, name: &str) {
        if is_new {
            self.add(name.to_owned());
        } else {
            self.kept += 1;
        }
    }

    fn add(&mut self, name: String) {
        self.created += 1;
        self.names.push(name);
    }
}
