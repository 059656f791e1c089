//! `GET /` for people: a page in a browser, plain text in a terminal. Requests of SDKs are signed or
//! have headers of AWS, so they never get it.

use hyper::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName,
    HeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, Response};

use super::ControlAccess;
use super::body::ResponseBody;
use super::convert::text;
use crate::AuthMode;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The page has no scripts or styles, and other pages cannot embed it.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (VARY, "Accept"),
];

/// Whether a request is a `GET /` that is not from an SDK. `ListBuckets` of S3 is a signed `GET /`.
pub(super) fn is_for(head: &Parts) -> bool {
    let from_sdk = |name: &HeaderName| name == AUTHORIZATION || name.as_str().starts_with("x-amz-");
    matches!(head.method, Method::GET | Method::HEAD)
        && head.uri.path() == "/"
        && head.uri.query().is_none()
        && !head.headers.keys().any(from_sdk)
}

pub(super) fn accepts_html(head: &Parts) -> bool {
    text(&head.headers, &ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

pub(super) fn page(
    head: &Parts,
    is_tls: bool,
    access: &ControlAccess,
    auth: AuthMode,
) -> Response<ResponseBody> {
    let url = endpoint_url(head, is_tls);
    let control = match access {
        ControlAccess::Off => "off; start with --control-token to turn it on",
        ControlAccess::Loopback if !access.serves_page(head) => {
            "needs a loopback host name (127.0.0.1, [::1] or localhost), or --control-token"
        }
        ControlAccess::Loopback => "needs the header X-Emulator-Token, with any value",
        ControlAccess::Token(_) => {
            "needs the header X-Emulator-Token, with the value of --control-token"
        }
    };
    let credentials = if auth.checks_signatures() {
        "credentials of the seed or of a session"
    } else {
        "any credentials"
    };
    let (content_type, body) = if accepts_html(head) {
        ("text/html; charset=utf-8", html(&url, credentials, control))
    } else {
        (
            "text/plain; charset=utf-8",
            plain(&url, credentials, control),
        )
    };
    let mut response = Response::new(ResponseBody::complete(body.into_bytes()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The URL that the client used, if its host name needs no escaping.
fn endpoint_url(head: &Parts, is_tls: bool) -> String {
    let scheme = if is_tls { "https" } else { "http" };
    let authority = head.uri.authority().map(Authority::as_str);
    let host = text(&head.headers, &HOST).or(authority);
    let is_plain = |host: &&str| {
        let mut bytes = host.bytes();
        bytes.all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    let host = host.filter(is_plain).unwrap_or("localhost:4599");
    format!("{scheme}://{host}")
}

fn plain(url: &str, credentials: &str, control: &str) -> String {
    format!(
        "Simulated KMS {VERSION} is running.

Use it with an AWS SDK or the AWS CLI and {credentials}:

  export AWS_ENDPOINT_URL_KMS={url}

  {url}/health      health check
  {url}/            console, in a browser on this machine or with --control-token
  {url}/_emulator/  control plane for tests: {control}
"
    )
}

fn html(url: &str, credentials: &str, control: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Simulated KMS</title>
</head>
<body>
<h1>Simulated KMS {VERSION} is running</h1>
<p>Use it with an AWS SDK or the AWS CLI and {credentials}:</p>
<pre>export AWS_ENDPOINT_URL_KMS={url}</pre>
<ul>
<li><a href="/health">/health</a>: health check</li>
<li>the console, a page to see keys and calls, and the control plane for tests, <code>/_emulator/</code>: {control}</li>
</ul>
</body>
</html>
"#
    )
}
