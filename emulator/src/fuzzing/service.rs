//! Targets through the service: what a request, a seed, a state or a record contains.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::crypto::NOW;
use crate::Kms;
use crate::alias::AliasRecord;
use crate::auth::{Identity, Principal};
use crate::clock::Clock;
use crate::context::last_use::LastUse;
use crate::custom_key_store::StoreRecord;
use crate::grant::Grant;
use crate::key::{KeyRecord, material_cache};
use crate::kms::Snapshot;
use crate::model::model;
use crate::protocol::{Reply, Request};
use crate::seed::Seed;
use crate::store::record;

/// Keys of the specs that are fast, with fixed material.
pub(super) const KEYS: &str = "
keys:
  - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, alias: alias/key, material: {seed: a}}
  - {alias: alias/sign, spec: ECC_NIST_P256, usage: SIGN_VERIFY, material: {seed: b}}
  - {alias: alias/mac, spec: HMAC_256, material: {seed: c}}
  - {alias: alias/agree, spec: ECC_NIST_P384, usage: KEY_AGREEMENT, material: {seed: d}}
  - {id: 1234abcd-12ab-34cd-56ef-1234567890ac, alias: alias/external, origin: EXTERNAL}
";

/// The key with the alias `alias/key`.
pub(super) const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// The operations, sorted.
pub(super) fn operations() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let mut names: Vec<_> = model().operation_names().collect();
        names.sort_unstable();
        names
    });
    &NAMES
}

pub(super) fn new_kms() -> Kms {
    let builder = Kms::builder().deterministic("fuzzing");
    builder
        .clock(Clock::frozen_at(NOW))
        .build_temporary()
        .unwrap()
}

/// A KMS with [`KEYS`] before each call.
pub(super) fn with_keys<T>(run: impl FnOnce(&Kms) -> T) -> T {
    static SHARED: LazyLock<(Kms, Snapshot)> = LazyLock::new(|| {
        let kms = new_kms();
        kms.seed(&Seed::parse("keys", KEYS).unwrap()).unwrap();
        let snapshot = kms.snapshot();
        (kms, snapshot)
    });
    let (kms, snapshot) = &*SHARED;
    kms.restore(snapshot).unwrap();
    run(kms)
}

pub(super) fn send(kms: &Kms, operation: &str, body: &[u8]) -> Reply {
    let target = format!("TrentService.{operation}");
    answered(kms, &Request::new(&target, body))
}

/// The reply, which is not an internal error.
fn answered(kms: &Kms, request: &Request<'_>) -> Reply {
    let reply = kms.handle(request);
    let body = reply.body.escape_ascii();
    assert!(reply.status < 500, "{request:?}: {} {body}", reply.status);
    reply
}

/// The first byte chooses the operation. The rest is the body.
pub(super) fn request(input: &[u8]) {
    let Some((first, body)) = input.split_first() else {
        return;
    };
    let operations = operations();
    let operation = operations[usize::from(*first) % operations.len()];
    // Generating an RSA key takes seconds, and a proxy would be on the network.
    let is_slow = |name: &[u8]| body.windows(name.len()).any(|window| window == name);
    if !is_slow(b"RSA_") && !is_slow(b"https:") {
        with_keys(|kms| send(kms, operation, body));
    }
}

/// Lines: method, path, target, authorization.
pub(super) fn headers(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let request = Request {
        method: next(),
        path: next(),
        target: Some(next()),
        authorization: Some(next()),
        body: b"{}",
        ..Request::default()
    };
    with_keys(|kms| answered(kms, &request));
}

/// A record of each kind, with and without a valid checksum.
pub(super) fn record(input: &[u8]) {
    let sealed = [&[1][..], &crc32fast::hash(input).to_be_bytes(), input].concat();
    for bytes in [input, &sealed] {
        let _ = record::decode::<AliasRecord>("alias", bytes);
        let _ = record::decode::<Grant>("grant", bytes);
        let _ = record::decode::<Identity>("identity", bytes);
        let _ = record::decode::<Principal>("principal", bytes);
        let _ = record::decode::<KeyRecord>("key", bytes);
        let _ = record::decode::<LastUse>("last-use", bytes);
        let _ = record::decode::<StoreRecord>("custom-key-store", bytes);
        let _ = material_cache::secret("material", &bytes.into());
    }
}

/// A seed that is accepted makes a state that can be exported.
pub(super) fn seed(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    // Generating an RSA key takes seconds.
    if let Ok(seed) = Seed::parse("fuzzing", text)
        && !text.contains("RSA")
    {
        with_keys(|kms| {
            if kms.seed(&seed).is_ok() {
                kms.export().unwrap();
            }
        });
    }
}

/// A state that is accepted can be used, and exported again.
pub(super) fn state(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    with_keys(|kms| {
        if kms.import(text).is_err() {
            return;
        }
        let exported = kms.export().unwrap();
        for operation in ["ListKeys", "ListAliases", "DescribeCustomKeyStores"] {
            send(kms, operation, b"{}");
        }
        for alias in ["alias/key", "alias/sign", "alias/external"] {
            let body = json!({ "KeyId": alias }).to_string();
            send(kms, "DescribeKey", body.as_bytes());
        }
        new_kms().import(&exported).unwrap();
    });
}

/// A marker, a grant token and an import token.
pub(super) fn token(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    with_keys(|kms| {
        let send = |operation, body: Value| send(kms, operation, body.to_string().as_bytes());
        send("ListKeys", json!({ "Marker": text }));
        send("ListAliases", json!({ "Marker": text }));
        send("RetireGrant", json!({ "GrantToken": text }));
        send(
            "DescribeKey",
            json!({ "KeyId": "alias/key", "GrantTokens": [text] }),
        );
        send("DescribeKey", json!({ "KeyId": text }));
        let body = json!({
            "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ac",
            "ImportToken": text,
            "EncryptedKeyMaterial": "AAAA",
        });
        send("ImportKeyMaterial", body);
    });
}
