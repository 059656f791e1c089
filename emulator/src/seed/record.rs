//! What is stored of a key that is wanted.

use serde_json::json;

use super::error::Fault;
use super::format::{Material, State, Switch};
use super::material::{self, BadMaterial};
use super::plan::check;
use super::wanted::WantedKey;
use crate::api::{KeyArn, KeyMaterialId, KeySpec, KeyUsage, Origin};
use crate::context::Context;
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::error::message;
use crate::key::{
    Deletion, KeyRecord, MaterialEntry, Policy, RegionSet, Rotation, RotationEvent, RotationType,
};
use crate::protocol::Blob;
use crate::tag;

/// How many days a key waits for its deletion, and how long a rotation period is, unless it says.
const WAITING_DAYS: u32 = 30;
const PERIOD_DAYS: u32 = 365;

/// The record, and the secrets of its materials. A key that is there already needs none, so that
/// nothing slow is done for it.
pub(super) fn record(
    wanted: &WantedKey,
    arn: &KeyArn,
    (spec, usage, set): (KeySpec, KeyUsage, Option<RegionSet>),
    is_there: bool,
    context: &Context<'_, '_>,
) -> Result<(KeyRecord, Vec<SecretBytes>), Fault> {
    let key = &wanted.key;
    let created = key.created.map_or(context.now(), |date| date.0);
    let mut record = KeyRecord::new(spec, usage, created);
    record.region_set = set;
    record.origin = origin(wanted, spec)?;
    if let Some(description) = &key.description {
        let input = json!({ "Description": description });
        check("CreateKey", &input, &wanted.field("description"))?;
        record.description.clone_from(description);
    }
    if let Some(policy) = &key.policy {
        let field = wanted.field("policy");
        check("CreateKey", &json!({ "Policy": policy.0 }), &field)?;
        Policy::accept(&policy.0, &arn.location, true).map_err(|error| field.refused(error))?;
        record.policy = Some(policy.0.clone());
    }
    if let Some(tags) = &key.tags {
        let field = wanted.field("tags");
        check("CreateKey", &json!({ "Tags": tags.0 }), &field)?;
        record.tags = tag::add(&[], tags.0.clone()).map_err(|error| field.refused(error))?;
    }
    let secrets = materials(wanted, arn, &mut record, is_there, context)?;
    record.rotation = rotation(wanted, &record, context)?;
    state(wanted, &mut record, context)?;
    Ok((record, secrets))
}

fn origin(wanted: &WantedKey, spec: KeySpec) -> Result<Origin, Fault> {
    let origin = wanted.key.origin.unwrap_or(Origin::AwsKms);
    let field = wanted.field("origin");
    match origin {
        Origin::AwsKms => Ok(origin),
        Origin::External if spec.can_be_imported() => Ok(origin),
        Origin::External => Err(field.refused(message::cannot_be_imported())),
        Origin::AwsCloudHsm | Origin::ExternalKeyStore => {
            Err(field.wrong("a seed has no custom key stores: AWS_KMS or EXTERNAL is required"))
        }
    }
}

