//! The condition keys of a request.
//!
//! A key that AWS does not have in requests of an action is absent, also where its value is known: an
//! attestation condition on `Sign` never matches (quoted by users).

use std::sync::Arc;

use super::action::Action;
use super::condition_key::{
    BYPASS_POLICY_LOCKOUT_SAFETY_CHECK, CALLER_ACCOUNT, CUSTOMER_MASTER_KEY_SPEC,
    CUSTOMER_MASTER_KEY_USAGE, ConditionKey, DATA_KEY_PAIR_SPEC, ENCRYPTION_ALGORITHM,
    ENCRYPTION_CONTEXT, ENCRYPTION_CONTEXT_KEYS, EXPIRATION_MODEL, GRANT_CONSTRAINT_SOURCE_ARN,
    GRANT_CONSTRAINT_TYPE, GRANT_IS_FOR_AWS_RESOURCE, GRANT_OPERATIONS, GRANTEE_PRINCIPAL,
    GRANTEE_SERVICE_PRINCIPAL, KEY_AGREEMENT_ALGORITHM, KEY_ORIGIN, KEY_SPEC, KEY_USAGE,
    MAC_ALGORITHM, MESSAGE_TYPE, MULTI_REGION, MULTI_REGION_KEY_TYPE, PRIMARY_REGION,
    RE_ENCRYPT_ON_SAME_KEY, RECIPIENT_ATTESTATION, REPLICA_REGION, REQUEST_ALIAS, REQUEST_TAG,
    RESOURCE_ALIASES, RESOURCE_TAG, RETIRING_PRINCIPAL, RETIRING_SERVICE_PRINCIPAL,
    ROTATION_PERIOD_IN_DAYS, SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS, SIGNING_ALGORITHM,
    TAG_KEYS, TRAILING_DAYS_WITHOUT_KEY_USAGE, VALID_TO, VIA_SERVICE, WRAPPING_ALGORITHM,
    WRAPPING_KEY_SPEC, is_list,
};
use super::facts::{KeyFacts, Parameters};
use super::layers::Subject;
use super::question::Question;

use crate::iam::Context;

/// Collects the keys that an action has.
struct Keys<'a> {
    context: Context,
    action: &'a Action,
    of_key: bool,
}

impl Keys<'_> {
    fn set(&mut self, key: ConditionKey, value: Option<impl ToString>) {
        if let Some(value) = value
            && self.context.keeps(key.name())
            && self.action.has(key, self.of_key)
        {
            self.context.set(key.name(), value.to_string());
        }
    }

    /// Sets a key with a name at its end.
    fn set_part(&mut self, key: ConditionKey, part: &str, value: &str) {
        if self.context.keeps_some(key.name()) && self.action.has(key, self.of_key) {
            self.context.set(&[key.name(), part].concat(), value);
        }
    }

    fn set_list(&mut self, key: ConditionKey, values: impl IntoIterator<Item = String>) {
        if self.context.keeps(key.name()) && self.action.has(key, self.of_key) {
            self.context.set_list(key.name(), values);
        }
    }
}

impl Question {
    /// The values of condition keys, named in lower case, that the request itself has: not those of its
    /// caller and its key.
    pub(crate) fn sent(&self, named: Arc<[String]>) -> Context {
        let mut keys = Keys {
            context: Context::only(named),
            action: &self.action,
            of_key: true,
        };
        of_request(self, &mut keys);
        keys.context
    }
}

/// The values of condition keys, named in lower case, of a request for an action on a key, or on no key,
/// in a Region.
pub(super) fn context(
    question: &Question,
    action: &Action,
    key: Option<&KeyFacts>,
    region: &str,
    named: Arc<[String]>,
) -> Context {
    let mut keys = Keys {
        context: Context::only(named),
        action,
        of_key: key.is_some(),
    };
    principal_keys(&question.subject, &mut keys.context);
    let has_region = !region.is_empty();
    if has_region {
        keys.context.set("aws:RequestedRegion", region);
    }
    let account = Some(&question.subject.actor.account).filter(|account| !account.is_empty());
    keys.set(CALLER_ACCOUNT, account);
    of_request(question, &mut keys);
    match key {
        Some(key) => of_key(key, &mut keys),
        None if action.name == "CreateKey" => of_new_key(&question.parameters, &mut keys),
        None => {}
    }
    let mut context = keys.context;
    for (name, values) in &question.context {
        set_key(&mut context, name, values.clone());
    }
    context
}

/// Sets a condition key, with its type by its name.
pub(crate) fn set_key(context: &mut Context, name: &str, values: Vec<String>) {
    if is_list(name) {
        context.set_list(name, values);
    } else {
        context.set_values(name, values);
    }
}

