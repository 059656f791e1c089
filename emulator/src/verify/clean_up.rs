//! Removes what a run left that broke off.

use serde_json::{Value, json};

use super::guard::TAG;
use super::player::PENDING_DAYS;
use crate::remote::Remote;

/// The most pages of a list. An account has at most 100,000 keys, and a page has 1000 of them.
const MAX_PAGES: usize = 1000;

/// Deletes the aliases and grants of the keys that have the tag of a run, and schedules the deletion of
/// the keys. Returns what was done, one line for each.
///
/// # Errors
///
/// A call failed. What was done before stays done.
pub(crate) fn clean_up(remote: &Remote, run: &str) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    for key in list(remote, "ListKeys", &json!({ "Limit": 1000 }), "Keys")? {
        let id = key.get("KeyId").cloned().unwrap_or_default();
        let of_key = json!({ "KeyId": id });
        if !has_tag(remote, &of_key, run)? {
            continue;
        }
        let metadata = call(remote, "DescribeKey", &of_key)?;
        let state = metadata.pointer("/KeyMetadata/KeyState");
        let is_pending = state.and_then(Value::as_str) == Some("PendingDeletion");
        for alias in list(remote, "ListAliases", &of_key, "Aliases")? {
            let input = json!({ "AliasName": alias.get("AliasName") });
            call(remote, "DeleteAlias", &input)?;
            done.push(format!("DeleteAlias {input}"));
        }
        if is_pending {
            continue;
        }
        for grant in list(remote, "ListGrants", &of_key, "Grants")? {
            let input = json!({ "KeyId": id, "GrantId": grant.get("GrantId") });
            call(remote, "RevokeGrant", &input)?;
            done.push(format!("RevokeGrant {input}"));
        }
        let input = json!({ "KeyId": id, "PendingWindowInDays": PENDING_DAYS });
        call(remote, "ScheduleKeyDeletion", &input)?;
        done.push(format!("ScheduleKeyDeletion {input}"));
    }
    Ok(done)
}

/// Whether a key has the tag of a run. The tags of AWS managed keys cannot be listed.
fn has_tag(remote: &Remote, of_key: &Value, run: &str) -> Result<bool, String> {
    let answer = remote.call("ListResourceTags", of_key.to_string().as_bytes());
    let answer = answer.map_err(|error| format!("ListResourceTags: {error}"))?;
    let Some(output) = answer.json().filter(|_| answer.status == 200) else {
        return Ok(false);
    };
    let tag = json!({ "TagKey": TAG, "TagValue": run });
    let tags = output.get("Tags").and_then(Value::as_array);
    Ok(tags.is_some_and(|tags| tags.contains(&tag)))
}

/// All elements of a list.
fn list(
    remote: &Remote,
    operation: &str,
    input: &Value,
    member: &str,
) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    let mut input = input.clone();
    for _ in 0..MAX_PAGES {
        let page = call(remote, operation, &input)?;
        let elements = page.get(member).and_then(Value::as_array);
        all.extend(elements.into_iter().flatten().cloned());
        let (Some(marker), Some(members)) = (page.get("NextMarker"), input.as_object_mut()) else {
            return Ok(all);
        };
        members.insert("Marker".to_owned(), marker.clone());
    }
    Err(format!("{operation}: more than {MAX_PAGES} pages"))
}

fn call(remote: &Remote, operation: &str, input: &Value) -> Result<Value, String> {
    let answer = remote.call(operation, input.to_string().as_bytes());
    let answer = answer.map_err(|error| format!("{operation}: {error}"))?;
    let body = answer.json().unwrap_or_default();
    match answer.status {
        200 => Ok(body),
        status => Err(format!("{operation} {input}: HTTP {status} {body}")),
    }
}
