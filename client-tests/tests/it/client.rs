//! The clients, what each was seen to do in this run, and the README's table of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::emulator::{self, Emulator};

/// A client of KMS, as people install it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Client {
    Rust,
    JavaScript,
    Boto3,
    Aioboto3,
    Cli,
    Java,
    JavaAsync,
    Go,
}

/// What was seen of a client.
#[derive(Default)]
struct Seen {
    /// Operations that it was answered with success, by its version: libraries bring versions of their
    /// own, which use a few.
    operations: BTreeMap<String, BTreeSet<String>>,
    passed: usize,
}

static SEEN: Mutex<BTreeMap<Client, Seen>> = Mutex::new(BTreeMap::new());

/// How many operations there are in AWS's model.
const OPERATIONS: usize = 56;

const ALL: [Client; 8] = [
    Client::Rust,
    Client::JavaScript,
    Client::Boto3,
    Client::Aioboto3,
    Client::Cli,
    Client::Java,
    Client::JavaAsync,
    Client::Go,
];

impl Client {
    fn title(self) -> &'static str {
        match self {
            Self::Rust => "AWS SDK for Rust",
            Self::JavaScript => "AWS SDK for JavaScript v3",
            Self::Boto3 => "Python: boto3",
            Self::Aioboto3 => "Python: aioboto3 (its aiobotocore)",
            Self::Cli => "AWS CLI",
            Self::Java => "AWS SDK for Java v2",
            Self::JavaAsync => "AWS SDK for Java v2, asynchronous",
            Self::Go => "AWS SDK for Go v2",
        }
    }

    /// What stands before the version in the `User-Agent` header. For Rust it is the crate's: the
    /// header begins with that of its runtime.
    fn product(self) -> &'static str {
        match self {
            Self::Rust => "api/kms/",
            Self::JavaScript => "aws-sdk-js/",
            Self::Boto3 => "Boto3/",
            Self::Aioboto3 => "aiobotocore/",
            Self::Cli => "aws-cli/",
            Self::Java | Self::JavaAsync => "aws-sdk-java/",
            Self::Go => "aws-sdk-go-v2/",
        }
    }

    /// What else is in the header, where that tells two clients apart.
    fn mark(self) -> &'static str {
        match self {
            Self::Java => "md/io#sync",
            Self::JavaAsync => "md/io#async",
            _ => "",
        }
    }

    /// Counts tests of this client that passed.
    pub(crate) fn passed(self, tests: usize) {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(self).or_default().passed += tests;
    }

    /// Notes what an emulator was asked, all of it by this client.
    pub(crate) fn asked(self, emulator: &Emulator) {
        let page = emulator.get("/_emulator/events?limit=10000");
        let page: Value = serde_json::from_str(&page).unwrap();
        let events = page["events"].as_array().unwrap();
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.entry(self).or_default();
        for event in events
            .iter()
            .filter(|event| event.get("errorCode").is_none())
        {
            let agent = event["userAgent"].as_str().unwrap_or_default();
            let Some((_, version)) = agent.split_once(self.product()) else {
                continue;
            };
            if !agent.contains(self.mark()) {
                continue;
            }
            let ends = |letter: char| letter.is_whitespace() || letter == ';';
            let version = version.split(ends).next().unwrap().to_owned();
            let operation = event["eventName"].as_str().unwrap().to_owned();
            seen.operations
                .entry(version)
                .or_default()
                .insert(operation);
        }
    }
}

/// The table of a whole run.
fn table() -> String {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut table =
        "| Client | Version | Operations | Tests passed |\n| --- | --- | --- | --- |\n".to_owned();
    for client in ALL {
        let (title, nothing) = (client.title(), Seen::default());
        let Seen { operations, passed } = seen.get(&client).unwrap_or(&nothing);
        let most = operations.iter().max_by_key(|(_, names)| names.len());
        let (version, count) = most.map_or(("", 0), |(version, names)| (version, names.len()));
        writeln!(
            table,
            "| {title} | {version} | {count} of {OPERATIONS} | {passed} |"
        )
        .unwrap();
    }
    table
}

/// Compares the README's table with that of a whole run, or writes it there with `UPDATE=1`.
///
/// # Errors
///
/// How they differ; or that a client was not seen to use an operation.
pub(crate) fn check() -> Result<(), String> {
    let (table, file) = (table(), emulator::root().join("README.md"));
    println!("\n{table}");
    let whole = format!("| {OPERATIONS} of {OPERATIONS} |");
    if !table.lines().skip(2).all(|line| line.contains(&whole)) {
        return Err("a client was not seen to succeed with every operation".to_owned());
    }
    let readme = fs::read_to_string(&file).unwrap();
    if readme.contains(&table) {
        return Ok(());
    }
    let first = table.lines().next().unwrap();
    let (before, rest) = readme.split_once(first).expect("the README has the table");
    let after = rest.trim_start_matches(|letter| letter != '\n');
    let after: String = after
        .split_inclusive('\n')
        .skip(1)
        .skip_while(|line| line.starts_with('|'))
        .collect();
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        fs::write(&file, format!("{before}{table}{after}")).unwrap();
        return Ok(());
    }
    Err("the README's table of clients is another; UPDATE=1 writes this one".to_owned())
}
