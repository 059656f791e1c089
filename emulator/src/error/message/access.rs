//! Refusals of authorization. Recorded, unless a comment says otherwise.

/// The resource in a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DeniedResource<'r> {
    /// An ARN, or `*`.
    Named(&'r str),
    /// A key of another account.
    Foreign,
    /// The new key of `CreateKey` with tags (quoted by users).
    New,
}

/// The reason in a refusal. A layer is named as in `session policy`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason<'r> {
    /// No policy of a layer allows it.
    Silent(&'r str),
    /// A policy denies it. The ARN is that of a managed policy.
    Denied(&'r str, Option<&'r str>),
    /// One text for a missing key of another account, a silent and a denying key policy (quoted by
    /// users).
    Unreachable,
}

/// The message of `AccessDeniedException`.
pub(crate) fn access_denied(
    user: &str,
    action: &str,
    resource: DeniedResource<'_>,
    reason: Reason<'_>,
) -> String {
    let resource = match resource {
        DeniedResource::Named(name) => format!(" on resource: {name}"),
        DeniedResource::Foreign => " on this resource".to_owned(),
        DeniedResource::New => String::new(),
    };
    let reason = match reason {
        Reason::Silent(layer) => format!("because no {layer} allows the {action} action"),
        Reason::Denied(layer, None) => format!("with an explicit deny in {} {layer}", article(layer)),
        Reason::Denied(layer, Some(arn)) => {
            format!("with an explicit deny in {} {layer}: {arn}", article(layer))
        }
        Reason::Unreachable => "because the resource does not exist in this Region, no \
            resource-based policies allow access, or a resource-based policy explicitly denies access"
            .to_owned(),
    };
    format!("User: {user} is not authorized to perform: {action}{resource} {reason}")
}

fn article(layer: &str) -> &'static str {
    if layer.starts_with('i') { "an" } else { "a" }
}
