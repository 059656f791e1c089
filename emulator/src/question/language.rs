//! Questions about the policy language alone: statements of an identity policy, and the values of
//! condition keys.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::Answer;
use super::form::Values;
use crate::authorization::{By, Decision, Layer, Verdict, set_key};
use crate::iam::{Actor, Clause, Context, Effect, Policy, Request, Template, is_address};

/// A question. Unknown members are about the question, and are ignored.
#[derive(Deserialize)]
struct Form {
    statements: Value,
    #[serde(default)]
    context: BTreeMap<String, Values>,
    request: Option<RequestForm>,
    /// The policy of the resource, in the caller's account.
    resource_policy: Option<Value>,
    #[serde(default)]
    caller: String,
    /// `ip`: the values must be addresses.
    context_type: Option<String>,
}

#[derive(Deserialize)]
struct RequestForm {
    action: String,
    resource: String,
}

pub(super) fn answer(question: &Value) -> Result<Answer, String> {
    let form = Form::deserialize(question).map_err(|error| error.to_string())?;
    let read = |name: &str, value: &Value| {
        Policy::read(value).map_err(|error| format!("{name}: {}", error.0))
    };
    let identity = read("statements", &form.statements)?;
    let resource = form.resource_policy.as_ref();
    let resource = resource
        .map(|value| read("resource_policy", value))
        .transpose()?;
    let values = form.context.values();
    if form.context_type.as_deref() == Some("ip")
        && !values
            .flat_map(|values| &values.0)
            .all(|value| is_address(value))
    {
        return Ok(Answer {
            decision: "error",
            message: None,
            error: Some("InvalidInput"),
            decided_by: None,
            matched: Vec::new(),
            missing_context: Vec::new(),
            through_service: None,
        });
    }
    let mut context = Context::default();
    for (name, Values(values)) in form.context {
        set_key(&mut context, &name, values);
    }
    let policies = [Some(&identity), resource.as_ref()];
    let (action, target) = match form.request {
        Some(request) => (request.action, request.resource),
        None => covered(policies.into_iter().flatten()),
    };
    let request = Request {
        action: &action,
        resource: &target,
        context: &context,
    };
    let actor = Actor::of_arn(&form.caller);
    let layers = [Layer::IdentityPolicy, Layer::ResourcePolicy];
    let layers: Vec<_> = layers.into_iter().zip(policies).collect();
    let mut missing = BTreeSet::new();
    let mut find = |effect: Effect| {
        let mut found = Vec::new();
        for (layer, policy) in &layers {
            let statements = policy.iter().flat_map(|policy| &policy.statements);
            for (index, statement) in statements.enumerate() {
                let names = *layer == Layer::IdentityPolicy
                    || statement
                        .principals
                        .as_ref()
                        .is_some_and(|clause| match effect {
                            Effect::Allow => clause.allows(&actor).is_some(),
                            Effect::Deny => clause.denies(&actor),
                        });
                if names && statement.effect == effect && statement.applies(&request, &mut missing)
                {
                    found.push(By::statement(*layer, index, statement));
                }
            }
        }
        found
    };
    let (denies, allows) = (find(Effect::Deny), find(Effect::Allow));
    let (verdict, matched) = match (denies.is_empty(), allows.is_empty()) {
        (false, _) => (Verdict::ExplicitDeny, denies),
        (true, false) => (Verdict::Allow, allows),
        (true, true) => (Verdict::ImplicitDeny, Vec::new()),
    };
    let silent = By::layer(Layer::IdentityPolicy);
    let decision = Decision {
        verdict,
        message: None,
        by: matched.first().cloned().unwrap_or(silent),
        matched,
        missing,
    };
    Ok(Answer::decided(decision, None))
}

/// An action and a resource that statements name without wildcards, or else any.
fn covered<'p>(policies: impl Iterator<Item = &'p Policy>) -> (String, String) {
    let is_plain = |text: &&str| !text.contains(['*', '?', '$']);
    let mut action = None;
    let mut resource = None;
    for statement in policies.flat_map(|policy| &policy.statements) {
        if let Clause::Is(actions) = &statement.actions {
            action = action.or_else(|| actions.iter().map(Template::as_str).find(is_plain));
        }
        if let Some(Clause::Is(resources)) = &statement.resources {
            resource = resource.or_else(|| resources.iter().map(Template::as_str).find(is_plain));
        }
    }
    let action = action.unwrap_or("svc:Act").to_owned();
    let resource = resource.unwrap_or("arn:aws:svc:us-east-1:000000000000:resource");
    (action, resource.to_owned())
}
