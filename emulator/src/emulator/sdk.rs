//! Configuration and HTTP client for the AWS SDK for Rust.
//!
//! This depends only on the stable crates that all SDK crates share, so it works with any version
//! of `aws-sdk-kms`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use super::Emulator;
use crate::fault::ConnectionFault;
use crate::protocol::{Reply, Request, Sender};
use crate::{Cost, Kms};

impl Emulator {
    /// The configuration for clients of the SDK: the address of this emulator, its Region, and
    /// credentials. Without a listener, also its [HTTP client](Self::http_client).
    ///
    /// ```
    /// use std::time::Duration;
    /// use aws_sdk_kms::Client;
    /// use kms_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let kms = Emulator::builder().without_listener().start().await?;
    /// let client = Client::new(&kms.sdk_config());
    ///
    /// let key = client.create_key().send().await?.key_metadata.unwrap();
    /// client.schedule_key_deletion().key_id(&key.key_id).pending_window_in_days(7).send().await?;
    /// kms.clock().advance(Duration::from_secs(8 * 24 * 60 * 60));
    /// let error = client.describe_key().key_id(&key.key_id).send().await.unwrap_err();
    /// assert!(error.into_service_error().is_not_found_exception());
    ///
    /// kms.faults().on("ListKeys").times(2).throttle();
    /// client.list_keys().send().await?; // the SDK retries
    /// assert_eq!(kms.events().of("ListKeys").count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// If [signatures are checked](crate::AuthMode::Sigv4), seed its credentials:
    ///
    /// ```
    /// use aws_sdk_kms::Client;
    /// use kms_emulator::{AuthMode, Emulator, seed::Seed};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let seed = "identities: [{account: '000000000000', access_key_id: test, secret_access_key: test}]";
    /// let kms = Emulator::builder()
    ///     .auth(AuthMode::Sigv4)
    ///     .seed(Seed::parse("seed", seed)?)
    ///     .without_listener()
    ///     .start()
    ///     .await?;
    /// Client::new(&kms.sdk_config()).list_keys().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new("test", "test", None, None, "simulated-kms");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.kms.region().to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(self.endpoint_url());
        if self.listens() {
            config.build()
        } else {
            config.http_client(self.http_client()).build()
        }
    }

    /// An HTTP client for the SDK that calls this emulator without a socket. It ignores the address
    /// of requests.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(InProcess {
            kms: Arc::clone(&self.kms),
            read_timeout: None,
        })
    }
}

/// An HTTP client and connector that calls the emulator.
#[derive(Clone)]
struct InProcess {
    kms: Arc<Kms>,
    read_timeout: Option<Duration>,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("InProcess")
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Self {
            kms: Arc::clone(&self.kms),
            read_timeout: settings.read_timeout(),
        })
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { kms, read_timeout } = self.clone();
        HttpConnectorFuture::new(async move {
            let reply = handle(kms, request).await?;
            let delay = reply.disruption.delay;
            if !delay.is_zero() {
                match read_timeout {
                    Some(limit) if timeout(limit, sleep(delay)).await.is_err() => {
                        return Err(ConnectorError::timeout("read timeout".into()));
                    }
                    Some(_) => {}
                    None => sleep(delay).await,
                }
            }
            response(reply)
        })
    }
}

/// Runs a request. As in the server, a slow request runs on a separate thread.
async fn handle(kms: Arc<Kms>, request: HttpRequest) -> Result<Reply, ConnectorError> {
    let headers = if kms.auth().checks_signatures() {
        all_headers(&request)
    } else {
        Vec::new()
    };
    let prepared = kms.prepare(&protocol_request(&request, &headers)?);
    match Handle::try_current() {
        Ok(runtime) if prepared.cost() != Cost::Inline => {
            let reply = runtime.spawn_blocking(move || prepared.submit(&kms).wait());
            reply
                .await
                .map_err(|error| ConnectorError::other(error.into(), None))
        }
        _ => Ok(prepared.submit(&kms).wait()),
    }
}

/// All headers of a request, and the header `Host`, which a socket would add.
fn all_headers(request: &HttpRequest) -> Vec<(&str, &str)> {
    let headers = request.headers();
    let (host, _) = authority_and_path(request.uri());
    let host = headers.get("host").is_none().then_some(("host", host));
    headers.iter().chain(host).collect()
}

/// The two parts of a URL after its scheme.
fn authority_and_path(uri: &str) -> (&str, &str) {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let start = rest.find(['/', '?']).unwrap_or(rest.len());
    rest.split_at(start)
}

/// Converts a request of the SDK.
fn protocol_request<'r>(
    request: &'r HttpRequest,
    all_headers: &'r [(&'r str, &'r str)],
) -> Result<Request<'r>, ConnectorError> {
    let body = request.body().bytes();
    let body = body.ok_or_else(|| ConnectorError::user("KMS has no streaming requests".into()))?;
    let (_, path) = authority_and_path(request.uri());
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let headers = request.headers();
    Ok(Request {
        method: request.method(),
        path: if path.is_empty() { "/" } else { path },
        query,
        target: headers.get("x-amz-target"),
        authorization: headers.get("authorization"),
        accept: headers.get("accept"),
        headers: all_headers,
        body,
        sender: Sender {
            address: None,
            user_agent: headers.get("user-agent"),
            via_service: headers.get("x-emulator-via-service"),
        },
    })
}

fn response(reply: Reply) -> Result<HttpResponse, ConnectorError> {
    // `Truncate` has already changed the body.
    if reply
        .disruption
        .connection
        .is_some_and(|fault| fault != ConnectionFault::Truncate)
    {
        let dropped = io::Error::from(io::ErrorKind::ConnectionReset);
        return Err(ConnectorError::io(dropped.into()));
    }
    let status = StatusCode::try_from(reply.status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let headers = reply.headers();
    let mut response = HttpResponse::new(status, SdkBody::from(reply.body));
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
