//! From what is wanted to what is put: which keys those are, checked by the rules that the
//! operations of KMS check them by.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::error::{Fault, Field};
use super::format::{self, Switch};
use super::wanted::{Wanted, WantedKey};
use super::{grant, record};
use crate::api::{AccountId, AliasName, KeyArn, KeyId, KeySpec, KeyUsage, Location, Region};
use crate::auth::Identity;
use crate::constraint;
use crate::context::Context;
use crate::crypto::SecretBytes;
use crate::error::Error;
use crate::grant::{Grant, GrantKey, require_principal};
use crate::key::{Key, KeyReference, RegionSet};
use crate::model::model;

/// What a document puts.
pub(super) struct Plan {
    pub(super) keys: Vec<KeyPlan>,
    pub(super) aliases: Vec<AliasPlan>,
    pub(super) identities: Vec<(String, Identity)>,
}

/// A key; of a multi-Region key, the primary and its replicas.
pub(super) struct KeyPlan {
    pub(super) keys: Vec<Key>,
    /// One for each of the key's materials; none if the key was found to be there already.
    pub(super) secrets: Vec<SecretBytes>,
    pub(super) grants: Vec<(GrantKey, Grant)>,
}

pub(super) struct AliasPlan {
    pub(super) location: Location,
    pub(super) name: AliasName,
    pub(super) target: KeyArn,
    pub(super) field: Field,
}

/// Plans documents one after another, and knows what the earlier ones said.
pub(super) struct Planner<'a, 'k> {
    pub(super) context: &'a Context<'a, 'k>,
    seen: BTreeSet<String>,
}

impl<'a, 'k> Planner<'a, 'k> {
    pub(super) fn new(context: &'a Context<'a, 'k>) -> Self {
        Self {
            context,
            seen: BTreeSet::new(),
        }
    }

    pub(super) fn plan(&mut self, wanted: &Wanted) -> Result<Plan, Fault> {
        let mut default = self.context.location().clone();
        if let Some(account) = &wanted.account {
            default.account = account_id(account, &Field::new("account"))?;
        }
        if let Some(region) = &wanted.region {
            default.region = region_of(region, &Field::new("region"))?;
        }
        let mut plan = Plan {
            keys: Vec::new(),
            aliases: Vec::new(),
            identities: Vec::new(),
        };
        for key in &wanted.keys {
            self.key(key, &default, &mut plan)?;
        }
        for alias in &wanted.aliases {
            let reference = KeyReference::parse(&alias.target, &default);
            let field = alias.place.member("TargetKeyId");
            let (KeyReference::KeyId(id) | KeyReference::KeyArn { id, .. }) =
                reference.map_err(|error| field.refused(error))?
            else {
                return Err(field.wrong("not the id of a key"));
            };
            let target = KeyArn {
                location: default.clone(),
                id: KeyId::new(id),
            };
            let field = alias.place.member("AliasName");
            self.alias(&alias.name, target, field, &mut plan)?;
        }
        for (index, identity) in wanted.identities.iter().enumerate() {
            let place = Field::new("identities").at(index);
            plan.identities.push(self.identity(identity, &place)?);
        }
        Ok(plan)
    }

    fn key(
        &mut self,
        wanted: &WantedKey,
        default: &Location,
        plan: &mut Plan,
    ) -> Result<(), Fault> {
        let key = &wanted.key;
        let mut location = default.clone();
        if let Some(account) = &key.account {
            location.account = account_id(account, &wanted.field("account"))?;
        }
        if let Some(region) = &key.region {
            location.region = region_of(region, &wanted.field("region"))?;
        }
        let set = region_set(wanted, &location.region)?;
        if let Some(set) = &set {
            location.region.clone_from(&set.primary);
        }
        let (spec, usage) = spec_and_usage(wanted, &location.region)?;
        let id = id(wanted, spec, set.is_some())?;
        let arn = KeyArn { location, id };
        let replicas = set.iter().flat_map(|set| &set.replicas);
        let replicas = replicas.map(|region| arn.in_region(region.clone()));
        let arns: Vec<_> = std::iter::once(arn.clone()).chain(replicas).collect();
        for arn in &arns {
            if !self.seen.insert(arn.to_string()) {
                return Err(wanted
                    .field("id")
                    .wrong(format!("another key of the seed is {arn} too")));
            }
        }
        let mut is_there = false;
        for arn in &arns {
            is_there |= self.context.stored_key(arn)?.is_some();
        }

        let spec_usage_set = (spec, usage, set);
        let (record, secrets) =
            record::record(wanted, &arn, spec_usage_set, is_there, self.context)?;
        if record.is_deleted(self.context.now()) {
            // Its day came and went, and with it all that was the key's.
            return Ok(());
        }
        let names = key.alias.iter().map(|name| (name, "alias".to_owned()));
        let more = key.aliases.iter().enumerate();
        let more = more.map(|(index, name)| (name, format!("aliases[{index}]")));
        for (name, field) in names.chain(more) {
            for arn in &arns {
                self.alias(name, arn.clone(), wanted.field(&field), plan)?;
            }
        }
        let keys = arns.into_iter().map(|arn| Key {
            arn,
            record: record.clone(),
        });
        let keys: Vec<_> = keys.collect();
        plan.keys.push(KeyPlan {
            grants: grant::grants(wanted, &keys)?,
            keys,
            secrets,
        });
        Ok(())
    }

