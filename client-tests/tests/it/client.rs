//! The clients that the tests run, and the documented table of their versions, operations and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::Value;

use crate::emulator::{self, Emulator};

/// A client of KMS, as users install it.
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

/// The record of one client in this run.
#[derive(Default)]
struct Record {
    /// Operations that succeeded, by the client's version. Some libraries depend on another version,
    /// and use a few operations.
    operations: BTreeMap<String, BTreeSet<String>>,
    passed: usize,
}

static RECORDS: Mutex<BTreeMap<Client, Record>> = Mutex::new(BTreeMap::new());

/// The number of operations in AWS's model. Tests in other languages read it from the environment
/// variable `OPERATION_COUNT`.
pub(crate) static OPERATION_COUNT: LazyLock<usize> = LazyLock::new(|| {
    let model = fs::read(emulator::root().join("emulator/model/kms.json")).unwrap();
    let model: Value = serde_json::from_slice(&model).unwrap();
    model["operations"].as_object().unwrap().len()
});

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

    /// The text before the version in the `User-Agent` header. For Rust it is the crate's version: the
    /// header begins with the version of the SDK's runtime.
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

    /// Another part of the header, for clients that share a product name.
    fn mark(self) -> &'static str {
        match self {
            Self::Java => "md/io#sync",
            Self::JavaAsync => "md/io#async",
            _ => "",
        }
    }

    /// Adds to the number of this client's passed tests.
    pub(crate) fn add_passed(self, tests: usize) {
        let mut records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
        records.entry(self).or_default().passed += tests;
    }

    /// Records the operations that this client called on an emulator, from the emulator's events.
    pub(crate) fn record_operations(self, emulator: &Emulator) {
        let page = emulator.get("/_emulator/events?limit=10000");
        let page: Value = serde_json::from_str(&page).unwrap();
        let events = page["events"].as_array().unwrap();
        let mut records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
        let record = records.entry(self).or_default();
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
            record
                .operations
                .entry(version)
                .or_default()
                .insert(operation);
        }
    }
}

/// The table of a complete run.
fn table() -> String {
    let records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let total = *OPERATION_COUNT;
    let mut table =
        "| Client | Version | Operations | Tests passed |\n| --- | --- | --- | --- |\n".to_owned();
    for client in ALL {
        let (title, empty) = (client.title(), Record::default());
        let Record { operations, passed } = records.get(&client).unwrap_or(&empty);
        let most = operations.iter().max_by_key(|(_, names)| names.len());
        let (version, count) = most.map_or(("", 0), |(version, names)| (version, names.len()));
        writeln!(
            table,
            "| {title} | {version} | {count} of {total} | {passed} |"
        )
        .unwrap();
    }
    table
}

/// The page with the table of clients: the README, or one of the pages in `emulator/docs`.
fn page_with_table(head: &str) -> (PathBuf, String) {
    let root = emulator::root();
    let docs = fs::read_dir(root.join("emulator/docs"))
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().path());
    docs.chain([root.join("README.md")])
        .filter_map(|file| fs::read_to_string(&file).ok().map(|text| (file, text)))
        .find(|(_, text)| text.contains(head))
        .expect("a page with the table of clients")
}

/// Compares the documented table with the one of this complete run, or writes it with `UPDATE=1`.
///
/// # Errors
///
/// The tables differ, or an operation never succeeded with a client.
pub(crate) fn check() -> Result<(), String> {
    let (table, total) = (table(), *OPERATION_COUNT);
    println!("\n{table}");
    let complete = format!("| {total} of {total} |");
    if !table.lines().skip(2).all(|line| line.contains(&complete)) {
        return Err("an operation never succeeded with one of the clients".to_owned());
    }
    let first = table.lines().next().unwrap();
    let (file, page) = page_with_table(first);
    if page.contains(&table) {
        return Ok(());
    }
    let (before, rest) = page.split_once(first).unwrap();
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
    Err(format!(
        "the table of clients in {} is out of date; run the tests with UPDATE=1 to write this one",
        file.display()
    ))
}