/// Sets the condition keys of a caller.
pub(crate) fn principal_keys(subject: &Subject, context: &mut Context) {
    let actor = &subject.actor;
    context.set(
        "aws:PrincipalIsAWSService",
        actor.service.is_some().to_string(),
    );
    if let Some(service) = &actor.service {
        context.set("aws:PrincipalServiceName", service.as_str());
        return;
    }
    context.set(
        "aws:PrincipalArn",
        actor.issuer_of_role().unwrap_or(&actor.arn),
    );
    context.set("aws:PrincipalAccount", actor.account.as_str());
    let kind = match actor
        .arn
        .split(':')
        .nth(5)
        .and_then(|part| part.split('/').next())
    {
        Some("assumed-role") => "AssumedRole",
        Some("federated-user") => "FederatedUser",
        Some("user") => "User",
        _ => "Account",
    };
    context.set("aws:PrincipalType", kind);
    if kind == "User"
        && let Some(name) = actor.arn.rsplit('/').next()
    {
        context.set("aws:username", name);
    }
    if let Some(id) = &actor.user_id {
        context.set("aws:userid", id.as_str());
    }
    if let Some(identity) = &subject.source_identity {
        context.set("aws:SourceIdentity", identity.as_str());
    }
    if let Some(organization) = &subject.organization {
        context.set("aws:PrincipalOrgID", organization.as_str());
    }
    for (key, value) in &subject.tags {
        context.set(&format!("aws:PrincipalTag/{key}"), value.as_str());
    }
}

fn of_request(question: &Question, keys: &mut Keys<'_>) {
    of_sender(question, &mut keys.context);
    of_parameters(question, keys);
    of_cryptography(question, keys);
    of_grant(question, keys);
}

fn of_sender(question: &Question, context: &mut Context) {
    if let Some(at) = question.at {
        context.set_with("aws:CurrentTime", || at.seconds_text());
        context.set_with("aws:EpochTime", || (at.millis() / 1000).to_string());
        // AWS has no other endpoints.
        context.set("aws:SecureTransport", "true");
    }
    if let Some(user_agent) = &question.user_agent {
        context.set("aws:UserAgent", user_agent.as_str());
    }
    context.set_with("aws:ViaAWSService", || {
        question.via_service.is_some().to_string()
    });
    if let Some(service) = &question.via_service {
        let service = service.split('.').next().unwrap_or_default();
        let service = format!("{service}.amazonaws.com");
        context.set_list("aws:CalledVia", [service.clone()]);
        context.set("aws:CalledViaFirst", service.as_str());
        context.set("aws:CalledViaLast", service);
    }
    match (&question.source_ip, question.address) {
        (Some(text), _) => context.set("aws:SourceIp", text.as_str()),
        (None, Some(address)) => context.set_with("aws:SourceIp", || address.to_string()),
        (None, None) => {}
    }
    if let Some(arn) = &question.source_arn {
        context.set("aws:SourceArn", arn.as_str());
    }
}

fn of_parameters(question: &Question, keys: &mut Keys<'_>) {
    let parameters = &question.parameters;
    keys.set(VIA_SERVICE, question.via_service.as_ref());
    keys.set(REQUEST_ALIAS, question.request_alias());
    for tag in &parameters.tags {
        keys.set_part(REQUEST_TAG, &tag.tag_key, &tag.tag_value);
    }
    let tagged = parameters.tags.iter().map(|tag| tag.tag_key.clone());
    keys.set_list(TAG_KEYS, tagged.chain(parameters.tag_keys.iter().cloned()));
    let bypass = parameters.bypass_policy_lockout_safety_check;
    keys.set(BYPASS_POLICY_LOCKOUT_SAFETY_CHECK, bypass);
    keys.set(EXPIRATION_MODEL, parameters.expiration_model.as_ref());
    keys.set(VALID_TO, parameters.valid_to.as_ref());
    keys.set(WRAPPING_ALGORITHM, parameters.wrapping_algorithm.as_ref());
    keys.set(WRAPPING_KEY_SPEC, parameters.wrapping_key_spec.as_ref());
    keys.set(REPLICA_REGION, parameters.replica_region.as_ref());
    keys.set(PRIMARY_REGION, parameters.primary_region.as_ref());
    keys.set(ROTATION_PERIOD_IN_DAYS, parameters.rotation_period_in_days);
    let window = SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS;
    keys.set(window, parameters.pending_window_in_days);
    keys.set(
        TRAILING_DAYS_WITHOUT_KEY_USAGE,
        question.days_since_last_use,
    );
}

