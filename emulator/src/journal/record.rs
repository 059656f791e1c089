//! Records in the format of CloudTrail.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Event, redaction};
use crate::api::{AccountId, AliasName, KeyArn, KeyId, KeyMaterialId, Location, Origin};
use crate::auth::Caller;
use crate::authorization::By;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::fault::FaultId;
use crate::model::Operation;
use crate::protocol::{Body, Sender};

/// The version in the developer guide's examples of 2025.
const VERSION: &str = "1.11";

/// The members of a request without secrets, and its reference to a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    members: Option<Value>,
    reference: Option<String>,
    alias: Option<String>,
}

/// A completed call of the API.
pub(crate) struct ApiCallEvent<'c> {
    pub(crate) operation: &'static Operation,
    pub(crate) read_only: bool,
    pub(crate) caller: &'c Caller,
    pub(crate) sender: Sender<'c>,
    pub(crate) at: Timestamp,
    pub(crate) request_id: &'c str,
    pub(crate) parameters: Parameters,
    pub(crate) keys: &'c [KeyArn],
    /// The statement, grant or layer that refused the call.
    pub(crate) refused_by: Option<&'c By>,
    pub(crate) outcome: Result<&'c [u8], &'c Error>,
    /// How long the call took.
    pub(crate) duration: Duration,
    /// The fault that hit the call.
    pub(crate) fault: Option<FaultId>,
}

/// An action of KMS itself on a key.
pub(crate) struct ServiceEvent<'c> {
    pub(crate) name: &'static str,
    pub(crate) key: &'c KeyArn,
    pub(crate) at: Timestamp,
    pub(crate) rotation: Option<RotationDetails>,
}

/// What an event says of a rotation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotationDetails {
    pub(crate) rotation_type: &'static str,
    pub(crate) key_origin: Origin,
    pub(crate) previous_key_material_id: Option<KeyMaterialId>,
    pub(crate) current_key_material_id: Option<KeyMaterialId>,
}

/// The details of an action of KMS itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceEventDetails<'c> {
    key_id: &'c KeyId,
    #[serde(flatten)]
    rotation: Option<RotationDetails>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'r> {
    event_version: &'static str,
    user_identity: Value,
    event_time: String,
    event_source: &'static str,
    event_name: &'r str,
    aws_region: &'r str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: String,
    user_agent: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    request_parameters: Option<Value>,
    response_elements: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<Value>,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<&'r str>,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    resources: Vec<Resource>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: String,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_event_details: Option<ServiceEventDetails<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    account_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "ARN")]
    arn: String,
}

impl Parameters {
    /// Reads a body that is not checked yet, so values may have wrong types.
    pub(crate) fn of(operation: &Operation, body: &Body) -> Self {
        let reference = ["KeyId", "TargetKeyId"]
            .iter()
            .find_map(|name| body.get(*name));
        let shape = operation.input;
        let mut members = shape.and_then(|shape| redaction::redacted_members(shape, body));
        // The event has the algorithm even if the request does not (documented).
        if matches!(operation.name.as_str(), "Encrypt" | "Decrypt") {
            let object = members.get_or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(members) = object {
                members
                    .entry("encryptionAlgorithm")
                    .or_insert_with(|| "SYMMETRIC_DEFAULT".into());
            }
        }
        Self {
            members,
            reference: reference.and_then(Value::as_str).map(str::to_owned),
            alias: body
                .get("AliasName")
                .and_then(Value::as_str)
                .map(str::to_owned),
        }
    }
}

impl ApiCallEvent<'_> {
    pub(crate) fn into_event(self) -> Event {
        let name = self.operation.name.as_str();
        let read_only = self.read_only;
        let answer: Option<Value> = match self.outcome {
            Ok(body) => serde_json::from_slice(body).ok(),
            Err(_) => None,
        };
        let error = self.outcome.err();
        // The alias comes before its key (documented).
        let alias = self.parameters.alias.filter(|_| !self.keys.is_empty());
        let alias = alias.map(|name| alias_resource(&name, &self.caller.location));
        let record = Record {
            event_version: VERSION,
            user_identity: user_identity(self.caller),
            event_time: self.at.seconds_text(),
            event_source: "kms.amazonaws.com",
            event_name: name,
            aws_region: self.caller.location.region.as_str(),
            source_ip_address: self
                .sender
                .address
                .map_or_else(|| "127.0.0.1".to_owned(), |address| address.to_string()),
            user_agent: self.sender.user_agent.unwrap_or_default(),
            error_code: error.map(Error::wire_name),
            error_message: error.and_then(Error::message_without_secrets),
            request_parameters: self.parameters.members,
            response_elements: response_elements(self.operation, answer.as_ref(), self.keys)
                .filter(|_| !read_only && error.is_none()),
            additional_event_data: match self.refused_by {
                Some(by) => Some(json!({ "refusedBy": by })),
                None => answer
                    .as_ref()
                    .and_then(|answer| answer.get("KeyMaterialId"))
                    .map(|id| json!({ "keyMaterialId": id })),
            },
            request_id: Some(self.request_id),
            event_id: event_id(&self.caller.location.account, self.request_id),
            read_only,
            resources: alias
                .into_iter()
                .chain(self.keys.iter().map(resource))
                .collect(),
            event_type: "AwsApiCall",
            management_event: true,
            recipient_account_id: self.caller.location.account.to_string(),
            event_category: "Management",
            service_event_details: None,
        };
        Event {
            number: 0,
            name,
            at: self.at,
            keys: self.keys.to_vec(),
            reference: self.parameters.reference,
            error: error.map(|error| error.wire_name().to_owned()),
            json: to_json(&record),
            duration: self.duration,
            reason: error.and_then(Error::reason),
            fault: self.fault,
        }
    }
}

