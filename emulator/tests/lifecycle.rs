//! Properties of the life of keys, for any sequence of operations, clock changes and restarts: no key is lost,
//! an enabled key decrypts all its ciphertexts, and a deleted key decrypts none.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kms_emulator::Kms;
use kms_emulator::clock::{Clock, Timestamp};
use kms_emulator::protocol::Request;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use tempfile::TempDir;

const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];
const DAY: u64 = 24 * 60 * 60;

/// One step. An index selects one of the existing keys.
#[derive(Clone, Debug)]
enum Action {
    Create { multi_region: bool },
    Encrypt(Index),
    Disable(Index),
    Enable(Index),
    EnableRotation(Index, u32),
    DisableRotation(Index),
    Rotate(Index),
    ScheduleDeletion(Index, u32),
    CancelDeletion(Index),
    Replicate(Index, usize),
    UpdatePrimary(Index, usize),
    Advance { hours: u64 },
    Restart,
}

fn action() -> impl Strategy<Value = Action> {
    let key = any::<Index>;
    prop_oneof![
        2 => any::<bool>().prop_map(|multi_region| Action::Create { multi_region }),
        4 => key().prop_map(Action::Encrypt),
        1 => key().prop_map(Action::Disable),
        2 => key().prop_map(Action::Enable),
        2 => (key(), 90..400_u32).prop_map(|(key, days)| Action::EnableRotation(key, days)),
        1 => key().prop_map(Action::DisableRotation),
        2 => key().prop_map(Action::Rotate),
        2 => (key(), 7..=30_u32).prop_map(|(key, days)| Action::ScheduleDeletion(key, days)),
        1 => key().prop_map(Action::CancelDeletion),
        2 => (key(), 0..REGIONS.len()).prop_map(|(key, region)| Action::Replicate(key, region)),
        1 => (key(), 0..REGIONS.len()).prop_map(|(key, region)| Action::UpdatePrimary(key, region)),
        3 => (1..200 * 24_u64).prop_map(|hours| Action::Advance { hours }),
        1 => Just(Action::Restart),
    ]
}

/// The expected state of one key in one Region.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Its deletion date, in milliseconds.
    deletion_date: Option<i64>,
    /// The waiting period in days of a primary that waits for the deletion of its replicas.
    pending_window: Option<u32>,
}