fn of_cryptography(question: &Question, keys: &mut Keys<'_>) {
    let parameters = &question.parameters;
    // A default that is not sent counts (documented).
    let algorithm = parameters.encryption_algorithm.as_deref();
    keys.set(
        ENCRYPTION_ALGORITHM,
        algorithm.or(Some("SYMMETRIC_DEFAULT")),
    );
    keys.set(DATA_KEY_PAIR_SPEC, parameters.key_pair_spec.as_ref());
    keys.set(SIGNING_ALGORITHM, parameters.signing_algorithm.as_ref());
    keys.set(MESSAGE_TYPE, parameters.message_type.as_ref());
    keys.set(MAC_ALGORITHM, parameters.mac_algorithm.as_ref());
    let agreement = parameters.key_agreement_algorithm.as_ref();
    keys.set(KEY_AGREEMENT_ALGORITHM, agreement);
    if let (Some(source), Some(destination)) = (&question.source_key, &question.destination_key) {
        keys.set(RE_ENCRYPT_ON_SAME_KEY, Some(source == destination));
    }
    let pairs = match question.constraints(keys.action.name) {
        Some(constraints) => constraints.pairs(),
        None => &question.encryption_context,
    };
    for (key, value) in pairs {
        keys.set_part(ENCRYPTION_CONTEXT, key, value);
    }
    keys.set_list(ENCRYPTION_CONTEXT_KEYS, pairs.keys().cloned());
    for (register, value) in &question.attestation {
        let value = value.to_ascii_lowercase();
        keys.set_part(RECIPIENT_ATTESTATION, register, &value);
        if register == "PCR0" {
            keys.set_part(RECIPIENT_ATTESTATION, "ImageSha384", &value);
        }
    }
}

fn of_grant(question: &Question, keys: &mut Keys<'_>) {
    let parameters = &question.parameters;
    keys.set(
        GRANT_IS_FOR_AWS_RESOURCE,
        question.grant_is_for_aws_resource,
    );
    keys.set_list(GRANT_OPERATIONS, parameters.operations.iter().cloned());
    keys.set(GRANTEE_PRINCIPAL, parameters.grantee_principal.as_ref());
    let grantee = parameters.grantee_service_principal.as_ref();
    keys.set(GRANTEE_SERVICE_PRINCIPAL, grantee);
    keys.set(RETIRING_PRINCIPAL, parameters.retiring_principal.as_ref());
    let retiring = parameters.retiring_service_principal.as_ref();
    keys.set(RETIRING_SERVICE_PRINCIPAL, retiring);
    if let Some(constraints) = question.constraints(keys.action.name) {
        keys.set(GRANT_CONSTRAINT_TYPE, constraints.kind());
        keys.set(GRANT_CONSTRAINT_SOURCE_ARN, constraints.source_arn.as_ref());
    }
}

/// A property that is not known is empty.
fn of_key(key: &KeyFacts, keys: &mut Keys<'_>) {
    let known = |text: &'_ String| (!text.is_empty()).then(|| text.clone());
    keys.set(KEY_SPEC, known(&key.spec));
    keys.set(CUSTOMER_MASTER_KEY_SPEC, known(&key.spec));
    keys.set(KEY_USAGE, known(&key.usage));
    keys.set(CUSTOMER_MASTER_KEY_USAGE, known(&key.usage));
    keys.set(KEY_ORIGIN, known(&key.origin));
    keys.set(MULTI_REGION, key.multi_region);
    keys.set(MULTI_REGION_KEY_TYPE, key.multi_region_type.as_ref());
    keys.set_list(RESOURCE_ALIASES, key.aliases.iter().cloned());
    for (name, value) in &key.tags {
        keys.set_part(RESOURCE_TAG, name, value);
    }
}

/// The key that `CreateKey` would create. Defaults that are not sent count (documented).
fn of_new_key(parameters: &Parameters, keys: &mut Keys<'_>) {
    let spec = parameters
        .key_spec
        .as_ref()
        .or(parameters.customer_master_key_spec.as_ref());
    let multi_region = parameters.multi_region.unwrap_or_default();
    keys.set(
        KEY_SPEC,
        Some(spec.map_or("SYMMETRIC_DEFAULT", String::as_str)),
    );
    keys.set(
        KEY_USAGE,
        Some(parameters.key_usage.as_deref().unwrap_or("ENCRYPT_DECRYPT")),
    );
    keys.set(
        KEY_ORIGIN,
        Some(parameters.origin.as_deref().unwrap_or("AWS_KMS")),
    );
    keys.set(MULTI_REGION, Some(multi_region));
    keys.set(MULTI_REGION_KEY_TYPE, multi_region.then_some("PRIMARY"));
}
