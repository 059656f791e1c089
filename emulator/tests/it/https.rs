//! HTTPS: certificates, ALPN, and plain HTTP on an HTTPS port.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;
use tempfile::TempDir;

use crate::client::{call, connect, request};
use crate::process::{Running, emulator, run, start};

const HEALTH: &str = "GET /health HTTP/1.1";

fn start_with(folder: &Path, arguments: &[&str]) -> Running {
    let mut command = emulator();
    command.arg("--port=0").arg("--data-dir").arg(folder);
    command.args(arguments);
    start(command)
}

/// The authority, read over plain HTTP.
fn authority(address: SocketAddr) -> String {
    let answer = request(address, "GET /ca.pem HTTP/1.1", "").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// Connects a client that trusts an authority and uses a host name.
fn handshake(
    address: SocketAddr,
    pem: &str,
    name: &str,
    protocols: &[&[u8]],
) -> Result<StreamOwned<ClientConnection, TcpStream>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = connect(address).unwrap();
    while client.is_handshaking() {
        client
            .complete_io(&mut stream)
            .map_err(|error| error.to_string())?;
    }
    Ok(StreamOwned::new(client, stream))
}

/// `GET /health` over TLS.
fn health(stream: &mut StreamOwned<ClientConnection, TcpStream>) -> String {
    let head = format!("{HEALTH}\r\nHost: h\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn try_health(address: SocketAddr, pem: &str, name: &str) -> Result<(), String> {
    let answer = health(&mut handshake(address, pem, name, &[])?);
    assert!(answer.contains(r#"{"status":"ok""#), "{answer}");
    Ok(())
}

#[test]
fn issues_certificates_for_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(
        folder.path(),
        &["--tls", "--tls-name=203.0.113.7,k.example"],
    );
    let address = running.address;
    assert!(
        running.ready.contains(&format!(" at https://{address} ")),
        "{}",
        running.ready
    );
    let pem = authority(address);
    assert_eq!(
        pem,
        fs::read_to_string(folder.path().join("tls/ca.pem")).unwrap()
    );
    // A client that uses an IP address sends no SNI.
    for name in [
        "127.0.0.1",
        "::1",
        "203.0.113.7",
        "localhost",
        "kms",
        "kms.us-east-1.amazonaws.com",
    ] {
        try_health(address, &pem, name).unwrap();
    }
    let other = try_health(address, &pem, "203.0.113.8").unwrap_err();
    assert!(other.contains("certificate"), "{other}");
    let unrelated = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let refused = try_health(address, &unrelated.cert.pem(), "localhost").unwrap_err();
    assert!(refused.contains("UnknownIssuer"), "{refused}");
}

#[test]
fn authority_survives_restarts_and_a_lost_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let first = start_with(folder.path(), &["--tls"]);
    let pem = authority(first.address);
    first.kill();
    let second = start_with(folder.path(), &["--tls"]);
    assert_eq!(authority(second.address), pem);
    try_health(second.address, &pem, "localhost").unwrap();
    second.kill();
    fs::remove_file(folder.path().join("tls/ca.pem")).unwrap();
    let third = start_with(folder.path(), &["--tls"]);
    // The new certificate has the same key, so the old one is still trusted.
    try_health(third.address, &pem, "localhost").unwrap();
    try_health(third.address, &authority(third.address), "localhost").unwrap();
}

#[test]
fn temporary_emulators_have_different_authorities() {
    let temporary = || {
        let mut command = emulator();
        command.args(["--port=0", "--temporary", "--tls"]);
        start(command)
    };
    let (first, second) = (temporary(), temporary());
    let pem = authority(first.address);
    try_health(first.address, &pem, "localhost").unwrap();
    assert!(try_health(second.address, &pem, "localhost").is_err());
}

#[test]
fn negotiates_http_versions_through_alpn() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(folder.path(), &["--tls"]);
    let pem = authority(running.address);
    for (offered, agreed) in [
        (&[&b"h2"[..], b"http/1.1"][..], Some(&b"h2"[..])),
        (&[b"http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let stream = handshake(running.address, &pem, "localhost", offered).unwrap();
        assert_eq!(stream.conn.alpn_protocol(), agreed);
    }
}

#[test]
fn plain_http_has_only_health_and_the_authority() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(folder.path(), &["--tls"]);
    let address = running.address;
    assert_eq!(request(address, HEALTH, "").unwrap().status, 200);
    let mut health = emulator();
    health.args(["health", "--port", &address.port().to_string()]);
    assert_eq!(run(health).0, Some(0));

    let answer = call(address, "CreateKey", &json!({}));
    assert_eq!(answer.status, 400);
    assert!(
        answer.body.contains("a URL that begins with https://"),
        "{answer:?}"
    );
    let welcome = request(address, "GET / HTTP/1.1\r\nAccept: text/html", "").unwrap();
    assert_eq!(welcome.status, 400);
    let control = "GET /_emulator/state HTTP/1.1\r\nX-Emulator-Token: local";
    let answer = request(address, control, "").unwrap();
    assert_eq!(answer.status, 400, "{answer:?}");
    let health = request(address, HEALTH, "").unwrap();
    assert_eq!(health.json()["keys"], 0, "no key was created");
}

#[test]
fn silent_client_does_not_delay_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(folder.path(), &["--tls"]);
    let silent = connect(running.address).unwrap();
    // This connection is accepted after the silent one.
    authority(running.address);
    let (status, log) = running.stop();
    assert!(status.success());
    assert!(!log.contains("requests in flight"), "{log}");
    drop(silent);
}

