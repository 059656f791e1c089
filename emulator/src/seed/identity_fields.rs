//! The fields of an identity, and which kinds of identities have them.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{FieldPath, Problem};
use super::format;
use super::identity_policy::{self, Kind};
use crate::auth::InlinePolicy;
use crate::iam::{PrincipalArn, PrincipalResource};
use crate::tag::Tag;

/// AWS's quotas.
const MAX_TAGS: usize = 50;
const MAX_TAG_KEY: usize = 128;
const MAX_TAG_VALUE: usize = 256;

/// Checks that an identity has only fields that AWS has for its kind.
pub(super) fn check_fields(
    seed: &format::Identity,
    arn: Option<&PrincipalArn<'_>>,
    path: &FieldPath,
) -> Result<(), Problem> {
    use PrincipalResource::{FederatedUser, Role, User};
    let resource = arn.map(|arn| arn.resource);
    let (is_user, is_role) = (resource == Some(User), resource == Some(Role));
    let has_policies = is_user || is_role || resource == Some(FederatedUser);
    let (any, own, role) = (
        "a user, a role or a federated user",
        "a user or a role",
        "a role",
    );
    for (field, is_set, is_allowed, kinds) in [
        ("policies", !seed.policies.is_empty(), has_policies, any),
        (
            "managed_policies",
            !seed.managed_policies.is_empty(),
            has_policies,
            any,
        ),
        ("tags", seed.tags.is_some(), has_policies, any),
        (
            "unique_id",
            seed.unique_id.is_some(),
            is_user || is_role,
            own,
        ),
        (
            "permissions_boundary",
            seed.permissions_boundary.is_some(),
            is_user || is_role,
            own,
        ),
        ("trust_policy", seed.trust_policy.is_some(), is_role, role),
        (
            "max_session_duration",
            seed.max_session_duration.is_some(),
            is_role,
            role,
        ),
    ] {
        if is_set && !is_allowed {
            return Err(path
                .member(field)
                .invalid(format!("allowed only for {kinds}")));
        }
    }
    match seed.max_session_duration {
        Some(seconds) if !(3600..=43200).contains(&seconds) => {
            let field = path.member("max_session_duration");
            Err(field.invalid("expected 3600 to 43200 seconds"))
        }
        _ => Ok(()),
    }
}

/// The inline policies of an identity.
pub(super) fn inline_policies(
    seed: &format::Identity,
    kind: Kind,
    path: &FieldPath,
) -> Result<Vec<InlinePolicy>, Problem> {
    let mut policies: Vec<InlinePolicy> = Vec::new();
    let mut size = 0;
    for (index, policy) in seed.policies.iter().enumerate() {
        let path = path.member("policies").at(index);
        let field = path.member("name");
        if !identity_policy::is_name(&policy.name) {
            return Err(field.invalid("expected 1 to 128 letters, digits and _+=,.@-"));
        }
        if policies.iter().any(|other| other.name == policy.name) {
            return Err(field.invalid("duplicate policy"));
        }
        let text = &policy.document.0;
        size += identity_policy::check(text, kind, &path.member("document"))?;
        kind.check_size(size, &path.member("document"))?;
        policies.push(InlinePolicy {
            name: policy.name.clone(),
            document: text.clone(),
        });
    }
    Ok(policies)
}

/// The tags of an identity.
pub(super) fn tags(
    seed: &format::Identity,
    path: &FieldPath,
) -> Result<BTreeMap<String, String>, Problem> {
    let field = path.member("tags");
    let mut tags = BTreeMap::new();
    let mut keys = BTreeSet::new();
    for Tag { tag_key, tag_value } in seed.tags.iter().flat_map(|tags| &tags.0) {
        let fits = |text: &str, max: usize| text.chars().count() <= max;
        if tag_key.is_empty() || !fits(tag_key, MAX_TAG_KEY) || !fits(tag_value, MAX_TAG_VALUE) {
            let message = "a key has 1 to 128 characters, and a value up to 256";
            return Err(field.invalid(message));
        }
        if !keys.insert(tag_key.to_lowercase()) {
            return Err(field.invalid("duplicate tag key; keys ignore case"));
        }
        tags.insert(tag_key.clone(), tag_value.clone());
    }
    if tags.len() > MAX_TAGS {
        return Err(field.invalid(format!("at most {MAX_TAGS} are possible")));
    }
    Ok(tags)
}
