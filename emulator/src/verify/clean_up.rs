//! Removes what a run left that broke off.

use serde_json::{Value, json};

use super::guard::TAG;
use super::player::PENDING_DAYS;
use crate::remote::Remote;

/// The most pages of a list. An account has at most 100,000 keys, and a page has 1000 of them.
const MAX_PAGES: usize = 1000;

/// What was done and what was not, one line for each call or key.
#[derive(Debug, Default)]
pub(crate) struct CleanedUp {
    pub(crate) done: Vec<String>,
    pub(crate) failed: Vec<String>,
}

/// Deletes the aliases and grants of the keys that have the tag of a run, and schedules the deletion of
/// the keys. A call that fails does not end it.
///
/// # Errors
///
/// The keys cannot be listed.
pub(crate) fn clean_up(remote: &Remote, run: &str) -> Result<CleanedUp, String> {
    let mut cleaned = CleanedUp::default();
    for key in list(remote, "ListKeys", &json!({ "Limit": 1000 }), "Keys")? {
        let id = key.get("KeyId").cloned().unwrap_or_default();
        let removed = cleaned.remove(remote, &id, run);
        cleaned.failed.extend(removed.err());
    }
    Ok(cleaned)
}

impl CleanedUp {
    /// Removes a key, if it has the tag of the run.
    fn remove(&mut self, remote: &Remote, id: &Value, run: &str) -> Result<(), String> {
        let of_key = json!({ "KeyId": id });
        if !has_tag(remote, &of_key, run)? {
            return Ok(());
        }
        let metadata = call(remote, "DescribeKey", &of_key)?;
        let state = metadata.pointer("/KeyMetadata/KeyState");
        let is_pending = state.and_then(Value::as_str) == Some("PendingDeletion");
        for alias in list(remote, "ListAliases", &of_key, "Aliases")? {
            let input = json!({ "AliasName": alias.get("AliasName") });
            self.call(remote, "DeleteAlias", &input);
        }
        if is_pending {
            return Ok(());
        }
        for grant in list(remote, "ListGrants", &of_key, "Grants")? {
            let input = json!({ "KeyId": id, "GrantId": grant.get("GrantId") });
            self.call(remote, "RevokeGrant", &input);
        }
        let input = json!({ "KeyId": id, "PendingWindowInDays": PENDING_DAYS });
        self.call(remote, "ScheduleKeyDeletion", &input);
        Ok(())
    }

    fn call(&mut self, remote: &Remote, operation: &str, input: &Value) {
        match call(remote, operation, input) {
            Ok(_) => self.done.push(format!("{operation} {input}")),
            Err(why) => self.failed.push(why),
        }
    }
}

/// Whether a key has the tag of a run. The tags of AWS managed keys cannot be listed.
fn has_tag(remote: &Remote, of_key: &Value, run: &str) -> Result<bool, String> {
    let output = match call(remote, "ListResourceTags", of_key) {
        Ok(output) => output,
        Err(why) => {
            let key = call(remote, "DescribeKey", of_key).unwrap_or_default();
            let is_of_aws = key.pointer("/KeyMetadata/KeyManager") == Some(&"AWS".into());
            return if is_of_aws { Ok(false) } else { Err(why) };
        }
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
