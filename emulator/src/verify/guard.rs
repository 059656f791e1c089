//! What is never sent to AWS, and what an endpoint cannot play.

use std::sync::LazyLock;

use serde_json::Value;

use super::Reason;
use crate::api::Region;
use crate::cases::{self, Call, Named, Request, Step};

/// The tag of each key that a run makes on AWS. Its value is the id of the run.
pub(super) const TAG: &str = "kms-emulator-verify";

/// Operations whose answer lists all resources of an account.
const LISTS: [&str; 2] = ["ListAliases", "ListKeys"];

/// Where cases are played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Aws,
    /// A Simulated KMS, whose clock can be moved and whose background work can take a certain time.
    Controlled,
    Other,
}

/// What can be played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abilities {
    pub(super) place: Place,
    /// There is a caller of another account.
    pub(super) has_other: bool,
    /// A case finds no resources in its account.
    pub(super) is_empty: bool,
    pub(super) partition: &'static str,
}

impl Abilities {
    /// Those of AWS in a Region.
    pub(crate) fn of_aws(region: &str, has_other: bool) -> Self {
        Self {
            place: Place::Aws,
            has_other,
            is_empty: false,
            partition: partition(region),
        }
    }
}

/// The partition of a Region.
pub(super) fn partition(region: &str) -> &'static str {
    Region::parse(region).map_or("aws", |region| region.partition())
}

/// Why a case cannot be played, before anything of it is sent.
pub(super) fn check(named: &Named, abilities: &Abilities) -> Option<Reason> {
    let case = &named.case;
    if case.transition_time.is_some() && abilities.place != Place::Controlled {
        return Some(Reason::TransitionTime);
    }
    let is_advance = |step: &Step| matches!(step, Step::Advance(_));
    if case.setup.iter().any(is_advance) && abilities.place != Place::Controlled {
        return Some(Reason::Clock);
    }
    let calls = || calls(named);
    if !abilities.has_other && calls().any(|call| call.account.is_some()) {
        return Some(Reason::SecondAccount);
    }
    let lists = |call: &Call| {
        let is_whole = call.input.get("KeyId").is_none();
        LISTS.contains(&call.operation.as_str()) && is_whole
    };
    if !abilities.is_empty && case.expect.status == 200 && calls().any(lists) {
        return Some(Reason::EmptyAccount);
    }
    if abilities.place != Place::Aws {
        return None;
    }
    if calls().any(|call| call.region.is_some()) {
        return Some(Reason::Region);
    }
    if abilities.partition != "aws" && named.file.to_string().contains("arn:aws:") {
        return Some(Reason::Partition);
    }
    if calls().any(|call| call.operation == "ListResourceTags") {
        return Some(Reason::Tags);
    }
    // Whether an id without variables is of this run is known when it is sent.
    let is_ours = |text: &str| text.contains("${") || !text.starts_with("alias/");
    calls().find_map(|call| refusal(&call.operation, &call.input, "${account}", is_ours))
}

/// The calls of a case, in order.
pub(super) fn calls(named: &Named) -> impl Iterator<Item = &Call> {
    let setup = named.case.setup.iter().filter_map(|step| match step {
        Step::Call(call) => Some(call),
        Step::Advance(_) => None,
    });
    let tested = match &named.case.request {
        Request::Call(call) => Some(call),
        Request::Http(_) => None,
    };
    setup.chain(tested)
}

/// The operations of all requests of a case, in order. That of a request without a target has no name.
pub(super) fn operations(named: &Named) -> impl Iterator<Item = &str> {
    let raw = match &named.case.request {
        Request::Http(http) => Some(operation(http.target.as_deref().unwrap_or_default())),
        Request::Call(_) => None,
    };
    calls(named).map(|call| call.operation.as_str()).chain(raw)
}

/// The operation of a header `X-Amz-Target`.
pub(super) fn operation(target: &str) -> &str {
    target.rsplit('.').next().unwrap_or_default().trim()
}

/// Whether an operation changes nothing.
pub(super) fn is_reading(operation: &str) -> bool {
    ["Describe", "Get", "List", "GenerateRandom"]
        .iter()
        .any(|start| operation.starts_with(start))
}

/// Whether the cases of this program have an id, so that no key has it.
pub(super) fn is_of_program(id: &str) -> bool {
    static CASES: LazyLock<String> = LazyLock::new(|| {
        let cases = cases::embedded().unwrap_or_default();
        cases.iter().map(|named| named.file.to_string()).collect()
    });
    CASES.contains(id)
}

