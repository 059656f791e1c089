//! Questions about KMS.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Answer, checks};
use crate::authorization::{
    Constraints, GrantFacts, KeyFacts, ManagedPolicy, Parameters, Question, Scope, Subject,
};
use crate::error::Code;
use crate::iam::{Actor, Directory, Policy};
use crate::operation;

/// A question. Unknown members are about the question, and are ignored.
#[derive(Deserialize)]
struct Form {
    key_policy: Option<Value>,
    #[serde(default)]
    grants: Vec<GrantForm>,
    caller: CallerForm,
    request: RequestForm,
    principals: Option<Vec<PrincipalForm>>,
    accounts: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct PrincipalForm {
    arn: String,
    id: Option<String>,
}

#[derive(Deserialize)]
struct GrantForm {
    id: Option<String>,
    grantee: String,
    retiring: Option<String>,
    #[serde(default)]
    operations: Vec<String>,
    #[serde(default)]
    constraints: Constraints,
    issuer_account: Option<String>,
    key: Option<String>,
}

#[derive(Deserialize)]
struct CallerForm {
    arn: Option<String>,
    role: Option<String>,
    user: Option<String>,
    service: Option<String>,
    userid: Option<String>,
    policies: Option<Value>,
    #[serde(default)]
    managed_policies: Vec<ManagedForm>,
    boundary: Option<Value>,
    session_policy: Option<Value>,
    session_policy_arns: Option<Vec<String>>,
    #[serde(default)]
    managed: BTreeMap<String, Value>,
    scp: Option<Value>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    source_identity: Option<String>,
    org_id: Option<String>,
}

#[derive(Deserialize)]
struct ManagedForm {
    arn: String,
    document: Value,
}

#[derive(Deserialize)]
struct RequestForm {
    operation: String,
    region: Option<String>,
    key: Option<KeyForm>,
    key_id: Option<String>,
    alias: Option<String>,
    target_key: Option<TargetForm>,
    replica_key_policy: Option<Value>,
    source_key: Option<String>,
    destination_key: Option<String>,
    #[serde(default)]
    parameters: Value,
    encryption_context: Option<BTreeMap<String, String>>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    via_service: Option<String>,
    grant_is_for_aws_resource: Option<bool>,
    grant_is_consistent: Option<bool>,
    days_since_last_use: Option<u64>,
    source_ip: Option<String>,
    source_arn: Option<String>,
    attestation: Option<BTreeMap<String, String>>,
    #[serde(default)]
    context: BTreeMap<String, Values>,
}

#[derive(Deserialize)]
struct KeyForm {
    arn: String,
    spec: Option<String>,
    usage: Option<String>,
    origin: Option<String>,
    multi_region: Option<bool>,
    mr_type: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct TargetForm {
    #[serde(flatten)]
    key: KeyForm,
    key_policy: Option<Value>,
}

/// The values of a condition key: one value or a list, of strings, numbers or booleans.
pub(super) struct Values(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = match Value::deserialize(deserializer)? {
            Value::Array(values) => values,
            Value::Null => Vec::new(),
            value => vec![value],
        };
        let values = values.into_iter().map(|value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        });
        Ok(Self(values.collect()))
    }
}

pub(super) fn answer(value: &Value) -> Result<Answer, String> {
    let form = Form::deserialize(value).map_err(|error| error.to_string())?;
    let known = Directory {
        any_id: true,
        accounts: form.accounts.clone(),
        principals: form.principals.as_ref().map(|principals| {
            let principals = principals.iter();
            principals
                .map(|known| (known.arn.clone(), known.id.clone()))
                .collect()
        }),
        only_known_accounts: false,
    };
    let new_policy = form.request.parameters.get("Policy").cloned();
    let question = form.question()?;
    let decision = question.decide();
    let answer = Answer::decided(decision, Some(Code::AccessDenied.as_str()));
    let answer = answer.through(question.via_service.as_deref());
    if answer.decision != "allow" {
        return Ok(answer);
    }
    match checks::after_allow(&question, new_policy.as_ref(), &known) {
        Ok(()) => Ok(answer),
        Err(error) => Ok(Answer::error(error)),
    }
}

