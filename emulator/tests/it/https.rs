//! HTTPS: whom a client talks to, and what it is told when it does not encrypt.

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

/// What is answered in clear.
fn authority(address: SocketAddr) -> String {
    let answer = request(address, "GET /ca.pem HTTP/1.1", "").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// A connection of a client that trusts an authority, and calls the emulator by a name.
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

/// Asks whether it is well, over a connection that is encrypted.
fn health(stream: &mut StreamOwned<ClientConnection, TcpStream>) -> String {
    let head = format!("{HEALTH}\r\nHost: h\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn is_well(address: SocketAddr, pem: &str, name: &str) -> Result<(), String> {
    let answer = health(&mut handshake(address, pem, name, &[])?);
    assert!(answer.contains(r#"{"status":"ok""#), "{answer}");
    Ok(())
}

#[test]
fn who_trusts_the_authority_may_call_it_by_any_name() {
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
    // By addresses there is nothing to ask for: what it sees, and what it was told.
    for name in [
        "127.0.0.1",
        "::1",
        "203.0.113.7",
        "localhost",
        "kms",
        "kms.us-east-1.amazonaws.com",
    ] {
        is_well(address, &pem, name).unwrap();
    }
    let other = is_well(address, &pem, "203.0.113.8").unwrap_err();
    assert!(other.contains("certificate"), "{other}");
    let stranger = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let refused = is_well(address, &stranger.cert.pem(), "localhost").unwrap_err();
    assert!(refused.contains("UnknownIssuer"), "{refused}");
}

#[test]
fn the_authority_survives_restarts_and_the_loss_of_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let first = start_with(folder.path(), &["--tls"]);
    let pem = authority(first.address);
    first.kill();
    let second = start_with(folder.path(), &["--tls"]);
    assert_eq!(authority(second.address), pem);
    is_well(second.address, &pem, "localhost").unwrap();
    second.kill();
    fs::remove_file(folder.path().join("tls/ca.pem")).unwrap();
    let third = start_with(folder.path(), &["--tls"]);
    // Another certificate for the same authority: whoever has the old one need not know.
    is_well(third.address, &pem, "localhost").unwrap();
    is_well(third.address, &authority(third.address), "localhost").unwrap();
}

#[test]
fn a_temporary_one_has_an_authority_of_its_own() {
    let temporary = || {
        let mut command = emulator();
        command.args(["--port=0", "--temporary", "--tls"]);
        start(command)
    };
    let (first, second) = (temporary(), temporary());
    let pem = authority(first.address);
    is_well(first.address, &pem, "localhost").unwrap();
    assert!(is_well(second.address, &pem, "localhost").is_err());
}

#[test]
fn the_handshake_agrees_on_a_version_of_http() {
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
fn in_clear_there_are_health_and_the_authority_and_a_word_about_https() {
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
    let control = "GET /_emulator/state HTTP/1.1\r\nX-Emulator-Token: local";
    let answer = request(address, control, "").unwrap();
    assert_eq!(answer.status, 400, "{answer:?}");
    let health = request(address, HEALTH, "").unwrap();
    assert_eq!(health.json()["keys"], 0, "nothing was done");
}

#[test]
fn who_connects_and_says_nothing_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(folder.path(), &["--tls"]);
    let silent = connect(running.address).unwrap();
    // Accepted after the one before it.
    authority(running.address);
    let (status, log) = running.stop();
    assert!(status.success());
    assert!(!log.contains("still under way"), "{log}");
    drop(silent);
}

/// A certificate for `k.example`, its authority, and its key, in files.
struct Own {
    folder: TempDir,
    pem: String,
}

impl Own {
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
fn a_certificate_of_ones_own_is_shown_as_it_is() {
    let own = Own::new();
    let mut command = emulator();
    command.args(["--port=0", "--temporary"]);
    command.args(own.arguments("own.pem", "own.key"));
    let running = start(command);
    is_well(running.address, &own.pem, "k.example").unwrap();
    is_well(running.address, &own.pem, "localhost").unwrap_err();
    let none = request(running.address, "GET /ca.pem HTTP/1.1", "").unwrap();
    assert_eq!(none.status, 404);
}

#[test]
fn what_cannot_be_used_is_said_in_one_sentence() {
    let (own, other) = (Own::new(), Own::new());
    fs::write(own.file("empty"), "").unwrap();
    fs::copy(other.file("own.key"), own.file("other.key")).unwrap();
    for (certificate, key, why) in [
        ("missing", "own.key", "No such file"),
        ("empty", "own.key", "has no certificate in PEM"),
        ("own.pem", "empty", "has no private key in PEM"),
        ("own.pem", "other.key", "no HTTPS with this certificate"),
    ] {
        let mut command = emulator();
        command.args(["--port=0", "--temporary"]);
        command.args(own.arguments(certificate, key));
        let (code, _, said) = run(command);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.starts_with("kms-emulator: cannot speak HTTPS: "),
            "{said}"
        );
        assert!(said.contains(why) && said.lines().count() == 1, "{said}");
    }
    let data = own.file("data");
    fs::create_dir_all(data.join("tls")).unwrap();
    fs::write(data.join("tls/ca.key"), "not a key").unwrap();
    let mut command = emulator();
    command.args(["--port=0", "--tls", "--data-dir"]).arg(&data);
    let (code, _, said) = run(command);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("ca.key has no private key in PEM"), "{said}");
    assert_eq!(fs::read(data.join("tls/ca.key")).unwrap(), b"not a key");
}
