//! Other emulators of KMS, if they are installed.

use std::path::Path;
use std::process::Command;

use crate::server::Server;

/// A running peer.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// What it does not do, so that a comparison is fair.
    pub(crate) note: &'static str,
    pub(crate) server: Server,
}

/// The name of a peer, its program, and how it is started.
struct Kind {
    name: &'static str,
    program: &'static str,
    note: &'static str,
    arguments: fn(port: u16) -> Vec<String>,
    variables: fn(port: u16, folder: &Path) -> Vec<(&'static str, String)>,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "local-kms",
        program: "local-kms",
        note: "Go; stores keys in LevelDB without syncing them; no events, no line of log per request",
        arguments: |_| Vec::new(),
        variables: |port, folder| {
            vec![
                ("PORT", port.to_string()),
                (
                    "KMS_DATA_PATH",
                    folder.join("local-kms").display().to_string(),
                ),
            ]
        },
    },
    Kind {
        name: "moto",
        program: "moto_server",
        note: "Python; all of AWS; keys in memory; a line of log per request",
        arguments: |port| vec!["-p".to_owned(), port.to_string()],
        variables: |_, _| Vec::new(),
    },
    Kind {
        name: "ministack",
        program: "ministack",
        note: "Python; many services of AWS; keys in memory",
        arguments: |_| Vec::new(),
        variables: |port, _| vec![("GATEWAY_PORT", port.to_string())],
    },
];

/// Starts all peers whose programs are on the path. Says which are missing.
pub(crate) fn start(folder: &Path) -> Vec<Peer> {
    let mut peers = Vec::new();
    for kind in KINDS {
        let server = Server::on_port(|port| {
            let mut command = Command::new(kind.program);
            command
                .args((kind.arguments)(port))
                .envs((kind.variables)(port, folder))
                .current_dir(folder);
            command
        });
        match server {
            Some(server) => peers.push(Peer {
                name: kind.name,
                note: kind.note,
                server,
            }),
            None => println!(
                "{} is not measured: {} does not start",
                kind.name, kind.program
            ),
        }
    }
    peers
}
