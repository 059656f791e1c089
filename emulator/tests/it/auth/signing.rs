//! Signs requests with the crate of the AWS SDK for Rust.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_kms::config::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use kms_emulator::clock::Clock;

use crate::client::{Answer, request};

pub(super) const USER: (&str, &str) = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
);

/// Who signs, for what and when.
#[derive(Clone)]
pub(super) struct Signature {
    pub(super) access_key: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) is_in_query: bool,
    pub(super) time: SystemTime,
}

impl Default for Signature {
    fn default() -> Self {
        Self {
            access_key: USER.0.to_owned(),
            secret: USER.1.to_owned(),
            token: None,
            region: "us-east-1".to_owned(),
            service: "kms".to_owned(),
            is_in_query: false,
            time: now(),
        }
    }
}

/// The system's time.
pub(super) fn now() -> SystemTime {
    let millis = Clock::system().now().millis();
    UNIX_EPOCH + Duration::from_millis(millis.try_into().unwrap())
}

/// A request, which tests change after it was signed.
#[derive(Clone)]
pub(super) struct HttpRequest {
    pub(super) method: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl HttpRequest {
    pub(super) fn kms(operation: &str, body: &str) -> Self {
        Self::post(
            "application/x-amz-json-1.1",
            Some(&format!("TrentService.{operation}")),
            body,
        )
    }

    pub(super) fn sts(body: &str) -> Self {
        Self::post("application/x-www-form-urlencoded", None, body)
    }

    fn post(content_type: &str, target: Option<&str>, body: &str) -> Self {
        let mut headers = vec![("content-type".to_owned(), content_type.to_owned())];
        headers.extend(target.map(|target| ("x-amz-target".to_owned(), target.to_owned())));
        Self {
            method: "POST".to_owned(),
            query: String::new(),
            headers,
            body: body.to_owned(),
        }
    }

    /// The same request with a signature.
    pub(super) fn signed(mut self, address: SocketAddr, signature: &Signature) -> Self {
        let Signature {
            access_key,
            secret,
            token,
            region,
            service,
            is_in_query,
            time,
        } = signature.clone();
        let identity = Credentials::new(access_key, secret, token, None, "test").into();
        let mut settings = SigningSettings::default();
        if is_in_query {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(60));
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&region)
            .name(&service)
            .time(time)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let signable = SignableRequest::new(
            &self.method,
            format!("http://{address}/{}", self.query),
            headers.into_iter(),
            SignableBody::Bytes(self.body.as_bytes()),
        );
        let (instructions, _) = sign(signable.unwrap(), &parameters).unwrap().into_parts();
        let (headers, pairs) = instructions.into_parts();
        for header in headers {
            let header = (header.name().to_owned(), header.value().to_owned());
            self.headers.push(header);
        }
        for (name, value) in pairs {
            let separator = if self.query.is_empty() { "?" } else { "&" };
            let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            self.query.extend([separator, name, "=", &value]);
        }
        self
    }

    /// Replaces a header.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn send(&self, address: SocketAddr) -> Answer {
        let mut head = format!("{} /{} HTTP/1.1", self.method, self.query);
        for (name, value) in &self.headers {
            head.extend(["\r\n", name, ": ", value]);
        }
        request(address, &head, &self.body).unwrap()
    }
}