fn materials(
    wanted: &WantedKey,
    arn: &KeyArn,
    record: &mut KeyRecord,
    is_there: bool,
    context: &Context<'_, '_>,
) -> Result<Vec<SecretBytes>, Fault> {
    let key = &wanted.key;
    let is_symmetric = record.spec == KeySpec::SymmetricDefault;
    let is_external = record.origin == Origin::External;
    let chosen: Vec<(String, &Material)> = match (&key.material, key.materials.as_slice()) {
        (Some(_), [_, ..]) => {
            return Err(wanted
                .field("materials")
                .wrong("there is a material already"));
        }
        (None, [_, _, ..]) if !is_symmetric => {
            let what = "only a symmetric encryption key has more than one";
            return Err(wanted.field("materials").wrong(what));
        }
        (Some(material), []) => vec![("material".to_owned(), material)],
        (None, materials) => {
            let names = (0..).map(|index| format!("materials[{index}]"));
            names.zip(materials).collect()
        }
    };
    if key.expires.is_some() && (!is_external || chosen.is_empty()) {
        let what = "only imported material expires: origin EXTERNAL and a material are required";
        return Err(wanted.field("expires").wrong(what));
    }
    if is_there {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for (index, (name, material)) in chosen.iter().enumerate() {
        let rotated = material.rotated.map(|date| date.0);
        if index == 0 && rotated.is_some() {
            let field = wanted.field(&format!("{name}.rotated"));
            return Err(field.wrong("the first material did not come by a rotation"));
        }
        let secret =
            material::read(record.spec, material).map_err(|BadMaterial { field, what }| {
                let dot = if field.is_empty() { "" } else { "." };
                wanted.field(&format!("{name}{dot}{field}")).wrong(what)
            })?;
        let rotation = (index > 0).then(|| RotationEvent {
            date: rotated.unwrap_or(record.created),
            kind: RotationType::Automatic,
        });
        all.push((name.clone(), secret, rotation));
    }
    if all.is_empty() && !is_external {
        let drawn = context.new_material(record.spec)?;
        all.push(("material".to_owned(), drawn, None));
    }
    let mut secrets = Vec::new();
    for (name, material, rotation) in all {
        let field = wanted.field(&name);
        secrets.push(add(record, arn, &material, rotation).map_err(|what| field.wrong(what))?);
    }
    if let Some(expires) = key.expires.map(|date| date.0) {
        for entry in &mut record.materials {
            entry.present = context.now() < expires;
            entry.valid_to = entry.present.then_some(expires);
        }
    }
    Ok(secrets)
}

/// Adds a material to the record, and answers its secret.
fn add(
    record: &mut KeyRecord,
    arn: &KeyArn,
    material: &KeyMaterial,
    rotation: Option<RotationEvent>,
) -> Result<SecretBytes, String> {
    let secret = material.encode().map_err(|error| error.to_string())?;
    let public_key = material.public_key().map_err(|error| error.to_string())?;
    let has_id = record.spec == KeySpec::SymmetricDefault || record.origin == Origin::External;
    let id = has_id.then(|| KeyMaterialId::of(&arn.id, &secret));
    if id.is_some_and(|id| record.material_index(&id).is_some()) {
        return Err("the key had the same material before".to_owned());
    }
    let last = record.materials.last().and_then(|entry| entry.rotation);
    if let (Some(last), Some(rotation)) = (last, rotation)
        && rotation.date < last.date
    {
        return Err("it was rotated in before the one above it".to_owned());
    }
    record.public_key = public_key.map(Blob);
    record.materials.push(MaterialEntry::new(id, rotation));
    Ok(secret)
}

fn rotation(
    wanted: &WantedKey,
    record: &KeyRecord,
    context: &Context<'_, '_>,
) -> Result<Option<Rotation>, Fault> {
    let (period, next) = match &wanted.key.rotation {
        None | Some(Switch::Plain(false)) => return Ok(None),
        Some(Switch::Plain(true)) => (None, None),
        Some(Switch::With(rotation)) => (rotation.period_days, rotation.next),
    };
    if record.spec != KeySpec::SymmetricDefault || record.origin != Origin::AwsKms {
        let what = "only a symmetric encryption key with origin AWS_KMS is rotated by itself";
        return Err(wanted.field("rotation").wrong(what));
    }
    let period_days = period.unwrap_or(PERIOD_DAYS);
    let input = json!({ "KeyId": "-", "RotationPeriodInDays": period_days });
    check(
        "EnableKeyRotation",
        &input,
        &wanted.field("rotation.period_days"),
    )?;
    // What is long due is done once, with the next request, and then goes on from there.
    let next = next.map_or_else(|| context.now().plus_days(period_days), |date| date.0);
    let next = next.max(context.now());
    Ok(Some(Rotation { period_days, next }))
}

fn state(
    wanted: &WantedKey,
    record: &mut KeyRecord,
    context: &Context<'_, '_>,
) -> Result<(), Fault> {
    let key = &wanted.key;
    let state = key.state.unwrap_or_else(|| {
        let is_deleted = key.deletion_in.is_some() || key.deletion_date.is_some();
        match (is_deleted, record.origin) {
            (true, _) => State::PendingDeletion,
            (false, Origin::External) if !has_chosen(wanted) => State::PendingImport,
            _ => State::Enabled,
        }
    });
    let field = wanted.field("state");
    record.enabled = state != State::Disabled;
    if state == State::PendingImport {
        if record.origin == Origin::External && !has_chosen(wanted) {
            return Ok(());
        }
        return Err(field.wrong("it is for origin EXTERNAL without a material"));
    }
    if state != State::PendingDeletion {
        if record.origin == Origin::External && !has_chosen(wanted) {
            return Err(field.wrong("without a material, it is PendingImport"));
        }
        for (name, given) in [
            ("deletion_in", key.deletion_in.is_some()),
            ("deletion_date", key.deletion_date.is_some()),
        ] {
            if given {
                let what = "it is for the state PendingDeletion";
                return Err(wanted.field(name).wrong(what));
            }
        }
        return Ok(());
    }
    if record
        .region_set
        .as_ref()
        .is_some_and(|set| !set.replicas.is_empty())
    {
        return Err(field.wrong("a multi-Region key with replicas cannot be pending deletion"));
    }
    record.deletion = Some(deletion(wanted, context)?);
    Ok(())
}

fn deletion(wanted: &WantedKey, context: &Context<'_, '_>) -> Result<Deletion, Fault> {
    let key = &wanted.key;
    let days = match &key.deletion_in {
        None => WAITING_DAYS,
        Some(text) => {
            let days = text.strip_suffix('d').unwrap_or(text).parse();
            let days = days.ok().filter(|days| (7..=30).contains(days));
            days.ok_or_else(|| wanted.field("deletion_in").wrong("7d to 30d is required"))?
        }
    };
    let date = match (key.deletion_date, &key.deletion_in) {
        (Some(_), Some(_)) => {
            let field = wanted.field("deletion_date");
            return Err(field.wrong("there is a deletion_in already"));
        }
        (Some(date), None) => date.0,
        (None, _) => context.now().plus_days(days),
    };
    Ok(Deletion {
        date: Some(date),
        days,
    })
}

/// Whether material was chosen for the key.
fn has_chosen(wanted: &WantedKey) -> bool {
    wanted.key.material.is_some() || !wanted.key.materials.is_empty()
}