impl ServiceEvent<'_> {
    pub(crate) fn into_event(self) -> Event {
        let Self {
            name,
            key,
            at,
            rotation,
        } = self;
        let account = key.location.account.to_string();
        let record = Record {
            event_version: VERSION,
            user_identity: json!({ "accountId": account, "invokedBy": "AWS Internal" }),
            event_time: at.seconds_text(),
            event_source: "kms.amazonaws.com",
            event_name: name,
            aws_region: key.location.region.as_str(),
            source_ip_address: "AWS Internal".to_owned(),
            user_agent: "AWS Internal",
            error_code: None,
            error_message: None,
            request_parameters: None,
            response_elements: None,
            additional_event_data: None,
            request_id: None,
            event_id: event_id(
                &key.location.account,
                &format!("{name} {key} {}", at.millis()),
            ),
            read_only: false,
            resources: vec![resource(key)],
            event_type: "AwsServiceEvent",
            management_event: true,
            recipient_account_id: account,
            event_category: "Management",
            service_event_details: Some(ServiceEventDetails {
                key_id: &key.id,
                rotation,
            }),
        };
        Event {
            number: 0,
            name,
            at,
            keys: vec![key.clone()],
            reference: None,
            error: None,
            json: to_json(&record),
            duration: Duration::ZERO,
            reason: None,
            fault: None,
        }
    }
}

/// The id of the event of a request.
pub(crate) fn event_id(account: &AccountId, request_id: &str) -> String {
    let digest = Sha256::new()
        .chain_update(account.to_string())
        .chain_update(request_id)
        .finalize();
    let random = digest.first_chunk().copied().unwrap_or_default();
    let uuid = uuid::Builder::from_random_bytes(random).into_uuid();
    uuid.to_string()
}

/// Encoding does not fail: a record has only texts, numbers and JSON values.
fn to_json(record: &Record<'_>) -> std::sync::Arc<str> {
    serde_json::to_string(record).unwrap_or_default().into()
}

/// The members of an answer, without secrets. Since December 2022, CloudTrail adds the ARN of the
/// changed key, even if the answer does not have it.
fn response_elements(
    operation: &Operation,
    answer: Option<&Value>,
    keys: &[KeyArn],
) -> Option<Value> {
    let redacted = match (operation.output, answer) {
        (Some(shape), Some(answer)) => redaction::redacted(shape, answer),
        _ => None,
    };
    let Some(key) = keys.first() else {
        return redacted;
    };
    let mut members = match redacted {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    if !members.contains_key("keyMetadata") {
        members.insert("keyId".to_owned(), key.to_string().into());
    }
    Some(Value::Object(members))
}

fn alias_resource(name: &str, location: &Location) -> Resource {
    Resource {
        account_id: location.account.to_string(),
        kind: "AWS::KMS::Alias",
        arn: AliasName::new(name).arn(location).to_string(),
    }
}

fn resource(key: &KeyArn) -> Resource {
    Resource {
        account_id: key.location.account.to_string(),
        kind: "AWS::KMS::Key",
        arn: key.to_string(),
    }
}

/// The caller: the root of an account, a user or a role.
fn user_identity(caller: &Caller) -> Value {
    let arn = caller.arn();
    let account = caller.location.account.to_string();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let mut identity = Map::new();
    let kind = if arn.contains(":user/") {
        "IAMUser"
    } else if arn.contains(":assumed-role/") || arn.contains(":role/") {
        "AssumedRole"
    } else {
        "Root"
    };
    identity.insert("type".to_owned(), kind.into());
    let principal = if kind == "Root" {
        account.as_str()
    } else {
        "EX_PRINCIPAL_ID"
    };
    identity.insert("principalId".to_owned(), principal.into());
    identity.insert("arn".to_owned(), arn.as_str().into());
    identity.insert("accountId".to_owned(), account.as_str().into());
    if let Some(id) = &caller.access_key_id {
        identity.insert("accessKeyId".to_owned(), id.as_str().into());
    }
    if kind == "IAMUser" {
        identity.insert("userName".to_owned(), name.into());
    }
    Value::Object(identity)
}
