//! Killed at any moment, the emulator loses nothing that it acknowledged.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::client::{call, signing_key, text, try_call};
use crate::process::start_in;

const ROUNDS: usize = 50;
const WRITERS: usize = 4;

/// A key that was acknowledged, and a signature by it.
struct Promise {
    key: String,
    signature: Option<Value>,
}

const MESSAGE: &str = "YSBtZXNzYWdl";

#[test]
fn an_acknowledged_key_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut promises = Vec::new();
    for round in 0..ROUNDS {
        promises.extend(create_until_killed(folder.path()));
        // What earlier rounds were promised is checked in full at the end.
        let recent = promises.len().saturating_sub(40);
        check(folder.path(), &promises[recent..], round);
    }
    assert!(
        promises.len() > 2 * ROUNDS,
        "only {} keys were made",
        promises.len()
    );
    check(folder.path(), &promises, ROUNDS);
}

/// Makes keys and signatures from several connections, until `kill -9` at a moment that nobody
/// chose: when a random number of keys has been acknowledged, and others are under way.
fn create_until_killed(folder: &Path) -> Vec<Promise> {
    let running = start_in(folder);
    let address = running.address;
    let enough = fastrand::usize(1..20);
    let acknowledged = AtomicUsize::new(0);
    let kill = Mutex::new(Some(running.killer()));
    let promises = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                while let Some(promise) = create(address) {
                    promises.lock().unwrap().push(promise);
                    if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == enough {
                        let kill = kill.lock().unwrap().take().unwrap();
                        kill();
                    }
                }
            });
        }
    });
    let (status, log) = running.ended();
    assert_eq!(
        status.code(),
        None,
        "it ended otherwise than by the signal: {log}"
    );
    promises.into_inner().unwrap()
}

fn create(address: SocketAddr) -> Option<Promise> {
    let answer = try_call(address, "CreateKey", &signing_key())?;
    assert_eq!(answer.status, 200, "{answer:?}");
    let key = text(&answer.json()["KeyMetadata"]["KeyId"]);
    let signature =
        try_call(address, "Sign", &sign(&key)).map(|answer| answer.json()["Signature"].clone());
    Some(Promise { key, signature })
}

fn sign(key: &str) -> Value {
    json!({ "KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256" })
}

fn check(folder: &Path, promises: &[Promise], round: usize) {
    let running = start_in(folder);
    for Promise { key, signature } in promises {
        let signed = call(running.address, "Sign", &sign(key));
        assert_eq!(signed.status, 200, "round {round}: {signed:?}");
        if let Some(signature) = signature {
            let mut verify = sign(key);
            verify["Signature"] = signature.clone();
            let verified = call(running.address, "Verify", &verify);
            assert_eq!(verified.status, 200, "round {round}: {verified:?}");
        }
    }
    // What was never acknowledged is whole or absent: a key that is listed can sign.
    let listed = call(running.address, "ListKeys", &json!({ "Limit": 1000 })).json();
    let keys = listed["Keys"].as_array().unwrap();
    assert!(keys.len() >= promises.len().min(1000), "round {round}");
    for key in keys.iter().rev().take(20) {
        assert_eq!(
            call(running.address, "Sign", &sign(&text(&key["KeyId"]))).status,
            200
        );
    }
}
