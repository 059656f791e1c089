//! Who may use the control plane.
//!
//! Any web page can send requests to a loopback address, and the port of a container is often open
//! to other machines. So each request needs the header `X-Emulator-Token`: a form cannot send it,
//! and browsers do not let pages of other origins send it. Without `--control-token`, any value is accepted, but the
//! emulator must listen on a loopback address and the `Host` must be a loopback name. The latter
//! stops DNS rebinding, where a page's own host name resolves to 127.0.0.1.

use std::fmt;
use std::net::IpAddr;

use hyper::StatusCode;
use hyper::header::{HOST, HeaderName, ORIGIN};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use super::response::ErrorResponse;
use crate::crypto::is_equal;
use crate::server::convert::text;
use crate::server::loopback::is_loopback;

const TOKEN: HeaderName = HeaderName::from_static("x-emulator-token");

/// Who may use the control plane.
///
/// ```
/// use kms_emulator::server::ControlAccess;
///
/// assert_eq!(ControlAccess::default_for([127, 0, 0, 1].into()), ControlAccess::Loopback);
/// assert_eq!(ControlAccess::default_for([0, 0, 0, 0].into()), ControlAccess::Off);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlAccess {
    /// No one.
    Off,
    /// Programs on this machine.
    Loopback,
    /// Programs that send this token.
    Token(String),
}

/// Hides the token.
impl fmt::Debug for ControlAccess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Off => "Off",
            Self::Loopback => "Loopback",
            Self::Token(_) => "Token(..)",
        })
    }
}

impl ControlAccess {
    /// The safe access without a token, for a listener at an address: [`Self::Loopback`] for a
    /// loopback address, otherwise [`Self::Off`].
    pub fn default_for(address: IpAddr) -> Self {
        if address.is_loopback() {
            Self::Loopback
        } else {
            Self::Off
        }
    }

    /// Whether the console is served for a request. A page under a name that is not of this machine
    /// could not use the control plane.
    pub(in crate::server) fn serves_page(&self, head: &Parts) -> bool {
        match self {
            Self::Off => false,
            Self::Loopback => host(head).is_some_and(is_loopback),
            Self::Token(_) => true,
        }
    }

    /// Checks that the sender of a request may use the control plane.
    ///
    /// # Errors
    ///
    /// 403.
    pub(super) fn check(&self, head: &Parts) -> Result<(), ErrorResponse> {
        let host = host(head);
        if let Some(origin) = text(&head.headers, &ORIGIN)
            && Some(origin.split_once("://").map_or("", |(_, rest)| rest)) != host
        {
            return forbidden("the control plane rejects requests from web pages of other origins");
        }
        let Some(token) = head.headers.get(&TOKEN) else {
            return forbidden(
                "the control plane needs the header X-Emulator-Token, which protects it from web \
                 pages",
            );
        };
        match self {
            Self::Off => forbidden(OFF),
            Self::Loopback if host.is_some_and(is_loopback) => Ok(()),
            Self::Loopback => forbidden(NEEDS_LOOPBACK),
            Self::Token(expected) if is_equal(expected.as_bytes(), token.as_bytes()) => Ok(()),
            Self::Token(_) => forbidden("the header X-Emulator-Token is not the --control-token"),
        }
    }

