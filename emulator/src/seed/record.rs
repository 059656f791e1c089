//! The record of a seeded key.

use std::time::Duration;

use serde_json::json;

use super::check::check;
use super::error::Problem;
use super::format::{Material, State, Switch};
use super::material::{self, InvalidMaterial};
use super::spec::KeySeed;
use crate::api::{KeyArn, KeyMaterialId, KeySpec, KeyUsage, Origin};
use crate::clock::parse_duration;
use crate::context::Context;
use crate::crypto::{KeyMaterial, SecretBytes};
use crate::error::message;
use crate::iam::Directory;
use crate::key::{
    Deletion, KeyRecord, MaterialEntry, RegionSet, Rotation, RotationEvent, RotationType, policy,
};
use crate::protocol::Blob;
use crate::tag;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// KMS's default waiting period of a deletion.
const WAITING_DAYS: u32 = 30;

/// KMS's default rotation period.
const PERIOD_DAYS: u32 = 365;

/// The record of a key, and the secrets of its materials. An existing key gets no secrets, because
/// generating them is slow.
pub(super) fn record(
    seed: &KeySeed,
    arn: &KeyArn,
    (spec, usage, set): (KeySpec, KeyUsage, Option<RegionSet>),
    exists: bool,
    context: &Context<'_, '_>,
) -> Result<(KeyRecord, Vec<SecretBytes>), Problem> {
    let key = &seed.key;
    let created = key.created.map_or(context.now(), |date| date.0);
    let mut record = KeyRecord::new(spec, usage, created);
    record.region_set = set;
    record.origin = origin(seed, spec)?;
    if let Some(description) = &key.description {
        let input = json!({ "Description": description });
        check("CreateKey", &input, &seed.field("description"))?;
        record.description.clone_from(description);
    }
    if let Some(text) = &key.policy {
        let field = seed.field("policy");
        check("CreateKey", &json!({ "Policy": text.0 }), &field)?;
        policy::check(&text.0, &arn.location, &Directory::default())
            .map_err(|error| field.rejected(error))?;
        record.policy = Some(text.0.clone());
    }
    if let Some(tags) = &key.tags {
        let field = seed.field("tags");
        check("CreateKey", &json!({ "Tags": tags.0 }), &field)?;
        record.tags = tag::add(&[], tags.0.clone()).map_err(|error| field.rejected(error))?;
    }
    let secrets = materials(seed, arn, &mut record, exists, context)?;
    record.rotation = rotation(seed, &record, context)?;
    state(seed, &mut record, context)?;
    Ok((record, secrets))
}

fn origin(seed: &KeySeed, spec: KeySpec) -> Result<Origin, Problem> {
    let origin = seed.key.origin.unwrap_or(Origin::AwsKms);
    let field = seed.field("origin");
    match origin {
        Origin::AwsKms => Ok(origin),
        Origin::External if spec.can_be_imported() => Ok(origin),
        Origin::External => Err(field.rejected(message::cannot_be_imported(spec))),
        Origin::AwsCloudHsm | Origin::ExternalKeyStore => {
            Err(field
                .invalid("expected AWS_KMS or EXTERNAL: a seed cannot create custom key stores"))
        }
    }
}

fn materials(
    seed: &KeySeed,
    arn: &KeyArn,
    record: &mut KeyRecord,
    exists: bool,
    context: &Context<'_, '_>,
) -> Result<Vec<SecretBytes>, Problem> {
    let key = &seed.key;
    let is_symmetric = record.spec == KeySpec::SymmetricDefault;
    let is_external = record.origin == Origin::External;
    let given: Vec<(String, &Material)> = match (&key.material, key.materials.as_slice()) {
        (Some(_), [_, ..]) => {
            return Err(seed
                .field("materials")
                .invalid("material and materials are mutually exclusive"));
        }
        (None, [_, _, ..]) if !is_symmetric => {
            let message = "only a symmetric encryption key can have more than one";
            return Err(seed.field("materials").invalid(message));
        }
        (Some(material), []) => vec![("material".to_owned(), material)],
        (None, materials) => {
            let names = (0..).map(|index| format!("materials[{index}]"));
            names.zip(materials).collect()
        }
    };
    if key.expires.is_some() && (!is_external || given.is_empty()) {
        let message = "allowed only with origin: EXTERNAL and a material";
        return Err(seed.field("expires").invalid(message));
    }
    if exists {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for (index, (name, material)) in given.iter().enumerate() {
        let rotated = material.rotated.map(|date| date.0);
        if index == 0 && rotated.is_some() {
            let field = seed.field(&format!("{name}.rotated"));
            return Err(
                field.invalid("not allowed for the first material, which is not a rotation")
            );
        }
        let secret = material::read(record.spec, material).map_err(
            |InvalidMaterial { field, message }| {
                let dot = if field.is_empty() { "" } else { "." };
                seed.field(&format!("{name}{dot}{field}")).invalid(message)
            },
        )?;
        let rotation = (index > 0).then(|| RotationEvent {
            date: rotated.unwrap_or(record.created),
            kind: RotationType::Automatic,
        });
        all.push((name.clone(), secret, rotation));
    }
    if all.is_empty() && !is_external {
        let generated = context.new_material(record.spec)?;
        all.push(("material".to_owned(), generated, None));
    }
    let mut secrets = Vec::new();
    for (name, material, rotation) in all {
        let field = seed.field(&name);
        secrets
            .push(add(record, arn, &material, rotation).map_err(|message| field.invalid(message))?);
    }
    if let Some(expires) = key.expires.map(|date| date.0) {
        for entry in &mut record.materials {
            entry.present = context.now() < expires;
            entry.valid_to = entry.present.then_some(expires);
        }
    }
    Ok(secrets)
}

/// Adds a material to the record and returns its secret.
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
        return Err("duplicate material".to_owned());
    }
    let last = record.materials.last().and_then(|entry| entry.rotation);
    if let (Some(last), Some(rotation)) = (last, rotation)
        && rotation.date < last.date
    {
        return Err("rotated must not be before the rotation of the previous material".to_owned());
    }
    record.public_key = public_key.map(Blob);
    record.materials.push(MaterialEntry::new(id, rotation));
    Ok(secret)
}

