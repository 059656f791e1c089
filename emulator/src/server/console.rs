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

/// The files by name, without the comments in the scripts. `build.rs` writes them.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("mjs") => SCRIPT,
        Some("css") => STYLE,
        _ => PLAIN,
    }
}

/// The response to a request for the console. `None` for other requests, and where the console is off.
pub(super) fn response(head: &Parts, access: &ControlAccess) -> Option<Response<ResponseBody>> {
    if !matches!(head.method, Method::GET | Method::HEAD) || !access.serves_page(head) {
        return None;
    }
    let (content_type, content) = match head.uri.path().strip_prefix(FOLDER) {
        Some(name) => {
            let mut files = FILES.iter();
            let (name, content) = files.find(|(other, _)| *other == name)?;
            (content_type(name), *content)
        }
        None if welcome::is_for(head) && welcome::accepts_html(head) => (HTML, INDEX),
        None => return None,
    };
    let mut response = Response::new(ResponseBody::complete(content.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that the browser does not find them one after the other.
    #[test]
    fn all_scripts_are_loaded_at_once() {
        let scripts = FILES
            .iter()
            .filter(|(name, _)| content_type(name) == SCRIPT);
        for (name, _) in scripts {
            let link = format!("href=\"/console/{name}\"");
            assert!(
                INDEX.contains(&link) || INDEX.contains(&link.replace("href", "src")),
                "{name}"
            );
        }
        assert!(FILES.iter().any(|(name, _)| *name == "style.css"));
    }

    #[test]
    fn scripts_have_no_comments_but_all_code() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("console");
        for (name, content) in FILES {
            let source = std::fs::read_to_string(folder.join(name)).unwrap();
            let mut lines = source.lines();
            for line in content.lines() {
                assert!(lines.any(|other| other == line), "{name}: {line}");
            }
            let is_own = content_type(name) == SCRIPT && !name.starts_with("vendor/");
            assert_eq!(is_own, content.len() < source.len(), "{name}");
            assert_eq!(
                source.matches("\nexport ").count(),
                content.matches("\nexport ").count() + usize::from(content.starts_with("export ")),
                "{name}"
            );
        }
    }
}