    fn alias(
        &mut self,
        name: &str,
        target: KeyArn,
        field: Field,
        plan: &mut Plan,
    ) -> Result<(), Fault> {
        let input = json!({ "AliasName": name, "TargetKeyId": target.id.as_str() });
        check("CreateAlias", &input, &field)?;
        let name = AliasName::of_customer(name.to_owned()).map_err(|error| field.refused(error))?;
        let location = target.location.clone();
        if !self.seen.insert(name.arn(&location).to_string()) {
            return Err(field.wrong(format!("there is another {name} in the seed")));
        }
        plan.aliases.push(AliasPlan {
            location,
            name,
            target,
            field,
        });
        Ok(())
    }

    fn identity(
        &mut self,
        wanted: &format::Identity,
        place: &Field,
    ) -> Result<(String, Identity), Fault> {
        let id = &wanted.access_key_id;
        let field = place.member("access_key_id");
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !(1..=128).contains(&id.len()) || !id.bytes().all(is_word) {
            return Err(field.wrong("1 to 128 letters, digits and underscores are required"));
        }
        if !self.seen.insert(format!("identity/{id}")) {
            return Err(field.wrong("another identity of the seed has this access key id"));
        }
        let account = match (&wanted.account, &wanted.arn) {
            (Some(account), None) => account_id(account, &place.member("account"))?,
            (None, Some(arn)) => {
                let field = place.member("arn");
                require_principal(arn).map_err(|error| field.refused(error))?;
                let account = arn.split(':').nth(4).and_then(AccountId::parse);
                account.ok_or_else(|| field.wrong("not the ARN of a user, a role or a session"))?
            }
            _ => return Err(place.wrong("one of account and arn is required")),
        };
        let identity = Identity {
            account,
            arn: wanted.arn.clone(),
            secret: wanted.secret_access_key.clone(),
        };
        Ok((id.clone(), identity))
    }
}

/// Checks members against the limits that AWS's model has for those of an operation.
pub(super) fn check(operation: &str, input: &Value, field: &Field) -> Result<(), Fault> {
    let shape = model().operation(operation).and_then(|shape| shape.input);
    match (shape, input) {
        (Some(shape), Value::Object(input)) => {
            constraint::check(shape, input).map_err(|error: Error| field.refused(error))
        }
        _ => Ok(()),
    }
}

fn account_id(text: &str, field: &Field) -> Result<AccountId, Fault> {
    AccountId::parse(text).ok_or_else(|| field.wrong("an account has 12 digits"))
}

fn region_of(text: &str, field: &Field) -> Result<Region, Fault> {
    Region::parse(text).ok_or_else(|| field.wrong(format!("{text} is not a Region like us-east-1")))
}

fn spec_and_usage(wanted: &WantedKey, region: &Region) -> Result<(KeySpec, KeyUsage), Fault> {
    let spec = wanted.key.spec.unwrap_or(KeySpec::SymmetricDefault);
    let usage = match (wanted.key.usage, spec.usages()) {
        (Some(usage), _) | (None, &[usage]) => usage,
        (None, usages) => {
            let usages: Vec<_> = usages.iter().map(|usage| usage.as_str()).collect();
            let what = format!("required for {spec}: {}", usages.join(" or "));
            return Err(wanted.field("usage").wrong(what));
        }
    };
    let field = if spec.usages().contains(&usage) {
        wanted.field("spec")
    } else {
        wanted.field("usage")
    };
    spec.require(usage, region)
        .map_err(|error| field.refused(error))?;
    Ok((spec, usage))
}

/// The Regions of a multi-Region key. The form of an id says as well that a key is one.
fn region_set(wanted: &WantedKey, region: &Region) -> Result<Option<RegionSet>, Fault> {
    let named = wanted.key.id.as_deref();
    let is_named_so = named.is_some_and(|id| id.starts_with("mrk-"));
    let particulars = match &wanted.key.multi_region {
        None if is_named_so => None,
        Some(Switch::Plain(true)) => None,
        Some(Switch::With(particulars)) => Some(particulars),
        None | Some(Switch::Plain(false)) => return Ok(None),
    };
    let mut set = RegionSet::of_primary(region.clone());
    let Some(particulars) = particulars else {
        return Ok(Some(set));
    };
    if let Some(primary) = &particulars.primary {
        let field = wanted.field("multi_region.primary");
        set.primary = region_of(primary, &field)?;
        if wanted.key.region.is_some() && set.primary != *region {
            return Err(field.wrong(format!("the key's region is {region}")));
        }
    }
    for (index, replica) in particulars.replicas.iter().enumerate() {
        let field = wanted.field(&format!("multi_region.replicas[{index}]"));
        let replica = set.region_of_replica(replica);
        set.replicas
            .push(replica.map_err(|error| field.refused(error))?);
    }
    Ok(Some(set))
}

/// The id that is given, or one that follows from the material's text or from the first alias.
fn id(wanted: &WantedKey, spec: KeySpec, multi_region: bool) -> Result<KeyId, Fault> {
    let key = &wanted.key;
    let field = wanted.field("id");
    if let Some(id) = &key.id {
        let id = KeyId::new(id.as_str());
        let what = if !id.is_well_formed() {
            "an id is a UUID, or mrk- and 32 hexadecimal digits"
        } else if multi_region != id.as_str().starts_with("mrk-") {
            "the id of a multi-Region key begins with mrk-, and no other does"
        } else {
            return Ok(id);
        };
        return Err(field.wrong(what));
    }
    let material = key.material.as_ref().or(key.materials.first());
    let text = match (
        material.and_then(|material| material.seed.as_ref()),
        key.alias.as_ref().or(key.aliases.first()),
    ) {
        (Some(seed), _) => format!("KeyId of material {spec} {seed}"),
        (None, Some(alias)) => format!("KeyId of {alias}"),
        (None, None) => {
            return Err(field.wrong("required, unless there is an alias or a material.seed"));
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
