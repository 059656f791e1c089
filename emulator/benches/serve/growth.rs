//! What grows with the number of keys, and what must not.

use std::path::Path;
use std::time::Duration;

use kms_emulator::Kms;
use kms_emulator::protocol::Request;
use serde_json::json;

use crate::Scale;
use crate::figure::Figure;
use crate::goals::Goals;
use crate::load::{Client, load};
use crate::request;
use crate::requests::CONNECTIONS;
use crate::server::{Server, run};
use crate::start::timed;

/// The keys of the server that the large one is compared with.
const FEW: usize = 10;
const SNAPSHOTS: usize = 10;
const WRITES: usize = 40;

/// Times in milliseconds, costs in microseconds of CPU time, memory in MB.
#[derive(Default)]
pub(crate) struct Growth {
    pub(crate) keys: usize,
    pub(crate) file: f64,
    pub(crate) import: Figure,
    pub(crate) import_memory: Figure,
    pub(crate) start: Figure,
    pub(crate) memory: Figure,
    pub(crate) memory_few: Figure,
    pub(crate) health: Figure,
    pub(crate) health_few: Figure,
    pub(crate) list_keys: Figure,
    pub(crate) list_aliases: Figure,
    pub(crate) write: Figure,
    pub(crate) snapshot: Figure,
    pub(crate) write_after_snapshot: Figure,
    pub(crate) restore: Figure,
    pub(crate) write_after_restore: Figure,
    /// The slowest answer to another client, alone and beside the snapshots.
    pub(crate) other_alone: Figure,
    pub(crate) other: Figure,
    pub(crate) export: Figure,
    pub(crate) put_state: Figure,
    pub(crate) reset: Figure,
    pub(crate) memory_after: Figure,
}

pub(crate) fn measure(scale: &Scale, folder: &Path) -> Growth {
    let mut growth = Growth {
        keys: scale.keys,
        ..Growth::default()
    };
    println!("growth: {} keys", scale.keys);
    let file = folder.join("state.json");
    let state = state(scale.keys);
    growth.file = state.len() as f64 / 1e6;
    std::fs::write(&file, state).unwrap();
    let (many, few) = (folder.join("many"), folder.join("few"));
    import(&file, &many, &mut growth);
    std::fs::write(&file, self::state(FEW)).unwrap();
    import(&file, &few, &mut Growth::default());

    for _ in 0..scale.rounds {
        let (time, server) = timed(|| Server::durable(&many));
        growth.start.push(time);
        growth.memory.push(server.memory());
        server.stop();
    }
    let (server, few) = (Server::durable(&many), Server::durable(&few));
    growth.memory_few.push(few.memory());
    costs(scale, &server, &few, &mut growth);
    snapshots(&server, &mut growth);
    whole(&server, &mut growth);
    growth
}

/// A state with keys, and an alias for each tenth of them.
pub(crate) fn state(keys: usize) -> String {
    let kms = Kms::builder().build_temporary().unwrap();
    let call = |operation: &str, body: &str| {
        let target = format!("TrentService.{operation}");
        let reply = kms.handle(&Request::new(&target, body.as_bytes()));
        assert_eq!(reply.status, 200, "{operation}");
        serde_json::from_slice::<serde_json::Value>(&reply.body).unwrap_or_default()
    };
    for number in 0..keys {
        let body = r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#;
        let key = call("CreateKey", body)["KeyMetadata"]["KeyId"].clone();
        if number % 10 == 0 {
            let body = json!({ "AliasName": format!("alias/{number:07}"), "TargetKeyId": key });
            call("CreateAlias", &body.to_string());
        }
    }
    kms.export().unwrap()
}

fn import(file: &Path, folder: &Path, growth: &mut Growth) {
    let (file, folder) = (file.to_str().unwrap(), folder.to_str().unwrap());
    let (seconds, memory) = run(&["import", file, "--data-dir", folder]);
    growth.import.push(seconds * 1000.0);
    growth.import_memory.push(memory);
}

