//! The console: a page for people, which uses nothing but KMS and the control plane.
//!
//! It is on where the control plane is on. Its files are static, and contain no secret. The page
//! sends the header of the control plane with each request, so it may do what its user may do.

use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Response};

use super::body::ResponseBody;
use super::{ControlAccess, welcome};

/// No inline code, nothing from elsewhere, no page around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (VARY, "Accept"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

const FOLDER: &str = "/console/";
const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
const INDEX: &str = include_str!("../../console/index.html");

/// The files by name, with their types.
const FILES: &[(&str, &str, &str)] = &[
    (
        "actions.mjs",
        SCRIPT,
        include_str!("../../console/actions.mjs"),
    ),
    (
        "answer.mjs",
        SCRIPT,
        include_str!("../../console/answer.mjs"),
    ),
    ("app.mjs", SCRIPT, include_str!("../../console/app.mjs")),
    ("bytes.mjs", SCRIPT, include_str!("../../console/bytes.mjs")),
    (
        "call-table.mjs",
        SCRIPT,
        include_str!("../../console/call-table.mjs"),
    ),
    (
        "code-view.mjs",
        SCRIPT,
        include_str!("../../console/code-view.mjs"),
    ),
    ("code.mjs", SCRIPT, include_str!("../../console/code.mjs")),
    (
        "control.mjs",
        SCRIPT,
        include_str!("../../console/control.mjs"),
    ),
    ("html.mjs", SCRIPT, include_str!("../../console/html.mjs")),
    (
        "key-wrap.mjs",
        SCRIPT,
        include_str!("../../console/key-wrap.mjs"),
    ),
    ("kms.mjs", SCRIPT, include_str!("../../console/kms.mjs")),
    (
        "location.mjs",
        SCRIPT,
        include_str!("../../console/location.mjs"),
    ),
    ("parts.mjs", SCRIPT, include_str!("../../console/parts.mjs")),
    (
        "session.mjs",
        SCRIPT,
        include_str!("../../console/session.mjs"),
    ),
    ("sigv4.mjs", SCRIPT, include_str!("../../console/sigv4.mjs")),
    ("style.css", STYLE, include_str!("../../console/style.css")),
    (
        "try-forms.mjs",
        SCRIPT,
        include_str!("../../console/try-forms.mjs"),
    ),
    (
        "vendor/hooks.mjs",
        SCRIPT,
        include_str!("../../console/vendor/hooks.mjs"),
    ),
    (
        "vendor/htm.mjs",
        SCRIPT,
        include_str!("../../console/vendor/htm.mjs"),
    ),
    (
        "vendor/licences.txt",
        PLAIN,
        include_str!("../../console/vendor/licences.txt"),
    ),
    (
        "vendor/preact.mjs",
        SCRIPT,
        include_str!("../../console/vendor/preact.mjs"),
    ),
    (
        "views/call.mjs",
        SCRIPT,
        include_str!("../../console/views/call.mjs"),
    ),
    (
        "views/caller.mjs",
        SCRIPT,
        include_str!("../../console/views/caller.mjs"),
    ),
    (
        "views/calls.mjs",
        SCRIPT,
        include_str!("../../console/views/calls.mjs"),
    ),
    (
        "views/clock.mjs",
        SCRIPT,
        include_str!("../../console/views/clock.mjs"),
    ),
    (
        "views/coverage.mjs",
        SCRIPT,
        include_str!("../../console/views/coverage.mjs"),
    ),
    (
        "views/create-key.mjs",
        SCRIPT,
        include_str!("../../console/views/create-key.mjs"),
    ),
    (
        "views/faults.mjs",
        SCRIPT,
        include_str!("../../console/views/faults.mjs"),
    ),
    (
        "views/key-aliases.mjs",
        SCRIPT,
        include_str!("../../console/views/key-aliases.mjs"),
    ),
    (
        "views/key-general.mjs",
        SCRIPT,
        include_str!("../../console/views/key-general.mjs"),
    ),
    (
        "views/key-grants.mjs",
        SCRIPT,
        include_str!("../../console/views/key-grants.mjs"),
    ),
    (
        "views/key-material.mjs",
        SCRIPT,
        include_str!("../../console/views/key-material.mjs"),
    ),
    (
        "views/key-policy.mjs",
        SCRIPT,
        include_str!("../../console/views/key-policy.mjs"),
    ),
    (
        "views/key-public.mjs",
        SCRIPT,
        include_str!("../../console/views/key-public.mjs"),
    ),
    (
        "views/key-regions.mjs",
        SCRIPT,
        include_str!("../../console/views/key-regions.mjs"),
    ),
    (
        "views/key-rotation.mjs",
        SCRIPT,
        include_str!("../../console/views/key-rotation.mjs"),
    ),
    (
        "views/key-tags.mjs",
        SCRIPT,
        include_str!("../../console/views/key-tags.mjs"),
    ),
    (
        "views/key.mjs",
        SCRIPT,
        include_str!("../../console/views/key.mjs"),
    ),
    (
        "views/keys.mjs",
        SCRIPT,
        include_str!("../../console/views/keys.mjs"),
    ),
    (
        "views/snapshots.mjs",
        SCRIPT,
        include_str!("../../console/views/snapshots.mjs"),
    ),
    (
        "views/try-it.mjs",
        SCRIPT,
        include_str!("../../console/views/try-it.mjs"),
    ),
    ("words.mjs", SCRIPT, include_str!("../../console/words.mjs")),
];

/// The response to a request for the console. `None` for other requests, and where the console is off.
pub(super) fn response(head: &Parts, access: &ControlAccess) -> Option<Response<ResponseBody>> {
    if !matches!(head.method, Method::GET | Method::HEAD) || !access.serves_page(head) {
        return None;
    }
    let (content_type, content) = match head.uri.path().strip_prefix(FOLDER) {
        Some(name) => {
            let mut files = FILES.iter();
            let (_, content_type, content) = files.find(|(other, ..)| *other == name)?;
            (*content_type, *content)
        }
        None if welcome::is_for(head) && welcome::accepts_html(head) => (HTML, INDEX),
        None => return None,
    };
    let mut response = Response::new(ResponseBody::complete(content));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The folder also has type declarations and the lock file, which only tests need.
    #[test]
    fn every_file_of_the_console_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("console");
        let mut found = BTreeSet::new();
        for (prefix, folder) in [
            ("", folder.clone()),
            ("vendor/", folder.join("vendor")),
            ("views/", folder.join("views")),
        ] {
            for entry in fs::read_dir(folder).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let is_served = [".css", ".mjs", ".txt"]
                    .iter()
                    .any(|extension| name.ends_with(extension));
                if is_served {
                    found.insert(format!("{prefix}{name}"));
                }
            }
        }
        let served: BTreeSet<_> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(served, found);
        // Files that are loaded at once, so that the browser does not find them one after the other.
        for (name, content_type, _) in FILES {
            if *content_type == SCRIPT {
                let link = format!("href=\"/console/{name}\"");
                assert!(
                    INDEX.contains(&link) || INDEX.contains(&link.replace("href", "src")),
                    "{name}"
                );
            }
        }
    }
}
