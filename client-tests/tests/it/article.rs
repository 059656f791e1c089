//! Creates a key, signs and verifies with each client. The environment alone configures the client, so one
//! program works with every configuration.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::client::Client;
use crate::emulator::Emulator;
use crate::relay::Relay;
use crate::tool::{self, run, succeed};
use crate::{cli, go, java, javascript, python};

/// A program that creates a key, signs, verifies, and checks the errors.
pub(crate) struct Program {
    pub(crate) client: Client,
    pub(crate) needs: &'static [&'static str],
    pub(crate) command: fn() -> Command,
    /// Makes the client trust a certificate authority in a PEM file, by its usual setting.
    pub(crate) trust: fn(&mut Command, &Path),
    /// The most connections that its six calls may open.
    pub(crate) connections: usize,
}

/// How a client finds the emulator.
#[derive(Clone, Copy, Debug)]
enum SetUp {
    EndpointUrl,
    /// `AWS_ENDPOINT_URL_KMS`, beside an `AWS_ENDPOINT_URL` that does not answer.
    EndpointUrlOfKms,
    ConfigFile,
    Https,
}

const SET_UPS: [SetUp; 4] = [
    SetUp::EndpointUrl,
    SetUp::EndpointUrlOfKms,
    SetUp::ConfigFile,
    SetUp::Https,
];

/// Nothing listens on this port.
const CLOSED_PORT: &str = "http://127.0.0.1:9";

pub(crate) fn trials() -> Vec<Trial> {
    let programs = || {
        [
            rust(),
            javascript::article(),
            python::article(),
            python::article_async(),
            cli::article(),
            java::article(),
            java::article_async(),
            go::article(),
        ]
    };
    programs()
        .into_iter()
        .enumerate()
        .flat_map(|(number, program)| {
            SET_UPS.map(|set_up| {
                let name = format!("article::{:?}::{set_up:?}", program.client);
                let needs = program.needs;
                tool::trial(&name, needs, move || test(&programs()[number], set_up))
            })
        })
        .collect()
}

fn rust() -> Program {
    Program {
        client: Client::Rust,
        needs: &[],
        command: || Command::new(env!("CARGO_BIN_EXE_article")),
        trust: |article, authority| {
            article.env("SSL_CERT_FILE", authority);
        },
        connections: 1,
    }
}

fn test(program: &Program, set_up: SetUp) {
    let folder = tempfile::tempdir().unwrap();
    let mut article = (program.command)();
    tool::aws_environment(&mut article);
    if let SetUp::Https = set_up {
        let emulator = Emulator::start_with(&["--tls"]);
        let authority = folder.path().join("ca.pem");
        fs::write(&authority, emulator.get("/ca.pem")).unwrap();
        article.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
        let untrusted = run(&mut article);
        assert!(
            !untrusted.status.success(),
            "it trusts an unknown authority"
        );
        (program.trust)(&mut article, &authority);
        succeeds(&mut article);
    } else {
        let emulator = Emulator::start();
        let relay = Relay::to(emulator.address());
        point(&mut article, set_up, &relay.address, &folder);
        succeeds(&mut article);
        let connections = relay.connections();
        // Any client may open a second one, if its first is back in the pool too late. Without
        // keep-alive there would be six.
        assert!(
            (1..=program.connections.max(2)).contains(&connections),
            "{connections} connections: it does not keep its connection alive"
        );
        program.client.record_operations(&emulator);
    }
    program.client.add_passed(1);
}

fn point(article: &mut Command, set_up: SetUp, address: &str, folder: &TempDir) {
    let url = format!("http://{address}");
    match set_up {
        SetUp::EndpointUrl | SetUp::Https => article.env("AWS_ENDPOINT_URL", url),
        SetUp::EndpointUrlOfKms => article
            .env("AWS_ENDPOINT_URL", CLOSED_PORT)
            .env("AWS_ENDPOINT_URL_KMS", url),
        SetUp::ConfigFile => {
            let file = folder.path().join("config");
            let config = format!(
                "[default]\nregion = us-east-1\nservices = local\n\n\
                 [services local]\nkms =\n  endpoint_url = {url}\n"
            );
            fs::write(&file, config).unwrap();
            article.env("AWS_CONFIG_FILE", file)
        }
    };
}

fn succeeds(article: &mut Command) {
    let output = succeed(article);
    assert_eq!(output.lines().last(), Some("article: ok"), "{output}");
}