/// The costs of requests that must not depend on the number of keys.
fn costs(scale: &Scale, server: &Server, few: &Server, growth: &mut Growth) {
    let health = request::control("GET", "/health", b"");
    let list_keys = request::kms("ListKeys", r#"{"Limit":1000}"#);
    let list_aliases = request::kms("ListAliases", r#"{"Limit":100}"#);
    for _ in 0..scale.rounds {
        for (server, request, figure) in [
            (few, &health, &mut growth.health_few),
            (server, &health, &mut growth.health),
            (server, &list_keys, &mut growth.list_keys),
            (server, &list_aliases, &mut growth.list_aliases),
        ] {
            let before = server.cpu();
            let load = load(server.address, request, CONNECTIONS, scale.duration);
            figure.push((server.cpu() - before) / load.requests);
        }
    }
}

/// The slowest answer that another client gets in two seconds.
fn slowest_list(server: &Server) -> Figure {
    let list = request::kms("ListKeys", r#"{"Limit":1}"#);
    let load = load(server.address, &list, 1, Duration::from_secs(2));
    Figure::from_iter([load.max])
}

fn snapshots(server: &Server, growth: &mut Growth) {
    let mut client = Client::new(server.address);
    let create = request::create_p256();
    let save = request::control("POST", "/_emulator/snapshots/bench", b"");
    let restore = request::control("POST", "/_emulator/snapshots/bench/restore", b"");
    for _ in 0..WRITES {
        growth.write.push(client.time(&create));
    }
    growth.other_alone = slowest_list(server);
    growth.other = std::thread::scope(|scope| {
        let other = scope.spawn(|| slowest_list(server));
        for _ in 0..SNAPSHOTS {
            growth.snapshot.push(client.time(&save));
            growth.write_after_snapshot.push(client.time(&create));
            growth.restore.push(client.time(&restore));
            growth.write_after_restore.push(client.time(&create));
        }
        other.join().unwrap()
    });
}

/// The state as a whole.
fn whole(server: &Server, growth: &mut Growth) {
    let mut client = Client::new(server.address);
    let (time, state) = timed(|| client.call(&request::state()));
    growth.export.push(time);
    let put = request::control("PUT", "/_emulator/state", &state);
    growth.put_state.push(client.time(&put));
    let reset = request::control("POST", "/_emulator/reset", b"");
    growth.reset.push(client.time(&reset));
    growth.memory_after.push(server.memory());
}

pub(crate) fn judge(growth: &Growth, goals: &mut Goals) {
    let one = |value: f64| Figure::from_iter([value]);
    let keys = growth.keys as f64;
    // The limits are those of 100,000 keys. A larger number has proportionally more time.
    let scaled = |limit: f64| limit * (keys / 100_000.0).max(1.0);
    goals.at_most(
        &format!("start with {keys} keys"),
        &growth.start,
        " ms",
        scaled(500.0),
        scaled(250.0),
    );
    let median = |figure: &Figure| one(figure.median());
    let ordinary = median(&growth.write);
    let after = median(&growth.write_after_snapshot).over(&ordinary);
    goals.at_most(
        "first write after a snapshot / ordinary write",
        &after,
        "x",
        3.0,
        1.2,
    );
    let after = median(&growth.write_after_restore).over(&ordinary);
    goals.at_most(
        "first write after a restore / ordinary write",
        &after,
        "x",
        3.0,
        1.2,
    );
    let health = growth.health.over(&growth.health_few);
    goals.at_most(
        &format!("GET /health with {keys} keys / with {FEW}"),
        &health,
        "x",
        1.3,
        1.05,
    );
    let memory = growth
        .import_memory
        .with(&one(growth.file), |memory, file| memory / file);
    goals.at_most("import: memory / size of the file", &memory, "x", 5.0, 3.0);
    goals.at_most(
        &format!("import of {keys} keys"),
        &growth.import,
        " ms",
        scaled(10_000.0),
        scaled(4000.0),
    );
    let per_key = (growth.memory.median() - growth.memory_few.median()) * 1e6 / keys;
    goals.at_most(
        "memory of a key when idle",
        &one(per_key),
        " bytes",
        1200.0,
        900.0,
    );
}