fn rotation(
    seed: &KeySeed,
    record: &KeyRecord,
    context: &Context<'_, '_>,
) -> Result<Option<Rotation>, Problem> {
    let (period, next) = match &seed.key.rotation {
        None | Some(Switch::Plain(false)) => return Ok(None),
        Some(Switch::Plain(true)) => (None, None),
        Some(Switch::With(rotation)) => (rotation.period_days, rotation.next),
    };
    if record.spec != KeySpec::SymmetricDefault || record.origin != Origin::AwsKms {
        let message = "allowed only for a symmetric encryption key with origin: AWS_KMS";
        return Err(seed.field("rotation").invalid(message));
    }
    let period_days = period.unwrap_or(PERIOD_DAYS);
    let input = json!({ "KeyId": "-", "RotationPeriodInDays": period_days });
    check(
        "EnableKeyRotation",
        &input,
        &seed.field("rotation.period_days"),
    )?;
    // A date in the past causes one rotation, before the next request.
    let next = next.map_or_else(|| context.now().plus_days(period_days), |date| date.0);
    let next = next.max(context.now());
    Ok(Some(Rotation { period_days, next }))
}

fn state(seed: &KeySeed, record: &mut KeyRecord, context: &Context<'_, '_>) -> Result<(), Problem> {
    let key = &seed.key;
    let state = key.state.unwrap_or_else(|| {
        let is_deleted = key.deletion_in.is_some() || key.deletion_date.is_some();
        match (is_deleted, record.origin) {
            (true, _) => State::PendingDeletion,
            (false, Origin::External) if !seed.has_material() => State::PendingImport,
            _ => State::Enabled,
        }
    });
    let field = seed.field("state");
    record.enabled = state != State::Disabled;
    if state == State::PendingImport {
        if record.origin == Origin::External && !seed.has_material() {
            return Ok(());
        }
        return Err(field.invalid(
            "PendingImport is allowed only with origin: EXTERNAL and without a material",
        ));
    }
    if state != State::PendingDeletion {
        if record.origin == Origin::External && !seed.has_material() {
            return Err(field.invalid("a key without material can only be PendingImport"));
        }
        for (name, is_set) in [
            ("deletion_in", key.deletion_in.is_some()),
            ("deletion_date", key.deletion_date.is_some()),
        ] {
            if is_set {
                let message = "allowed only with state: PendingDeletion";
                return Err(seed.field(name).invalid(message));
            }
        }
        return Ok(());
    }
    if record
        .region_set
        .as_ref()
        .is_some_and(|set| !set.replicas.is_empty())
    {
        return Err(field.invalid("a multi-Region key with replicas cannot be pending deletion"));
    }
    record.deletion = Some(deletion(seed, context)?);
    Ok(())
}

fn deletion(seed: &KeySeed, context: &Context<'_, '_>) -> Result<Deletion, Problem> {
    let key = &seed.key;
    let days = match &key.deletion_in {
        None => WAITING_DAYS,
        Some(text) => {
            waiting_days(text).map_err(|message| seed.field("deletion_in").invalid(message))?
        }
    };
    let date = match (key.deletion_date, &key.deletion_in) {
        (Some(_), Some(_)) => {
            let field = seed.field("deletion_date");
            return Err(field.invalid("deletion_in and deletion_date are mutually exclusive"));
        }
        (Some(date), None) => date.0,
        (None, _) => context.now().plus_days(days),
    };
    Ok(Deletion {
        date: Some(date),
        days,
    })
}

/// Parses `deletion_in`, a duration or a number of days, into days.
fn waiting_days(text: &str) -> Result<u32, String> {
    let duration = match text.parse() {
        Ok(days) => DAY.saturating_mul(days),
        Err(_) => parse_duration(text).map_err(|error| error.to_string())?,
    };
    (7..=30)
        .find(|days| DAY * *days == duration)
        .ok_or_else(|| "expected a duration from 7d to 30d, in whole days".to_owned())
}
