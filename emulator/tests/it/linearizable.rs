//! Parallel callers of one key, while the emulator is killed and started again: every response fits
//! an order of the calls in which each takes effect between its request and its response. What a
//! response has shown is there after a crash.

use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};

use serde_json::json;

use crate::client::{call, create_key, text, try_call};
use crate::process::{Running, start_in};

const CALLERS: usize = 4;
const CALLS: usize = 12;
const ROUNDS: u64 = 6;

const OPERATIONS: [&str; 6] = [
    "EnableKey",
    "DisableKey",
    "DescribeKey",
    "DescribeKey",
    "ScheduleKeyDeletion",
    "CancelKeyDeletion",
];

/// The state of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum State {
    Enabled,
    Disabled,
    PendingDeletion,
}

/// A call. Its times are positions in one order of all requests and responses.
#[derive(Clone, Debug)]
struct Call {
    operation: &'static str,
    requested: usize,
    /// `None` if the connection broke: then the call may have had its effect, or not.
    response: Option<(usize, String)>,
}

/// The specification: the next state and the response.
fn perform(state: State, operation: &str) -> (State, String) {
    use State::{Disabled, Enabled, PendingDeletion};
    let next = match (operation, state) {
        ("DescribeKey", _) => return (state, format!("{state:?}")),
        ("EnableKey", Enabled | Disabled) => Enabled,
        ("DisableKey", Enabled | Disabled) | ("CancelKeyDeletion", PendingDeletion) => Disabled,
        ("ScheduleKeyDeletion", Enabled | Disabled) => PendingDeletion,
        _ => return (state, "KMSInvalidStateException".to_owned()),
    };
    (next, "done".to_owned())
}

/// The states that the key can have after the calls, if it had one of the given states before.
/// Empty if no order of the calls explains their responses.
fn outcomes(before: &BTreeSet<State>, calls: &[Call]) -> BTreeSet<State> {
    let mut seen = HashSet::new();
    let mut waiting: Vec<_> = before.iter().map(|state| (0_u64, *state)).collect();
    let mut after = BTreeSet::new();
    while let Some((done, state)) = waiting.pop() {
        if !seen.insert((done, state)) {
            continue;
        }
        let open = |index: &usize| done & (1 << index) == 0;
        let responded = |call: &Call| call.response.as_ref().map(|(at, _)| *at);
        let first = (0..calls.len())
            .filter(open)
            .filter_map(|index| responded(&calls[index]))
            .min();
        if first.is_none() {
            after.insert(state);
        }
        for index in (0..calls.len()).filter(open) {
            let call = &calls[index];
            if first.is_some_and(|first| call.requested > first) {
                continue;
            }
            let (next, expected) = perform(state, call.operation);
            if call
                .response
                .as_ref()
                .is_none_or(|(_, response)| *response == expected)
            {
                waiting.push((done | 1 << index, next));
            }
        }
    }
    after
}

/// The response in the words of the specification; `None` if the connection broke.
fn respond(address: SocketAddr, operation: &str, key: &str) -> Option<String> {
    let answer = try_call(address, operation, &json!({ "KeyId": key }))?;
    if answer.status != 200 {
        return Some(text(&answer.json()["__type"]));
    }
    Some(match operation {
        "DescribeKey" => text(&answer.json()["KeyMetadata"]["KeyState"]),
        _ => "done".to_owned(),
    })
}

/// Parallel calls. After half of the responses, the emulator is killed.
fn round(running: &Running, key: &str, seed: u64) -> Vec<Call> {
    let (time, responses) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let calls = Mutex::new(Vec::new());
    let kill = Mutex::new(Some(running.killer()));
    let begin = Barrier::new(CALLERS);
    let address = running.address;
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (time, responses, calls, kill, begin) = (&time, &responses, &calls, &kill, &begin);
            let mut random = fastrand::Rng::with_seed(seed * 100 + caller as u64);
            scope.spawn(move || {
                begin.wait();
                for _ in 0..CALLS {
                    let operation = OPERATIONS[random.usize(..OPERATIONS.len())];
                    let requested = time.fetch_add(1, Ordering::SeqCst);
                    let response = respond(address, operation, key);
                    let at = time.fetch_add(1, Ordering::SeqCst);
                    let is_broken = response.is_none();
                    calls.lock().unwrap().push(Call {
                        operation,
                        requested,
                        response: response.map(|response| (at, response)),
                    });
                    if is_broken {
                        return;
                    }
                    if responses.fetch_add(1, Ordering::SeqCst) == CALLERS * CALLS / 2 {
                        (kill.lock().unwrap().take().unwrap())();
                    }
                }
            });
        }
    });
    calls.into_inner().unwrap()
}

#[test]
fn responses_fit_an_order_of_the_calls_across_crashes() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start_in(folder.path());
    let key = create_key(running.address);
    let mut states = BTreeSet::from([State::Enabled]);
    for number in 0..ROUNDS {
        let calls = round(&running, &key, number);
        assert!(calls.len() > CALLERS * CALLS / 2);
        let before = states;
        states = outcomes(&before, &calls);
        assert!(
            !states.is_empty(),
            "round {number}, from {before:?}: {calls:#?}"
        );
        drop(running);
        running = start_in(folder.path());
    }
    let described = call(running.address, "DescribeKey", &json!({ "KeyId": key })).json();
    let described = text(&described["KeyMetadata"]["KeyState"]);
    assert!(
        states.iter().any(|state| format!("{state:?}") == described),
        "{described} {states:?}"
    );
}

/// The check itself finds a read of an old state, a lost change, and a change that comes back.
#[test]
fn the_check_finds_responses_that_fit_no_order() {
    let call = |operation, requested, response: Option<(usize, &str)>| Call {
        operation,
        requested,
        response: response.map(|(at, response)| (at, response.to_owned())),
    };
    let enabled = BTreeSet::from([State::Enabled]);
    let disabled = BTreeSet::from([State::Disabled]);
    let one = call("DisableKey", 0, Some((1, "done")));
    let old = call("DescribeKey", 2, Some((3, "Enabled")));
    assert!(outcomes(&enabled, &[one.clone(), old]).is_empty());
    let beside = call("DescribeKey", 0, Some((3, "Enabled")));
    assert_eq!(outcomes(&enabled, &[one, beside]), disabled);

    // A call without a response has its effect at most once, at any later time.
    let lost = call("DisableKey", 0, None);
    let before = call("DescribeKey", 1, Some((2, "Enabled")));
    let after = call("DescribeKey", 3, Some((4, "Disabled")));
    let again = call("DescribeKey", 5, Some((6, "Enabled")));
    let calls = [lost, before, after, again];
    assert_eq!(outcomes(&enabled, &calls[..1]).len(), 2);
    assert_eq!(outcomes(&enabled, &calls[..3]), disabled);
    assert!(outcomes(&enabled, &calls).is_empty());
}
