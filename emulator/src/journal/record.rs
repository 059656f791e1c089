//! Records in the format of CloudTrail.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::call::{ApiCall, Outcome, Parameters, RotationDetails, ServiceAction};
use super::redaction;
use crate::api::{AccountId, AliasName, KeyArn, KeyId, Location};
use crate::auth::Caller;
use crate::model::Operation;

/// The version in the developer guide's examples of 2025.
const VERSION: &str = "1.11";

/// The details of an action of KMS itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceEventDetails<'c> {
    key_id: &'c KeyId,
    #[serde(flatten)]
    rotation: Option<&'c RotationDetails>,
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
    error_message: Option<&'r str>,
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
    /// The `requestParameters` of a record.
    fn members(&self, operation: &Operation) -> Option<Value> {
        let shape = operation.input;
        let mut members =
            shape.and_then(|shape| redaction::redacted_members(shape, |name| self.0.get(name)));
        // The event has the algorithm even if the request does not (documented).
        if matches!(operation.name.as_str(), "Encrypt" | "Decrypt") {
            let object = members.get_or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(members) = object {
                members
                    .entry("encryptionAlgorithm")
                    .or_insert_with(|| "SYMMETRIC_DEFAULT".into());
            }
        }
        members
    }
}

impl ApiCall {
    pub(super) fn json(&self) -> String {
        let location = &self.caller.location;
        let (elements, material_id, error) = match &self.outcome {
            Outcome::Answer { body, material_id } => {
                let elements = if self.read_only {
                    None
                } else {
                    response_elements(self.operation, body.as_deref(), &self.keys)
                };
                (elements, material_id.as_ref(), None)
            }
            Outcome::Error { code, message, .. } => (None, None, Some((code, message))),
        };
        // The alias comes before its key (documented).
        let alias = self.parameters.text("AliasName");
        let alias = alias.filter(|_| !self.keys.is_empty());
        let alias = alias.map(|name| alias_resource(name, location));
        to_json(&Record {
            event_version: VERSION,
            user_identity: user_identity(&self.caller),
            event_time: self.at.seconds_text(),
            event_source: "kms.amazonaws.com",
            event_name: &self.operation.name,
            aws_region: location.region.as_str(),
            source_ip_address: self
                .address
                .map_or_else(|| "127.0.0.1".to_owned(), |address| address.to_string()),
            user_agent: self.user_agent.as_deref().unwrap_or_default(),
            error_code: error.map(|(code, _)| code.as_str()),
            error_message: error.and_then(|(_, message)| message.as_deref()),
            request_parameters: self.parameters.members(self.operation),
            response_elements: elements,
            additional_event_data: match &self.refused_by {
                Some(by) => Some(json!({ "refusedBy": by })),
                None => material_id.map(|id| json!({ "keyMaterialId": id })),
            },
            request_id: Some(&self.request_id),
            event_id: event_id(&location.account, &self.request_id),
            read_only: self.read_only,
            resources: alias
                .into_iter()
                .chain(self.keys.iter().map(resource))
                .collect(),
            event_type: "AwsApiCall",
            management_event: true,
            recipient_account_id: location.account.to_string(),
            event_category: "Management",
            service_event_details: None,
        })
    }
}

impl ServiceAction {
    pub(super) fn json(&self) -> String {
        let Self {
            name,
            key,
            at,
            rotation,
        } = self;
        let account = key.location.account.to_string();
        to_json(&Record {
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
                rotation: rotation.as_ref(),
            }),
        })
    }
}

/// The members of an answer without its secrets. Since December 2022, CloudTrail adds the ARN of the
/// changed key, even if the answer does not have it.
fn response_elements(operation: &Operation, body: Option<&[u8]>, keys: &[KeyArn]) -> Option<Value> {
    let answer = body.and_then(|body| serde_json::from_slice(body).ok());
    let redacted = match (operation.output, answer) {
        (Some(shape), Some(answer)) => redaction::redacted(shape, &answer),
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
fn to_json(record: &Record<'_>) -> String {
    serde_json::to_string(record).unwrap_or_default()
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
