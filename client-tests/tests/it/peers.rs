//! Other emulators: `kms-emulator verify` and `--upstream` find what differs, and report it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use libtest_mimic::Trial;

use crate::emulator::{self, Emulator};
use crate::javascript::node;
use crate::python::{self, MotoServer};
use crate::tool::{self, number, run};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("peers::verify_moto", &["python3"], || {
            verify(
                &MotoServer::start().url,
                "TagResource/reserved_tag_prefix_is_refused",
            );
        }),
        tool::trial("peers::verify_ministack", &["python3"], || {
            verify(
                &MiniStack::start().url,
                "TagResource/duplicate_tag_keys_are_refused",
            );
        }),
        tool::trial("peers::shadow_of_moto", &["node", "npm", "python3"], shadow),
    ]
}

/// ministack's KMS.
struct MiniStack {
    child: Child,
    url: String,
}

impl MiniStack {
    fn start() -> Self {
        let folder = python::environment(&python::folder().join("requirements-ministack.txt"));
        let mut child = Command::new(folder.join("ministack"))
            .envs([
                ("BIND_HOST", "127.0.0.1"),
                ("GATEWAY_PORT", "0"),
                ("IOT_MTLS_ENABLED", "0"),
                ("SERVICES", "kms"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe closes when the process ends, so this cannot wait forever.
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = log.by_ref().find_map(|line| {
            let line = line.unwrap();
            let (_, url) = line.split_once("Running on ")?;
            Some(url.split(' ').next().unwrap().to_owned())
        });
        std::thread::spawn(move || log.for_each(drop));
        Self {
            child,
            url: url.expect("a URL in the log"),
        }
    }
}

impl Drop for MiniStack {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The cases of a few quick operations: some differ, and each report says so.
fn verify(url: &str, different: &str) {
    const ONLY: &str = "--only=CreateAlias,DisableKey,GenerateRandom,TagResource";
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut verify = Command::new(emulator::binary());
    tool::aws_environment(&mut verify);
    verify.args(["verify", "--endpoint", url, ONLY]);
    for (option, name) in [
        ("--json", "v.json"),
        ("--junit", "v.xml"),
        ("--html", "v.html"),
    ] {
        verify.arg(option).arg(file(name));
    }
    let output = run(&mut verify);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains(&format!("different: {different} (")),
        "{text}"
    );

    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    let json = read("v.json");
    let [same, differences] =
        [r#""same":"#, r#""different":"#].map(|name| number(&json, name, ","));
    assert!(same > 0 && differences > 0, "{json}");
    assert!(
        json.contains(&format!("\"name\": \"{different}\"")),
        "{json}"
    );
    let junit = read("v.xml");
    assert_eq!(junit.matches("<failure ").count(), differences, "{junit}");
    let html = read("v.html");
    assert!(
        html.contains(different) && html.ends_with("</html>\n"),
        "{html}"
    );
}

/// The JavaScript SDK's tests of operations pass through a shadow of moto. Its differences are those of moto, not of
/// ids, dates and order, and are written as cases.
fn shadow() {
    let moto = MotoServer::start();
    let cases = tempfile::tempdir().unwrap();
    let folder = cases.path().to_str().unwrap();
    let shadow = Emulator::start_with(&["--upstream", &moto.url, "--shadow-cases", folder]);
    let mut node = node("operations.test.mjs");
    node.env("AWS_ENDPOINT_URL", shadow.endpoint_url());
    // The tests themselves fail where moto differs.
    let _ = run(&mut node);
    let report = shadow.get("/_emulator/shadow");
    assert!(number(&report, r#""different":"#, ",") > 0, "{report}");
    let found = |operation: &str, path: &str| {
        report.contains(&format!(r#"{{"operation":"{operation}","path":"{path}","#))
    };
    assert!(
        found("CreateKey", "KeyMetadata.CurrentKeyMaterialId"),
        "{report}"
    );
    assert!(found("CreateGrant", "GrantId"), "{report}");
    for (operation, path) in [
        ("CreateKey", "KeyMetadata.CreationDate"),
        ("DescribeKey", "KeyMetadata.KeyId"),
        ("ListAliases", "Aliases[]"),
        ("ListGrants", "Grants[]"),
        ("ListKeys", "Keys[]"),
    ] {
        assert!(!found(operation, path), "{operation} {path}: {report}");
    }
    let events = shadow.get("/_emulator/events?details=true&operation=CreateKey");
    assert!(
        events.contains(r#""shadow":{"result":"different""#),
        "{events}"
    );

    // What was written can be played.
    assert!(
        cases
            .path()
            .join("CreateGrant/differs_in_grant_id.json")
            .exists(),
        "{report}"
    );
    replay(&moto.url, cases.path());
}

/// Plays the cases of a folder. Some need more setup, so they differ, but others do not.
fn replay(url: &str, cases: &Path) {
    let mut verify = Command::new(emulator::binary());
    tool::aws_environment(&mut verify);
    verify
        .args(["verify", "--endpoint", url, "--cases"])
        .arg(cases);
    let output = run(&mut verify);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{text}");
    assert!(number(&text, "cases compared: ", " the same") > 0, "{text}");
}
