//! Converts a seed to the records to store, and checks the rules of KMS's operations.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::check::check;
use super::error::{FieldPath, Problem};
use super::format::Switch;
use super::identities::{Identities, parse_account};
use super::spec::{AliasSeed, KeySeed, SeedSpec};
use super::{grant, record};
use crate::api::{AliasName, KeyArn, KeyId, KeySpec, KeyUsage, Location, Region};
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::grant::{Grant, GrantKey};
use crate::key::{Key, KeyReference, RegionSet};

/// The records of a document.
pub(super) struct SeedPlan {
    pub(super) keys: Vec<KeyPlan>,
    pub(super) aliases: Vec<AliasPlan>,
}

/// A key, or the primary and the replicas of a multi-Region key.
pub(super) struct KeyPlan {
    pub(super) keys: Vec<Key>,
    /// One for each material of the key. Empty if the key exists already.
    pub(super) secrets: Vec<SecretBytes>,
    pub(super) grants: Vec<(GrantKey, Grant)>,
}

pub(super) struct AliasPlan {
    pub(super) location: Location,
    pub(super) name: AliasName,
    pub(super) target: KeyArn,
    pub(super) path: FieldPath,
}

/// Plans documents one after another, and rejects duplicates across them.
pub(super) struct Planner<'a, 'k> {
    pub(super) context: &'a Context<'a, 'k>,
    seen: BTreeSet<String>,
    pub(super) identities: Identities,
}

impl<'a, 'k> Planner<'a, 'k> {
    pub(super) fn new(context: &'a Context<'a, 'k>) -> Self {
        Self {
            context,
            seen: BTreeSet::new(),
            identities: Identities::default(),
        }
    }

    pub(super) fn plan(&mut self, seed: &SeedSpec) -> Result<SeedPlan, Problem> {
        let mut default = self.context.location().clone();
        if let Some(account) = &seed.account {
            default.account = parse_account(account, &FieldPath::new("account"))?;
        }
        if let Some(region) = &seed.region {
            default.region = parse_region(region, &FieldPath::new("region"))?;
        }
        let mut plan = SeedPlan {
            keys: Vec::new(),
            aliases: Vec::new(),
        };
        for key in &seed.keys {
            self.key(key, &default, &mut plan)?;
        }
        for alias in &seed.aliases {
            let target = target(alias, &default)?;
            self.alias(
                &alias.name,
                target,
                alias.path.member("AliasName"),
                &mut plan,
            )?;
        }
        for (index, account) in seed.accounts.iter().enumerate() {
            let path = FieldPath::new("accounts").at(index);
            self.identities.account(account, &path)?;
        }
        for (index, identity) in seed.identities.iter().enumerate() {
            let path = FieldPath::new("identities").at(index);
            self.identities.add(identity, &path, self.context)?;
        }
        Ok(plan)
    }

    fn key(
        &mut self,
        seed: &KeySeed,
        default: &Location,
        plan: &mut SeedPlan,
    ) -> Result<(), Problem> {
        let key = &seed.key;
        let mut location = default.clone();
        if let Some(account) = &key.account {
            location.account = parse_account(account, &seed.field("account"))?;
        }
        if let Some(region) = &key.region {
            location.region = parse_region(region, &seed.field("region"))?;
        }
        let set = region_set(seed, &location.region)?;
        if let Some(set) = &set {
            location.region.clone_from(&set.primary);
        }
        let (spec, usage) = spec_and_usage(seed, &location.region)?;
        let id = id(seed, spec, set.is_some())?;
        let arn = KeyArn { location, id };
        let replicas = set.iter().flat_map(|set| &set.replicas);
        let replicas = replicas.map(|region| arn.in_region(region.clone()));
        let arns: Vec<_> = std::iter::once(arn.clone()).chain(replicas).collect();
        for arn in &arns {
            if !self.seen.insert(arn.to_string()) {
                return Err(seed.field("id").invalid(format!("duplicate key {arn}")));
            }
        }
        let mut exists = false;
        for arn in &arns {
            exists |= self.context.stored_key(arn)?.is_some();
        }

        let spec_usage_set = (spec, usage, set);
        let (record, secrets) = record::record(seed, &arn, spec_usage_set, exists, self.context)?;
        if record.is_deleted(self.context.now()) {
            // The deletion date has passed.
            return Ok(());
        }
        let first = key.alias.iter().map(|name| (name, "alias".to_owned()));
        let others = key.aliases.iter().enumerate();
        let others = others.map(|(index, name)| (name, format!("aliases[{index}]")));
        for (name, field) in first.chain(others) {
            for arn in &arns {
                self.alias(name, arn.clone(), seed.field(&field), plan)?;
            }
        }
        let keys = arns.into_iter().map(|arn| Key {
            arn,
            record: record.clone().into(),
        });
        let keys: Vec<_> = keys.collect();
        plan.keys.push(KeyPlan {
            grants: grant::grants(seed, &keys)?,
            keys,
            secrets,
        });
        Ok(())
    }