/// Files with a self-signed certificate for `k.example` and its private key.
struct Provided {
    folder: TempDir,
    pem: String,
}

impl Provided {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = rcgen::generate_simple_self_signed(vec!["k.example".to_owned()]).unwrap();
        let pem = own.cert.pem();
        fs::write(folder.path().join("own.pem"), &pem).unwrap();
        fs::write(
            folder.path().join("own.key"),
            own.signing_key.serialize_pem(),
        )
        .unwrap();
        Self { folder, pem }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self, certificate: &str, key: &str) -> [String; 2] {
        [
            format!("--tls-cert={}", self.file(certificate).display()),
            format!("--tls-key={}", self.file(key).display()),
        ]
    }
}

#[test]
fn serves_a_provided_certificate() {
    let own = Provided::new();
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    command.args(own.arguments("own.pem", "own.key"));
    let running = start(command);
    try_health(running.address, &own.pem, "k.example").unwrap();
    try_health(running.address, &own.pem, "localhost").unwrap_err();
    let none = request(running.address, "GET /ca.pem HTTP/1.1", "").unwrap();
    assert_eq!(none.status, 404);
}

#[test]
fn unusable_files_are_reported_on_one_line() {
    let (own, other) = (Provided::new(), Provided::new());
    fs::write(own.file("empty"), "").unwrap();
    fs::copy(other.file("own.key"), own.file("other.key")).unwrap();
    for (certificate, key, why) in [
        ("missing", "own.key", "No such file"),
        ("empty", "own.key", "has no certificate in PEM"),
        ("own.pem", "empty", "has no private key in PEM"),
        ("own.pem", "other.key", "unusable certificate"),
    ] {
        let mut command = emulator();
        command.args(["--port=0", "--temporary"]);
        command.args(own.arguments(certificate, key));
        let (code, _, message) = run(command);
        assert_eq!(code, Some(2), "{message}");
        assert!(
            message.starts_with("kms-emulator: cannot ") && message.contains(" HTTPS: "),
            "{message}"
        );
        assert!(
            message.contains(why) && message.lines().count() == 1,
            "{message}"
        );
    }
    let data = own.file("data");
    fs::create_dir_all(data.join("tls")).unwrap();
    fs::write(data.join("tls/ca.key"), "not a key").unwrap();
    let mut command = emulator();
    command.args(["--port=0", "--tls", "--data-dir"]).arg(&data);
    let (code, _, message) = run(command);
    assert_eq!(code, Some(2), "{message}");
    assert!(
        message.contains("ca.key has no private key in PEM"),
        "{message}"
    );
    assert_eq!(fs::read(data.join("tls/ca.key")).unwrap(), b"not a key");
}
