//! Stores a planned seed in one batch.

use super::error::Problem;
use super::plan::{AliasPlan, KeyPlan, Planner, SeedPlan};
use super::{Seed, SeedError, Seeded};
use crate::agenda;
use crate::alias::AliasRecord;
use crate::auth::Caller;
use crate::context::{Asked, Context, Writing, records};
use crate::error::Error;
use crate::kms::Kms;

const NAME: Asked = Asked {
    name: "seed",
    cross_account: true,
};

impl Kms {
    /// Creates the keys, aliases, grants and identities of a seed. An existing key of the same id, or
    /// an existing alias of the same name, is left unchanged. An existing identity is updated.
    ///
    /// # Errors
    ///
    /// If anything in the seed is invalid; then nothing is changed.
    pub fn seed(&self, seed: &Seed) -> Result<Seeded, SeedError> {
        if seed.documents.is_empty() {
            return Ok(Seeded::default());
        }
        let now = self.clock.now();
        agenda::settle(self, now).map_err(store)?;
        let caller = Caller::at(self.location.clone());
        let mut context = Context::new(self, NAME, caller, now);

        // Slow work comes before the write lock is taken.
        let mut planner = Planner::new(&context);
        let mut plans = Vec::new();
        for document in &seed.documents {
            let plan = planner.plan(&document.spec);
            plans.push((document, plan.map_err(|problem| document.error(problem))?));
        }
        let mut seeded = Seeded::default();
        let mut writing = context.writing().map_err(store)?;
        for (document, plan) in plans {
            put(&mut writing, plan, &mut seeded).map_err(|problem| document.error(problem))?;
        }
        let receipt = context.commit(true).map_err(store)?;
        receipt.wait().map_err(|error| store(error.into()))?;
        let Seeded { created, kept, .. } = &seeded;
        tracing::info!(created, kept, "applied the seed");
        Ok(seeded)
    }
}

/// An error that the seed did not cause.
fn store(error: Error) -> SeedError {
    match Problem::from(error) {
        Problem::Store { message, source } => SeedError::Store { message, source },
        Problem::Invalid { message, .. } => SeedError::Store {
            message,
            source: None,
        },
    }
}

fn put(writing: &mut Writing<'_, '_>, plan: SeedPlan, seeded: &mut Seeded) -> Result<(), Problem> {
    for key in plan.keys {
        put_key(writing, key, seeded)?;
    }
    for alias in &plan.aliases {
        put_alias(writing, alias, seeded)?;
    }
    for (access_key_id, identity) in plan.identities {
        if writing.put_identity(&access_key_id, &identity)? {
            seeded.add(access_key_id);
        } else {
            seeded.kept += 1;
        }
    }
    Ok(())
}

fn put_key(
    writing: &mut Writing<'_, '_>,
    plan: KeyPlan,
    seeded: &mut Seeded,
) -> Result<(), Problem> {
    for key in &plan.keys {
        if writing.stored_key(&key.arn)?.is_some() {
            seeded.kept += plan.keys.len();
            return Ok(());
        }
    }
    for key in plan.keys {
        for (place, (entry, secret)) in key.record.materials.iter().zip(&plan.secrets).enumerate() {
            if entry.present {
                writing.put_material(&key.arn, place, entry.id.as_ref(), secret)?;
            }
        }
        writing.put_key(&key)?;
        if let Some(rotation) = key.record.rotation {
            // Also if the rotation is due right now.
            writing.put(records::due(rotation.next, &key.arn), Vec::new());
        }
        seeded.add(key.arn.to_string());
    }
    for (place, grant) in plan.grants {
        writing.put_grant(&place, &grant)?;
    }
    Ok(())
}

fn put_alias(
    writing: &mut Writing<'_, '_>,
    plan: &AliasPlan,
    seeded: &mut Seeded,
) -> Result<(), Problem> {
    let AliasPlan {
        location,
        name,
        target,
        path,
    } = plan;
    match writing.alias(location, name) {
        Ok(_) => {
            seeded.kept += 1;
            return Ok(());
        }
        Err(Error::Kms(_)) => {} // not found
        Err(error) => return Err(error.into()),
    }
    let key = writing.find_key(target)?;
    let key = key.ok_or_else(|| path.invalid(format!("key {target} does not exist")))?;
    let alias = AliasRecord::new(&key, key.record.created);
    writing.put_alias_in(location, name, &alias)?;
    seeded.add(name.arn(location).to_string());
    Ok(())
}

impl Seeded {
    fn add(&mut self, name: String) {
        self.created += 1;
        self.names.push(name);
    }
}
