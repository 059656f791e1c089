//! The cost of requests: CPU time of the server, requests per second, and latency.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Scale;
use crate::bare::{Primitives, appends};
use crate::figure::Figure;
use crate::goals::Goals;
use crate::load::{Client, load};
use crate::peers::Peer;
use crate::request;
use crate::server::Server;

/// The concurrency of the goals.
pub(crate) const CONNECTIONS: usize = 16;

/// What was measured of one request with one number of connections.
#[derive(Clone, Default)]
pub(crate) struct Cell {
    /// CPU time of the server in microseconds.
    pub(crate) cost: Figure,
    pub(crate) rate: Figure,
    pub(crate) p50: Figure,
    pub(crate) p99: Figure,
}

/// One request to one server, with each number of connections.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    server: usize,
    request: Vec<u8>,
    pub(crate) cells: Vec<(usize, Cell)>,
}

impl Row {
    /// The cell of the goals.
    pub(crate) fn cell(&self) -> &Cell {
        let cell = self.cells.iter().find(|(count, _)| *count == CONNECTIONS);
        &cell.unwrap().1
    }
}

pub(crate) struct Results {
    pub(crate) rows: Vec<Row>,
    pub(crate) primitives: Primitives,
    /// Rows of the peers, with the index of the peer.
    pub(crate) peers: Vec<(usize, Row)>,
    /// `Sign` without checks, with signatures, with policies, and with policies that have conditions.
    pub(crate) auth: Vec<Row>,
    /// The median of appending and syncing 1 KiB, in each round.
    pub(crate) append: Figure,
}

impl Results {
    pub(crate) fn row(&self, name: &str) -> &Row {
        self.rows.iter().find(|row| row.name == name).unwrap()
    }

    pub(crate) fn bare(&self) -> &Figure {
        &self.row(BARE).cell().cost
    }
}

pub(crate) const BARE: &str = "bare HTTP server";
pub(crate) const TEMPORARY: &str = "CreateKey P-256, --temporary";
pub(crate) const DURABLE: &str = "CreateKey P-256, data folder";

/// The servers of the emulator, by index.
struct Servers {
    all: Vec<Server>,
}

/// The number of keys of the server of `ListKeys`.
const LISTED: usize = 1000;

pub(crate) fn measure(scale: &Scale, folder: &Path, peers: &[Peer]) -> Results {
    let servers = Servers {
        all: vec![
            Server::bare(),
            Server::durable(&folder.join("requests")),
            // Keys that other rows create would change the costs of these.
            Server::emulator(&["--temporary"]),
            Server::durable(&folder.join("create")),
            Server::emulator(&["--temporary"]),
        ],
    };
    let mut rows = rows(scale, &servers.all);
    let mut peer_rows = Vec::new();
    for (index, peer) in peers.iter().enumerate() {
        for (name, request) in peer_requests(&peer.server) {
            peer_rows.push((
                index,
                row(
                    &Scale {
                        connections: &[CONNECTIONS],
                        ..*scale
                    },
                    name,
                    0,
                    request,
                ),
            ));
        }
    }
    let (auth_servers, mut auth) = auth_rows(scale, folder);
    let mut primitives = Primitives::default();
    let mut append = Figure::default();
    for round in 0..scale.rounds {
        println!("round {} of {}", round + 1, scale.rounds);
        primitives.measure();
        append.push(appends(folder, 100).median());
        for row in &mut rows {
            row.measure(&servers.all[row.server], scale.duration);
        }
        for (peer, row) in &mut peer_rows {
            row.measure(&peers[*peer].server, scale.duration);
        }
        for row in &mut auth {
            row.measure(&auth_servers[row.server], scale.duration);
        }
    }
    Results {
        rows,
        primitives,
        peers: peer_rows,
        auth,
        append,
    }
}

impl Row {
    fn measure(&mut self, server: &Server, duration: Duration) {
        for (connections, cell) in &mut self.cells {
            let before = server.cpu();
            let load = load(server.address, &self.request, *connections, duration);
            cell.cost.push((server.cpu() - before) / load.requests);
            cell.rate.push(load.requests / load.seconds);
            cell.p50.push(load.p50);
            cell.p99.push(load.p99);
        }
    }
}

fn row(scale: &Scale, name: &'static str, server: usize, request: Vec<u8>) -> Row {
    let cells = scale.connections.iter();
    Row {
        name,
        server,
        request,
        cells: cells.map(|count| (*count, Cell::default())).collect(),
    }
}