/// Why a call is not sent to AWS. `account` is that of the run, and `is_ours` says whether an alias or a key
/// belongs to the run.
pub(super) fn refusal(
    operation: &str,
    input: &Value,
    account: &str,
    is_ours: impl Fn(&str) -> bool,
) -> Option<Reason> {
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let is_about_stores = operation.contains("CustomKeyStore")
        || input.get("CustomKeyStoreId").is_some()
        || matches!(text("Origin"), Some("AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE"));
    if is_about_stores {
        return Some(Reason::CustomKeyStore);
    }
    // A replica would need to be deleted in its own Region.
    if matches!(operation, "ReplicateKey" | "UpdatePrimaryRegion") {
        return Some(Reason::Region);
    }
    let bypasses = input.get("BypassPolicyLockoutSafetyCheck");
    if bypasses.is_some_and(|value| *value != Value::Bool(false))
        || text("Policy").is_some_and(|policy| !is_safe(policy, account))
    {
        return Some(Reason::LockOut);
    }
    if is_reading(operation) {
        return None;
    }
    let alias = text("AliasName").filter(|name| name.starts_with("alias/"));
    let alias = alias.filter(|name| !name.starts_with("alias/aws/"));
    let resources = ["KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId"];
    let resources = resources.into_iter().filter_map(text);
    let mut foreign = alias.into_iter().chain(resources);
    foreign
        .any(|resource| !is_ours(resource))
        .then_some(Reason::Foreign)
}

/// Whether a policy leaves the account all permissions. What is not a policy is refused by AWS.
fn is_safe(text: &str, account: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<Value>(text) else {
        return !has_statement(text);
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
        None => return !has_statement(text),
    };
    let is = |statement: &Value, name: &str, value: &str| {
        statement.get(name).and_then(Value::as_str) == Some(value)
    };
    let denies = |statement: &Value| !is(statement, "Effect", "Allow");
    let allows_all = |statement: &Value| {
        let principal = statement
            .get("Principal")
            .map_or_else(String::new, Value::to_string);
        is(statement, "Action", "kms:*")
            && is(statement, "Resource", "*")
            && statement.get("Condition").is_none()
            && principal.contains(&format!("::{account}:root\""))
    };
    !statements.iter().any(denies) && statements.iter().any(allows_all)
}

/// Whether AWS could find a statement where this program finds none.
fn has_statement(text: &str) -> bool {
    text.to_ascii_lowercase().contains("statement")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(operation: &str, input: &Value) -> Option<Reason> {
        refusal(operation, input, "1", |text| text.contains("ours"))
    }

    #[test]
    fn nothing_that_locks_out_costs_or_belongs_to_others_is_sent_to_aws() {
        let open = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},
                      "Action":"kms:*","Resource":"*"}}"#;
        let closed = open.replace(":root", ":user/u");
        let of_another = open.replace("::1:", "::2:");
        let lower_case = closed.replace("Statement", "statement");
        let denying = format!(r#"{{"Statement":[{{"Effect":"Deny"}},{}"#, &open[13..]);
        let denying = denying.replace("}}", "}]}");
        for (operation, input, expected) in [
            ("CreateKey", json!({}), None),
            ("CreateKey", json!({ "Policy": open }), None),
            ("CreateKey", json!({ "Policy": "not JSON" }), None),
            (
                "CreateKey",
                json!({ "Policy": closed }),
                Some(Reason::LockOut),
            ),
            (
                "CreateKey",
                json!({ "Policy": of_another }),
                Some(Reason::LockOut),
            ),
            (
                "CreateKey",
                json!({ "Policy": lower_case }),
                Some(Reason::LockOut),
            ),
            (
                "CreateKey",
                json!({ "Policy": format!("{closed},") }),
                Some(Reason::LockOut),
            ),
            (
                "PutKeyPolicy",
                json!({ "KeyId": "ours", "Policy": denying }),
                Some(Reason::LockOut),
            ),
            (
                "CreateKey",
                json!({ "BypassPolicyLockoutSafetyCheck": true }),
                Some(Reason::LockOut),
            ),
            (
                "CreateKey",
                json!({ "Origin": "AWS_CLOUDHSM" }),
                Some(Reason::CustomKeyStore),
            ),
            (
                "CreateCustomKeyStore",
                json!({}),
                Some(Reason::CustomKeyStore),
            ),
            (
                "ReplicateKey",
                json!({ "KeyId": "ours" }),
                Some(Reason::Region),
            ),
            ("DisableKey", json!({ "KeyId": "ours" }), None),
            (
                "DisableKey",
                json!({ "KeyId": "theirs" }),
                Some(Reason::Foreign),
            ),
            ("DescribeKey", json!({ "KeyId": "theirs" }), None),
            (
                "DeleteAlias",
                json!({ "AliasName": "alias/theirs" }),
                Some(Reason::Foreign),
            ),
            ("DeleteAlias", json!({ "AliasName": "alias/ours" }), None),
            ("DeleteAlias", json!({ "AliasName": "alias/aws/s3" }), None),
        ] {
            assert_eq!(refused(operation, &input), expected, "{operation} {input}");
        }
    }
    #[test]
    fn ids_of_the_cases_are_known_and_others_are_not() {
        assert!(is_of_program("00000000-1111-4222-8333-444444444444"));
        assert!(!is_of_program("9f8e7d6c-5b4a-4039-a8b7-c6d5e4f3a2b1"));
    }
}
