//! Acknowledged changes survive a kill of the emulator.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::client::{call, signing_key, text, try_call};
use crate::process::start_in;

const ROUNDS: usize = 50;
const WRITERS: usize = 4;

/// An acknowledged key and signature.
struct Acknowledged {
    key: String,
    signature: Option<Value>,
}

const MESSAGE: &str = "YSBtZXNzYWdl";

#[test]
fn acknowledged_keys_survive_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = Vec::new();
    for round in 0..ROUNDS {
        keys.extend(create_until_killed(folder.path()));
        // The keys of earlier rounds are checked at the end.
        let recent = keys.len().saturating_sub(40);
        check(folder.path(), &keys[recent..], round);
    }
    assert!(
        keys.len() > 2 * ROUNDS,
        "only {} keys were created",
        keys.len()
    );
    check(folder.path(), &keys, ROUNDS);
}

/// Creates keys and signatures on several connections. Kills the emulator after a random number of
/// acknowledged keys, while other requests are in flight.
fn create_until_killed(folder: &Path) -> Vec<Acknowledged> {
    let running = start_in(folder);
    let address = running.address;
    let kill_after = fastrand::usize(1..20);
    let acknowledged = AtomicUsize::new(0);
    let kill = Mutex::new(Some(running.killer()));
    let keys = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                while let Some(key) = create(address) {
                    keys.lock().unwrap().push(key);
                    if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == kill_after {
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
        "the signal did not end the emulator: {log}"
    );
    keys.into_inner().unwrap()
}

fn create(address: SocketAddr) -> Option<Acknowledged> {
    let answer = try_call(address, "CreateKey", &signing_key())?;
    assert_eq!(answer.status, 200, "{answer:?}");
    let key = text(&answer.json()["KeyMetadata"]["KeyId"]);
    let signature =
        try_call(address, "Sign", &sign(&key)).map(|answer| answer.json()["Signature"].clone());
    Some(Acknowledged { key, signature })
}

fn sign(key: &str) -> Value {
    json!({ "KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256" })
}

fn check(folder: &Path, keys: &[Acknowledged], round: usize) {
    let running = start_in(folder);
    for Acknowledged { key, signature } in keys {
        let signed = call(running.address, "Sign", &sign(key));
        assert_eq!(signed.status, 200, "round {round}: {signed:?}");
        if let Some(signature) = signature {
            let mut verify = sign(key);
            verify["Signature"] = signature.clone();
            let verified = call(running.address, "Verify", &verify);
            assert_eq!(verified.status, 200, "round {round}: {verified:?}");
        }
    }
    // A key that was not acknowledged is complete or absent, so every listed key can sign.
    let listed = call(running.address, "ListKeys", &json!({ "Limit": 1000 })).json();
    let listed = listed["Keys"].as_array().unwrap();
    assert!(listed.len() >= keys.len().min(1000), "round {round}");
    for key in listed.iter().rev().take(20) {
        assert_eq!(
            call(running.address, "Sign", &sign(&text(&key["KeyId"]))).status,
            200
        );
    }
}