    fn alias(
        &mut self,
        name: &str,
        target: KeyArn,
        path: FieldPath,
        plan: &mut SeedPlan,
    ) -> Result<(), Problem> {
        let input = json!({ "AliasName": name, "TargetKeyId": target.id.as_str() });
        check("CreateAlias", &input, &path)?;
        let name = AliasName::of_new(name.to_owned()).map_err(|error| path.rejected(error))?;
        let location = target.location.clone();
        if !self.seen.insert(name.arn(&location).to_string()) {
            return Err(path.invalid(format!("duplicate alias {name}")));
        }
        plan.aliases.push(AliasPlan {
            location,
            name,
            target,
            path,
        });
        Ok(())
    }
}

/// The key of an alias that is listed separately.
fn target(alias: &AliasSeed, location: &Location) -> Result<KeyArn, Problem> {
    let field = alias.path.member("TargetKeyId");
    let reference = KeyReference::parse(&alias.target, location);
    match reference.map_err(|error| field.rejected(error))? {
        KeyReference::KeyId(id) | KeyReference::KeyArn { id, .. } => Ok(KeyArn {
            location: location.clone(),
            id: KeyId::new(id),
        }),
        _ => Err(field.invalid("expected a key id or key ARN")),
    }
}

fn parse_region(text: &str, field: &FieldPath) -> Result<Region, Problem> {
    Region::parse(text).ok_or_else(|| {
        field.invalid(format!(
            "invalid Region {text:?}; expected a Region such as us-east-1"
        ))
    })
}

fn spec_and_usage(seed: &KeySeed, region: &Region) -> Result<(KeySpec, KeyUsage), Problem> {
    let spec = seed.key.spec.unwrap_or(KeySpec::SymmetricDefault);
    let usage = match (seed.key.usage, spec.usages()) {
        (Some(usage), _) | (None, &[usage]) => usage,
        (None, usages) => {
            let usages: Vec<_> = usages.iter().map(|usage| usage.as_str()).collect();
            let message = format!("required for {spec}: {}", usages.join(" or "));
            return Err(seed.field("usage").invalid(message));
        }
    };
    let field = if spec.usages().contains(&usage) {
        seed.field("spec")
    } else {
        seed.field("usage")
    };
    let required = spec.require_region(region);
    let required = required.and_then(|()| spec.require_usage(usage));
    required.map_err(|error| field.rejected(error))?;
    Ok((spec, usage))
}

/// The Regions of a multi-Region key. A key is one with `multi_region`, or with an id that starts
/// with `mrk-`.
fn region_set(seed: &KeySeed, region: &Region) -> Result<Option<RegionSet>, Problem> {
    let id = seed.key.id.as_deref();
    let has_mrk_id = id.is_some_and(|id| id.starts_with("mrk-"));
    let settings = match &seed.key.multi_region {
        None if has_mrk_id => None,
        Some(Switch::Plain(true)) => None,
        Some(Switch::With(settings)) => Some(settings),
        None | Some(Switch::Plain(false)) => return Ok(None),
    };
    let mut set = RegionSet::of_primary(region.clone());
    let Some(settings) = settings else {
        return Ok(Some(set));
    };
    if let Some(primary) = &settings.primary {
        let field = seed.field("multi_region.primary");
        set.primary = parse_region(primary, &field)?;
        if seed.key.region.is_some() && set.primary != *region {
            return Err(field.invalid(format!("must equal the key's region, {region}")));
        }
    }
    for (index, replica) in settings.replicas.iter().enumerate() {
        let field = seed.field(&format!("multi_region.replicas[{index}]"));
        let replica = set.region_of_replica(replica);
        set.replicas
            .push(replica.map_err(|error| field.rejected(error))?);
    }
    Ok(Some(set))
}

/// The id in the seed, or an id that is derived from the text of the material or the first alias.
fn id(seed: &KeySeed, spec: KeySpec, multi_region: bool) -> Result<KeyId, Problem> {
    let key = &seed.key;
    let field = seed.field("id");
    if let Some(id) = &key.id {
        let id = KeyId::new(id.as_str());
        let message = if !id.is_well_formed() {
            "expected a UUID, or mrk- and 32 hexadecimal digits"
        } else if multi_region != id.as_str().starts_with("mrk-") {
            "the id of a multi-Region key starts with mrk-, and no other id does"
        } else {
            return Ok(id);
        };
        return Err(field.invalid(message));
    }
    let material = key.material.as_ref().or(key.materials.first());
    let text = match (
        material.and_then(|material| material.seed.as_ref()),
        key.alias.as_ref().or(key.aliases.first()),
    ) {
        (Some(seed), _) => format!("KeyId of material {spec} {seed}"),
        (None, Some(alias)) => format!("KeyId of {alias}"),
        (None, None) => {
            return Err(field.invalid("required for a key without an alias or material.seed"));
        }
    };
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(digest)
        .for_each(|(byte, from)| *byte = from);
    Ok(KeyId::generate(bytes, multi_region))
}
