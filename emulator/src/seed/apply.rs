//! Puts what was planned, in one batch: all of it, or nothing.

use super::error::Fault;
use super::plan::{AliasPlan, KeyPlan, Plan, Planner};
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
    /// Makes what a seed says, but for what is there already: a key of the id, an alias of the name
    /// in the account and Region stays as it is, whatever became of it since. Identities take what
    /// the seed says.
    ///
    /// # Errors
    ///
    /// If anything in it is wrong; then nothing is changed.
    pub fn seed(&self, seed: &Seed) -> Result<Seeded, SeedError> {
        if seed.documents.is_empty() {
            return Ok(Seeded::default());
        }
        let now = self.clock.now();
        agenda::settle(self, now).map_err(store)?;
        let caller = Caller::at(self.location.clone());
        let mut context = Context::new(self, NAME, caller, now);

        // All that is slow comes before the writer's place is taken.
        let mut planner = Planner::new(&context);
        let mut plans = Vec::new();
        for document in &seed.documents {
            let plan = planner.plan(&document.wanted);
            plans.push((document, plan.map_err(|fault| document.error(fault))?));
        }
        let mut seeded = Seeded::default();
        let mut writing = context.writing().map_err(store)?;
        for (document, plan) in plans {
            put(&mut writing, plan, &mut seeded).map_err(|fault| document.error(fault))?;
        }
        let receipt = context.commit(true).map_err(store)?;
        receipt.wait().map_err(|error| store(error.into()))?;
        let Seeded { made, kept, .. } = &seeded;
        tracing::info!(made, kept, "seeded");
        Ok(seeded)
    }
}

/// An error that is none of the seed's.
fn store(error: Error) -> SeedError {
    let cause = match error {
        Error::Internal(internal) => internal.chain().to_string(),
        error => error
            .message()
            .unwrap_or_else(|| error.wire_name().to_owned()),
    };
    SeedError::Store { cause }
}

fn put(writing: &mut Writing<'_, '_>, plan: Plan, seeded: &mut Seeded) -> Result<(), Fault> {
    for key in plan.keys {
        put_key(writing, key, seeded)?;
    }
    for alias in &plan.aliases {
        put_alias(writing, alias, seeded)?;
    }
    for (access_key_id, identity) in plan.identities {
        if writing.put_identity(&access_key_id, &identity)? {
            seeded.made(access_key_id);
        } else {
            seeded.kept += 1;
        }
    }
    Ok(())
}

fn put_key(writing: &mut Writing<'_, '_>, plan: KeyPlan, seeded: &mut Seeded) -> Result<(), Fault> {
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
            // Even if it is due at this moment.
            writing.put(records::due(rotation.next, &key.arn), Vec::new());
        }
        seeded.made(key.arn.to_string());
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
) -> Result<(), Fault> {
    let AliasPlan {
        location,
        name,
        target,
        field,
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
    let key = key.ok_or_else(|| field.wrong(format!("there is no key {target}")))?;
    let alias = AliasRecord::new(&key, key.record.created);
    writing.put_alias_in(location, name, &alias)?;
    seeded.made(name.arn(location).to_string());
    Ok(())
}

impl Seeded {
    fn made(&mut self, name: String) {
        self.made += 1;
        self.names.push(name);
    }
}