fn rows(scale: &Scale, servers: &[Server]) -> Vec<Row> {
    let mut client = Client::new(servers[1].address);
    let ec = create_key(&mut client, "ECC_NIST_P256", "SIGN_VERIFY");
    let rsa = create_key(&mut client, "RSA_2048", "SIGN_VERIFY");
    let aes = create_key(&mut client, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    let hmac = create_key(&mut client, "HMAC_256", "GENERATE_VERIFY_MAC");
    let text = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    let sign = request::sign_body(&ec, "ECDSA_SHA_256");
    let signature = call(&mut client, "Sign", &sign)["Signature"].clone();
    let mut verify: Value = serde_json::from_str(&sign).unwrap();
    verify["Signature"] = signature;
    let encrypt = json!({ "KeyId": aes, "Plaintext": text }).to_string();
    let ciphertext = call(&mut client, "Encrypt", &encrypt)["CiphertextBlob"].clone();
    let mut lists = Client::new(servers[4].address);
    for _ in 0..LISTED {
        call(&mut lists, "CreateKey", "{}");
    }
    let operations = [
        (
            "GenerateRandom",
            r#"{"NumberOfBytes":32}"#.to_owned(),
            "GenerateRandom, 32 bytes",
        ),
        (
            "DescribeKey",
            json!({ "KeyId": aes }).to_string(),
            "DescribeKey",
        ),
        ("Encrypt", encrypt, "Encrypt, 32 bytes"),
        (
            "Decrypt",
            json!({ "CiphertextBlob": ciphertext }).to_string(),
            "Decrypt, 32 bytes",
        ),
        (
            "GenerateDataKey",
            json!({ "KeyId": aes, "KeySpec": "AES_256" }).to_string(),
            "GenerateDataKey",
        ),
        (
            "GenerateMac",
            json!({ "KeyId": hmac, "Message": text, "MacAlgorithm": "HMAC_SHA_256" }).to_string(),
            "GenerateMac",
        ),
        ("Sign", sign, "Sign P-256"),
        ("Verify", verify.to_string(), "Verify P-256"),
        (
            "Sign",
            request::sign_body(&rsa, "RSASSA_PSS_SHA_256"),
            "Sign RSA_2048",
        ),
    ];
    let mut rows = vec![row(scale, BARE, 0, request::kms("Sign", &"x".repeat(180)))];
    for (operation, body, name) in operations {
        rows.push(row(scale, name, 1, request::kms(operation, &body)));
    }
    rows.push(row(scale, TEMPORARY, 2, request::create_p256()));
    rows.push(row(scale, DURABLE, 3, request::create_p256()));
    let list = request::kms("ListKeys", &json!({ "Limit": LISTED }).to_string());
    rows.push(row(scale, "ListKeys, 1,000 keys", 4, list));
    rows
}

/// The requests that all emulators answer.
fn peer_requests(server: &Server) -> [(&'static str, Vec<u8>); 4] {
    let mut client = Client::new(server.address);
    let body = json!({
        "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY",
    });
    let mut create = |body: &Value| {
        let answer = call(&mut client, "CreateKey", &body.to_string());
        answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    };
    let (ec, aes) = (create(&body), create(&json!({})));
    let encrypt =
        json!({ "KeyId": aes, "Plaintext": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" });
    let data_key = json!({ "KeyId": aes, "KeySpec": "AES_256" });
    [
        (
            "Sign P-256",
            request::kms("Sign", &request::sign_body(&ec, "ECDSA_SHA_256")),
        ),
        (
            "Encrypt, 32 bytes",
            request::kms("Encrypt", &encrypt.to_string()),
        ),
        (
            "GenerateDataKey",
            request::kms("GenerateDataKey", &data_key.to_string()),
        ),
        (TEMPORARY, request::kms("CreateKey", &body.to_string())),
    ]
}

fn auth_rows(scale: &Scale, folder: &Path) -> (Vec<Server>, Vec<Row>) {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let seed = file("seed.yaml", request::SEED);
    let with_conditions = file("conditions.yaml", request::SEED_WITH_CONDITIONS);
    let body = request::sign_body(request::SEED_KEY, "ECDSA_SHA_256");
    let scale = Scale {
        connections: &[CONNECTIONS],
        ..*scale
    };
    let (mut servers, mut rows) = (Vec::new(), Vec::new());
    let servers_of_modes = [
        ("none", "none", &seed),
        ("sigv4", "sigv4", &seed),
        ("policy", "policy", &seed),
        ("conditions", "policy", &with_conditions),
    ];
    for (index, (name, mode, seed)) in servers_of_modes.into_iter().enumerate() {
        let server = Server::emulator(&["--temporary", "--auth", mode, "--seed", seed]);
        let request = request::signed(server.address, "Sign", &body);
        servers.push(server);
        rows.push(row(&scale, name, index, request));
    }
    (servers, rows)
}

/// The id of a new key.
pub(crate) fn create_key(client: &mut Client, spec: &str, usage: &str) -> String {
    let body = json!({ "KeySpec": spec, "KeyUsage": usage }).to_string();
    let answer = call(client, "CreateKey", &body);
    answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

/// The answer of an operation.
pub(crate) fn call(client: &mut Client, operation: &str, body: &str) -> Value {
    serde_json::from_slice(&client.call(&request::kms(operation, body))).unwrap()
}

/// The goals of requests. Ratios are taken inside one round.
pub(crate) fn judge(results: &Results, peers: &[Peer], goals: &mut Goals) {
    let bare = results.bare();
    let cost = |name: &str| &results.row(name).cell().cost;
    let primitives = &results.primitives;
    for (name, gate, target) in [
        ("GenerateRandom, 32 bytes", 1.7, 1.35),
        ("Encrypt, 32 bytes", 2.3, 1.8),
        ("Decrypt, 32 bytes", 2.3, 1.8),
        ("GenerateDataKey", 2.3, 1.8),
        ("DescribeKey", 2.0, 1.6),
        ("ListKeys, 1,000 keys", 40.0, 40.0),
    ] {
        let label = format!("{name} / bare HTTP, CPU");
        goals.at_most(&label, &cost(name).over(bare), "x", gate, target);
    }
    for (name, primitive, gate, target) in [
        ("Sign P-256", &primitives.sign, 1.6, 1.3),
        ("Verify P-256", &primitives.verify, 1.3, 1.15),
        (TEMPORARY, &primitives.generate, 6.0, 4.0),
    ] {
        let floor = primitive.plus(bare);
        let label = format!("{name} / (primitive + bare HTTP), CPU");
        goals.at_most(&label, &cost(name).over(&floor), "x", gate, target);
    }
    let ratio = cost(DURABLE).over(cost(TEMPORARY));
    goals.at_most(
        "CreateKey: data folder / temporary, CPU",
        &ratio,
        "x",
        1.6,
        1.4,
    );
    if let Some((1, alone)) = results.row(DURABLE).cells.first() {
        let beyond = alone.p50.with(&results.append, |own, append| own - append);
        let label = "CreateKey, one client: p50 beyond an append and its sync";
        goals.at_most(label, &beyond, " ms", 0.25, 0.25);
    }
    let auth = |index: usize| &results.auth[index].cell().cost;
    let label = "Sign with --auth policy / without, CPU";
    goals.at_most(label, &auth(2).over(auth(0)), "x", 1.3, 1.3);
    let label = "Sign with --auth policy and conditions / without, CPU";
    goals.at_most(label, &auth(3).over(auth(0)), "x", 1.3, 1.3);
    for (peer, row) in &results.peers {
        let own = results.row(row.name).cell();
        let (rate, cost) = (
            own.rate.over(&row.cell().rate),
            own.cost.over(&row.cell().cost),
        );
        let peer = peers[*peer].name;
        let label = format!("{} / {peer}", row.name);
        match (peer, row.name) {
            ("local-kms", TEMPORARY) => {
                goals.at_most(&format!("{label}, CPU"), &cost, "x", 1.0, 0.7);
                goals.at_least(&format!("{label}, requests/s"), &rate, "x", 1.2, 1.5);
            }
            ("local-kms", "Sign P-256" | "Encrypt, 32 bytes") => {
                goals.at_least(&format!("{label}, requests/s"), &rate, "x", 2.5, 3.0);
            }
            ("moto", "Sign P-256" | "Encrypt, 32 bytes") => {
                goals.at_least(&format!("{label}, requests/s"), &rate, "x", 60.0, 100.0);
            }
            _ => {}
        }
    }
}
