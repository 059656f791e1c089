//! [ImportKeyMaterial](https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html)
//!
//! The order of the checks is recorded: the origin of the key, its state, the members, the dates,
//! the token, the ciphertext, and the identity of the material.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Cost, Operation};
use crate::api::{KeyArn, KeyFamily, KeyMaterialId, KeySpec, key_state, wire_enum};
use crate::authorization::ConditionKeys;
use crate::authorization::condition_key::{EXPIRATION_MODEL, ON_KEY, VALID_TO};
use crate::clock::Timestamp;
use crate::context::{Context, Lock, RequestContext};
use crate::crypto::{CryptoError, KeyMaterial};
use crate::error::{Error, Internal, KmsError, message};
use crate::import::ImportToken;
use crate::key::{ExpirationModel, Key, MaterialEntry};
use crate::protocol::Blob;

/// Imports key material: the first material, the same material again, or new material for a
/// rotation.
pub(super) struct ImportKeyMaterial;

/// The maximum number of days until the expiry.
const MAX_DAYS: u32 = 365;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ImportKeyMaterialInput {
    key_id: String,
    import_token: Blob,
    encrypted_key_material: Blob,
    valid_to: Option<f64>,
    expiration_model: Option<ExpirationModel>,
    import_type: Option<ImportType>,
    key_material_description: Option<String>,
    key_material_id: Option<KeyMaterialId>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ImportKeyMaterialOutput {
    key_id: KeyArn,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<KeyMaterialId>,
}

wire_enum! {
    /// Whether the key already has the material.
    ImportType {
        NewKeyMaterial = "NEW_KEY_MATERIAL",
        ExistingKeyMaterial = "EXISTING_KEY_MATERIAL",
    }
}

impl Operation for ImportKeyMaterial {
    const NAME: &'static str = "ImportKeyMaterial";
    const READ_ONLY: bool = false;
    const RATE: Rate<Self::Input> = Rate::Own(15);
    const CONDITION_KEYS: ConditionKeys = &[ON_KEY, &[EXPIRATION_MODEL, VALID_TO]];
    type Input = ImportKeyMaterialInput;
    type Output = ImportKeyMaterialOutput;

    fn cost(_input: &Self::Input) -> Cost {
        Cost::Cpu
    }

    fn run(input: Self::Input, mut context: Context<'_, '_>) -> Result<Self::Output, Error> {
        // Slow work comes before the write lock. The key is checked again afterwards.
        let (material, valid_to) = {
            let key = importable(&input, &mut context)?;
            let valid_to = valid_to(&input, context.now())?;
            let token = ImportToken::open(&input.import_token, &key.arn, &context)?;
            let spec = key.record.spec;
            let material = match context.followed_material(spec)? {
                Some(material) => material,
                None => unwrap(&token, &input.encrypted_key_material, spec)?,
            };
            (material, valid_to)
        };
        let secret = material.encode().map_err(internal)?;
        let public_key = material.public_key().map_err(internal)?;

        let mut context = context.write()?;
        let mut key = importable(&input, &mut context)?;
        let id = KeyMaterialId::of(key.id(), &secret);
        let index = index(&mut key, &input, id)?;
        if let Some(entry) = key.record.materials.get_mut(index) {
            entry.present = true;
            entry.valid_to = valid_to;
            if input.key_material_description.is_some() {
                entry
                    .description
                    .clone_from(&input.key_material_description);
            }
        }
        key.record.public_key = public_key.map(Blob);
        context.put_material(&key.arn, index, Some(&id), &secret)?;
        context.put_key_set(&key)?;
        Ok(ImportKeyMaterialOutput {
            key_material_id: (key.record.spec == KeySpec::SymmetricDefault).then_some(id),
            key_id: key.arn,
        })
    }
}

/// The material in a request.
fn unwrap(token: &ImportToken, wrapped: &Blob, spec: KeySpec) -> Result<KeyMaterial, Error> {
    let secret = token
        .unwrap(wrapped)?
        .ok_or_else(|| message::material_does_not_unwrap(token.algorithm, wrapped.0.len()))?;
    let material = KeyMaterial::import(spec, &secret);
    Ok(material.ok_or_else(|| message::material_is_not_a_key(spec, secret.expose().len()))?)
}

/// The key, if it accepts material with these members.
fn importable<L: Lock>(
    input: &ImportKeyMaterialInput,
    context: &mut RequestContext<'_, '_, L>,
) -> Result<Key, Error> {
    let key = context.key_by_id_or_arn(&input.key_id)?;
    key.require_external_origin()?;
    key.require_state(key_state::IMPORTABLE, context.now())?;
    let spec = key.record.spec;
    let symmetric_only = [
        ("importType", input.import_type.is_some()),
        (
            "keyMaterialDescription",
            input.key_material_description.is_some(),
        ),
        ("keyMaterialId", input.key_material_id.is_some()),
    ];
    if let Some((parameter, _)) = symmetric_only.iter().find(|(_, given)| *given)
        && spec != KeySpec::SymmetricDefault
    {
        return Err(message::parameter_of_symmetric_keys(parameter, spec).into());
    }
    let is_new = input.import_type == Some(ImportType::NewKeyMaterial);
    if key.is_replica() && input.key_material_description.is_some() {
        return Err(message::description_in_a_replica().into());
    }
    if key.is_replica() && is_new {
        return Err(message::new_material_in_a_replica().into());
    }
    if is_new && input.key_material_id.is_some() {
        return Err(message::material_id_with_new_material().into());
    }
    Ok(key)
}

/// The expiry of the material, in whole seconds (recorded).
fn valid_to(input: &ImportKeyMaterialInput, now: Timestamp) -> Result<Option<Timestamp>, KmsError> {
    let model = input.expiration_model.unwrap_or(ExpirationModel::Expires);
    match (model, input.valid_to) {
        (ExpirationModel::Expires, None) => Err(message::valid_to_is_required()),
        (ExpirationModel::DoesNotExpire, Some(_)) => Err(message::valid_to_without_expiry()),
        (ExpirationModel::DoesNotExpire, None) => Ok(None),
        (ExpirationModel::Expires, Some(seconds)) => {
            let date = Timestamp::from_seconds(seconds);
            if date <= now {
                return Err(message::valid_to_is_past());
            }
            if date >= now.plus_days(MAX_DAYS) {
                return Err(message::valid_to_is_too_far());
            }
            Ok(Some(date.whole_seconds()))
        }
    }
}

/// The index of the material in the key's list. New material is added to the list.
fn index(key: &mut Key, input: &ImportKeyMaterialInput, id: KeyMaterialId) -> Result<usize, Error> {
    let record = &mut key.record;
    let known = record.material_index(&id);
    let is_first = record.materials.is_empty();
    if let Some(expected) = input.key_material_id
        && expected != id
    {
        return Err(message::unexpected_material(&expected).into());
    }
    let is_new = input.import_type == Some(ImportType::NewKeyMaterial)
        || (is_first && input.import_type.is_none());
    if !is_new {
        let Some(index) = known else {
            let expected = record.current_material().and_then(|entry| entry.id);
            let error = match (expected, record.spec.family()) {
                (Some(id), KeyFamily::Symmetric | KeyFamily::Hmac) => {
                    message::unexpected_material(&id)
                }
                _ => message::other_material(&key.arn),
            };
            return Err(error.into());
        };
        record.enabled = true;
        return Ok(index);
    }
    if known.is_some() {
        return Err(message::material_is_not_new(&id, &key.arn).into());
    }
    let record = &mut key.record;
    if record.awaits_rotation
        && let Some(pending) = record.materials.last().and_then(|entry| entry.id)
    {
        return Err(message::other_material_awaits_rotation(&id, &key.arn, &pending).into());
    }
    record.awaits_rotation = !is_first;
    // The first material enables the key, also after a cancelled deletion (documented).
    record.enabled |= is_first;
    record.materials.push(MaterialEntry::new(Some(id), None));
    Ok(record.materials.len() - 1)
}

fn internal(error: CryptoError) -> Internal {
    Internal::new("import key material", error)
}