struct World {
    kms: Option<Kms>,
    clock: Arc<Clock>,
    folder: TempDir,
    /// By id and Region.
    keys: BTreeMap<(String, &'static str), Known>,
    /// The ciphertexts of each key id.
    ciphertexts: BTreeMap<String, Vec<String>>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            kms: None,
            clock: Arc::new(Clock::frozen_at(Timestamp::from_millis(1_790_000_000_123))),
            folder: tempfile::tempdir().unwrap(),
            keys: BTreeMap::new(),
            ciphertexts: BTreeMap::new(),
        };
        world.restart();
        world
    }

    fn restart(&mut self) {
        self.kms = None; // releases the data folder
        let builder = Kms::builder().clock(self.clock.clone());
        self.kms = Some(builder.open(self.folder.path()).unwrap());
    }

    fn call(&self, region: &str, operation: &str, body: &Value) -> Result<Value, String> {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/{region}/kms/aws4_request"
        );
        let reply = self.kms.as_ref().unwrap().handle(&Request {
            authorization: Some(&scope),
            ..Request::new(
                &format!("TrentService.{operation}"),
                body.to_string().as_bytes(),
            )
        });
        let body = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
        match reply.status {
            200 => Ok(body),
            400 => Err(body["__type"].as_str().unwrap().to_owned()),
            status => panic!("{operation}: HTTP {status} {body}"),
        }
    }

    fn choose(&self, index: Index) -> Option<(String, &'static str)> {
        let now = self.clock.now().millis();
        let existing: Vec<_> = self
            .keys
            .iter()
            .filter(|(_, known)| known.deletion_date.is_none_or(|deleted| deleted > now))
            .map(|(key, _)| key.clone())
            .collect();
        (!existing.is_empty()).then(|| index.get(&existing).clone())
    }

    /// Calls an operation on the selected key, and returns the key if the call succeeded.
    fn on_key(
        &self,
        index: Index,
        operation: &str,
        members: &Value,
    ) -> Option<((String, &'static str), Value)> {
        let key = self.choose(index)?;
        let mut body = members.clone();
        body["KeyId"] = Value::from(key.0.as_str());
        let answer = self.call(key.1, operation, &body).ok()?;
        Some((key, answer))
    }

    fn perform(&mut self, action: &Action) {
        let none = json!({});
        match *action {
            Action::Create { multi_region } => {
                let body = json!({ "MultiRegion": multi_region });
                let answer = self.call(REGIONS[0], "CreateKey", &body).unwrap();
                let id = answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
                self.keys.insert((id, REGIONS[0]), Known::default());
            }
            Action::Encrypt(key) => {
                let plaintext = json!({ "Plaintext": "aGVsbG8=" });
                if let Some((key, answer)) = self.on_key(key, "Encrypt", &plaintext) {
                    let ciphertext = answer["CiphertextBlob"].as_str().unwrap().to_owned();
                    self.ciphertexts.entry(key.0).or_default().push(ciphertext);
                }
            }
            Action::Disable(key) => drop(self.on_key(key, "DisableKey", &none)),
            Action::Enable(key) => drop(self.on_key(key, "EnableKey", &none)),
            Action::EnableRotation(key, days) => {
                let period = json!({ "RotationPeriodInDays": days });
                self.on_key(key, "EnableKeyRotation", &period);
            }
            Action::DisableRotation(key) => drop(self.on_key(key, "DisableKeyRotation", &none)),
            Action::Rotate(key) => drop(self.on_key(key, "RotateKeyOnDemand", &none)),
            Action::ScheduleDeletion(key, days) => {
                let window = json!({ "PendingWindowInDays": days });
                if let Some((key, answer)) = self.on_key(key, "ScheduleKeyDeletion", &window) {
                    let deletion_date = answer["DeletionDate"].as_f64().map(milliseconds);
                    let pending_window = deletion_date.is_none().then_some(days);
                    self.keys.insert(
                        key,
                        Known {
                            deletion_date,
                            pending_window,
                        },
                    );
                }
            }
            Action::CancelDeletion(key) => {
                if let Some((key, _)) = self.on_key(key, "CancelKeyDeletion", &none) {
                    self.keys.insert(key, Known::default());
                }
            }
            Action::Replicate(key, region) => {
                let region = REGIONS[region];
                let body = json!({ "ReplicaRegion": region });
                if let Some((key, _)) = self.on_key(key, "ReplicateKey", &body) {
                    self.keys.insert((key.0, region), Known::default());
                }
            }
            Action::UpdatePrimary(key, region) => {
                let body = json!({ "PrimaryRegion": REGIONS[region] });
                self.on_key(key, "UpdatePrimaryRegion", &body);
            }
            Action::Advance { hours } => self.clock.advance(Duration::from_secs(hours * DAY / 24)),
            Action::Restart => self.restart(),
        }
        self.start_primary_deletions();
    }

    /// Starts the waiting period of primaries whose last replica is deleted.
    fn start_primary_deletions(&mut self) {
        let now = self.clock.now().millis();
        let keys = self.keys.clone();
        for ((id, region), known) in &mut self.keys {
            let Some(days) = known.pending_window else {
                continue;
            };
            let others = keys
                .iter()
                .filter(|((other, other_region), _)| other == id && other_region != region);
            let deleted: Option<Vec<_>> = others.map(|(_, other)| other.deletion_date).collect();
            let last = deleted.and_then(|deleted| deleted.into_iter().max());
            if let Some(last) = last.filter(|last| *last <= now) {
                let window = i64::from(days) * 1000 * i64::try_from(DAY).unwrap();
                known.deletion_date = Some(last + window);
                known.pending_window = None;
            }
        }
    }

    fn check(&self) {
        let now = self.clock.now().millis();
        for ((id, region), known) in &self.keys {
            let described = self.call(region, "DescribeKey", &json!({ "KeyId": id }));
            let is_deleted = known.deletion_date.is_some_and(|deleted| deleted <= now);
            if is_deleted {
                assert_eq!(
                    described,
                    Err("NotFoundException".to_owned()),
                    "{id} {region}"
                );
            } else {
                assert!(described.is_ok(), "{id} {region}: {described:?}");
            }
            let state = described
                .ok()
                .map(|answer| answer["KeyMetadata"]["KeyState"].clone());
            let expected = match state.as_ref().and_then(Value::as_str) {
                Some("Enabled") => Ok("aGVsbG8=".to_owned()),
                Some("Disabled") => Err("DisabledException".to_owned()),
                Some("PendingDeletion") => {
                    assert!(known.deletion_date.is_some());
                    Err("KMSInvalidStateException".to_owned())
                }
                Some("PendingReplicaDeletion") => {
                    assert!(known.pending_window.is_some());
                    Err("KMSInvalidStateException".to_owned())
                }
                None => Err("AccessDeniedException".to_owned()),
                Some(state) => panic!("{id} {region} is {state}"),
            };
            for ciphertext in self.ciphertexts.get(id).into_iter().flatten() {
                let body = json!({ "CiphertextBlob": ciphertext });
                let opened = self.call(region, "Decrypt", &body);
                let opened = opened.map(|answer| answer["Plaintext"].as_str().unwrap().to_owned());
                assert_eq!(opened, expected, "{id} {region}");
            }
        }
    }
}

/// Converts a time of KMS, seconds with a fraction.
#[expect(clippy::cast_possible_truncation, reason = "a date of this century")]
fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn key_life_cycle(actions in vec(action(), 1..40)) {
        let mut world = World::new();
        for action in &actions {
            world.perform(action);
            world.check();
        }
        world.restart();
        world.check();
    }
}