impl Form {
    fn question(self) -> Result<Question, String> {
        let request = self.request;
        let operation = request.operation.as_str();
        let operation = operation.strip_prefix("kms:").unwrap_or(operation);
        let action = operation::action(operation)
            .ok_or_else(|| format!("request.operation: `{operation}` is no action of KMS"))?;
        let key_policy = policy("key_policy", self.key_policy.as_ref())?.unwrap_or_default();
        let key = request.key.map(|key| (key.facts(), key_policy));
        if key.is_none() && action.needs_key() {
            return Err(format!("request.key: {operation} needs a key"));
        }
        if request.alias.is_none() && action.scope == Scope::Alias {
            return Err(format!("request.alias: {operation} needs an alias"));
        }
        let target_key = request.target_key.map(|target| {
            let new = policy("request.target_key.key_policy", target.key_policy.as_ref())?;
            Ok::<_, String>((target.key.facts(), new.unwrap_or_default()))
        });
        let (key_arn, account) = match &key {
            Some((key, _)) => (
                key.arn.clone(),
                key.arn.split(':').nth(4).unwrap_or_default(),
            ),
            None => (String::new(), ""),
        };
        let grants = self.grants.into_iter();
        let grants = grants.map(|grant| grant.facts(&key_arn, account)).collect();
        let parameters = match request.parameters {
            Value::Null => Parameters::default(),
            other => Parameters::deserialize(other)
                .map_err(|error| format!("request.parameters: {error}"))?,
        };
        let replica = request.replica_key_policy.as_ref();
        Ok(Question {
            subject: self.caller.subject()?,
            action,
            region: request.region.unwrap_or_default(),
            key_id: request.key_id,
            alias: request.alias,
            target_key: target_key.transpose()?,
            replica_key_policy: policy("request.replica_key_policy", replica)?,
            source_key: request.source_key,
            destination_key: request.destination_key,
            grants,
            grant_tokens: request.grant_tokens,
            grants_are_consistent: request.grant_is_consistent != Some(false),
            grant_is_for_aws_resource: request.grant_is_for_aws_resource,
            parameters: Box::new(parameters),
            encryption_context: request.encryption_context.unwrap_or_default(),
            via_service: request.via_service,
            source_ip: request.source_ip,
            address: None,
            source_arn: request.source_arn,
            attestation: request.attestation.unwrap_or_default(),
            days_since_last_use: request.days_since_last_use,
            at: None,
            user_agent: None,
            context: request
                .context
                .into_iter()
                .map(|(name, values)| (name, values.0))
                .collect(),
            key,
        })
    }
}

impl KeyForm {
    fn facts(self) -> KeyFacts {
        KeyFacts {
            arn: self.arn,
            spec: self.spec.unwrap_or_else(|| "SYMMETRIC_DEFAULT".to_owned()),
            usage: self.usage.unwrap_or_else(|| "ENCRYPT_DECRYPT".to_owned()),
            origin: self.origin.unwrap_or_else(|| "AWS_KMS".to_owned()),
            multi_region: Some(self.multi_region.unwrap_or_default()),
            multi_region_type: self.mr_type,
            aliases: self.aliases,
            tags: self.tags,
        }
    }
}

impl GrantForm {
    fn facts(self, key: &str, account: &str) -> GrantFacts {
        GrantFacts {
            id: self.id,
            key: self.key.unwrap_or_else(|| key.to_owned()),
            grantee: self.grantee,
            retiring: self.retiring,
            operations: self.operations,
            constraints: self.constraints,
            issuer_account: self.issuer_account.unwrap_or_else(|| account.to_owned()),
        }
    }
}

impl CallerForm {
    fn subject(self) -> Result<Subject, String> {
        let mut actor = match (&self.arn, &self.service) {
            (_, Some(service)) => Actor {
                service: Some(service.clone()),
                ..Actor::default()
            },
            (Some(arn), None) => Actor::of_arn(arn),
            (None, None) => return Err("caller: needs an arn or a service".to_owned()),
        };
        actor.issuer = self.role.or(self.user).or(actor.issuer);
        actor.user_id = self.userid;
        let inline = policy("caller.policies", self.policies.as_ref())?;
        let inline = inline.map(|policy| ManagedPolicy { arn: None, policy });
        let managed = self.managed_policies.into_iter().map(|managed| {
            let policy = policy("caller.managed_policies", Some(&managed.document))?;
            Ok::<_, String>(ManagedPolicy {
                arn: Some(managed.arn),
                policy: policy.unwrap_or_default(),
            })
        });
        let managed: Vec<_> = managed.collect::<Result<_, _>>()?;
        let mut session = Vec::new();
        session.extend(policy(
            "caller.session_policy",
            self.session_policy.as_ref(),
        )?);
        for name in self.session_policy_arns.iter().flatten() {
            let found = self.managed.get(name);
            let found = found.ok_or_else(|| format!("caller.managed: no policy `{name}`"))?;
            session.extend(policy("caller.managed", Some(found))?);
        }
        let has_session = self.session_policy.is_some() || self.session_policy_arns.is_some();
        Ok(Subject {
            actor,
            identity_policies: inline.into_iter().chain(managed).collect(),
            boundary: policy("caller.boundary", self.boundary.as_ref())?,
            session_policies: has_session.then_some(session),
            service_control_policies: policy("caller.scp", self.scp.as_ref())?
                .into_iter()
                .collect(),
            tags: self.tags,
            source_identity: self.source_identity,
            organization: self.org_id,
        })
    }
}

/// Reads a policy of a question. The error names its member.
fn policy(member: &str, value: Option<&Value>) -> Result<Option<Arc<Policy>>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let policy = Policy::read(value).map_err(|error| format!("{member}: {}", error.0))?;
            Ok(Some(Arc::new(policy)))
        }
    }
}