    /// Checks the sender of a request that changes the state, as scripts for other emulators send it:
    /// without the header of this one. On a loopback address, browsers name the origin of a page's request, or
    /// how the page relates to it. With a token, the header is needed here, too.
    ///
    /// # Errors
    ///
    /// 403.
    pub(super) fn check_without_header(&self, head: &Parts) -> Result<(), ErrorResponse> {
        let is_from_page = [ORIGIN, SEC_FETCH_SITE]
            .iter()
            .any(|name| head.headers.contains_key(name));
        match self {
            Self::Off => forbidden(OFF),
            Self::Loopback if is_from_page => forbidden(
                "web pages cannot use the routes of other emulators that change the state",
            ),
            Self::Loopback if host(head).is_some_and(is_loopback) => Ok(()),
            Self::Loopback => forbidden(NEEDS_LOOPBACK),
            Self::Token(_) => self.check(head),
        }
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const OFF: &str = "the control plane is off, because the emulator does not only listen on a loopback \
                   address: start it with --control-token";
const NEEDS_LOOPBACK: &str = "the control plane needs a loopback host name (127.0.0.1, [::1] or \
                              localhost), or --control-token";

fn forbidden(why: &str) -> Result<(), ErrorResponse> {
    Err(ErrorResponse::new(StatusCode::FORBIDDEN, why))
}

/// The host that the client names: a header in HTTP/1.1, the authority in HTTP/2.
fn host(head: &Parts) -> Option<&str> {
    let authority = head.uri.authority().map(Authority::as_str);
    text(&head.headers, &HOST).or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(access: &ControlAccess, headers: &[(&'static str, &str)]) -> bool {
        let mut request = hyper::Request::new(());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        access.check(&request.into_parts().0).is_ok()
    }

    #[test]
    fn loopback_access_needs_a_loopback_host_and_any_token() {
        let token = ("x-emulator-token", "t0ken");
        let loopback = ControlAccess::default_for("127.0.0.1".parse().unwrap());
        for host in [
            "localhost:4599",
            "127.0.0.1",
            "[::1]:4599",
            "LOCALHOST",
            "127.1.2.3:80",
        ] {
            assert!(is_allowed(&loopback, &[("host", host), token]), "{host}");
            assert!(!is_allowed(&loopback, &[("host", host)]), "{host}");
        }
        for host in [
            "evil.example:4599",
            "127.0.0.1.evil.example",
            "kms:4599",
            "",
            "10.0.0.1",
        ] {
            assert!(!is_allowed(&loopback, &[("host", host), token]), "{host}");
        }
    }

    #[test]
    fn other_origins_are_rejected() {
        let token = ("x-emulator-token", "t0ken");
        let host = ("host", "localhost:4599");
        for (origin, expected) in [
            ("http://localhost:4599", true),
            ("http://localhost:3000", false),
            ("null", false),
            ("https://evil.example", false),
        ] {
            let headers = [host, token, ("origin", origin)];
            let allowed = is_allowed(&ControlAccess::Loopback, &headers);
            assert_eq!(allowed, expected, "{origin}");
        }
    }

    #[test]
    fn scripts_for_other_emulators_need_no_header_on_loopback() {
        let is_allowed = |access: &ControlAccess, headers: &[(&'static str, &str)]| {
            let mut request = hyper::Request::new(());
            for (name, value) in headers {
                request.headers_mut().insert(*name, value.parse().unwrap());
            }
            let (head, ()) = request.into_parts();
            access.check_without_header(&head).is_ok()
        };
        let host = ("host", "localhost:4566");
        let loopback = ControlAccess::Loopback;
        assert!(is_allowed(&loopback, &[host]));
        for header in [
            ("host", "evil.example:4566"),
            ("origin", "http://localhost:4566"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            assert!(!is_allowed(&loopback, &[host, header]), "{header:?}");
        }
        assert!(!is_allowed(
            &ControlAccess::Off,
            &[host, ("x-emulator-token", "t0ken")]
        ));
        let with_token = ControlAccess::Token("t0ken".to_owned());
        assert!(!is_allowed(&with_token, &[host]));
        assert!(!is_allowed(
            &with_token,
            &[host, ("x-emulator-token", "other")]
        ));
        assert!(is_allowed(
            &with_token,
            &[("host", "kms"), ("x-emulator-token", "t0ken")]
        ));
    }

    #[test]
    fn other_addresses_need_the_token() {
        let token = ("x-emulator-token", "t0ken");
        let host = ("host", "localhost:4599");
        let off = ControlAccess::default_for("0.0.0.0".parse().unwrap());
        assert!(!is_allowed(&off, &[host, token]));

        let with_token = ControlAccess::Token("t0ken".to_owned());
        assert!(is_allowed(&with_token, &[("host", "kms:4599"), token]));
        for wrong in ["", "t0ke", "t0kenn", "T0KEN"] {
            let headers = [host, ("x-emulator-token", wrong)];
            assert!(!is_allowed(&with_token, &headers), "{wrong}");
        }
        assert!(!format!("{with_token:?}").contains("t0ken"));
    }
}
