//! `@aws-sdk/client-kms` in Node.js and in a browser, with results checked by Node.js's `crypto`; libraries
//! that use KMS; and the npm package `simulated-kms` in test frameworks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use libtest_mimic::Trial;

use crate::article::Program;
use crate::client::Client;
use crate::credentials;
use crate::emulator::{self, Emulator};
use crate::python::MotoServer;
use crate::tool::{self, copy_folder, fingerprint, number, succeed, workshop};

pub(crate) const NODE: &[&str] = &["node", "npm"];
pub(crate) const BROWSER: &[&str] = &["node", "npm", tool::CHROMIUM];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("javascript::queue", &["node", "npm", "python3"], queue),
        tool::trial("javascript::errors", NODE, || kms_only("errors.test.mjs")),
        tool::trial("javascript::exceptions", NODE, || {
            kms_only("exceptions.test.mjs");
        }),
        tool::trial("javascript::crypto", NODE, || kms_only("crypto.test.mjs")),
        tool::trial("javascript::operations", NODE, || {
            kms_only("operations.test.mjs");
        }),
        tool::trial("javascript::pages", NODE, || kms_only("pages.test.mjs")),
        tool::trial("javascript::concurrency", NODE, || {
            kms_only("concurrency.test.mjs");
        }),
        tool::trial("javascript::http2", NODE, || kms_only("http2.test.mjs")),
        tool::trial("javascript::https", NODE, https),
        tool::trial("javascript::encryption_sdk", NODE, || {
            kms_only("encryption_sdk.test.mjs");
        }),
        tool::trial("javascript::ethereum", NODE, || {
            kms_only("libraries/ethereum.test.mjs");
        }),
        tool::trial("javascript::shadow", NODE, shadow),
        tool::trial("javascript::browser", BROWSER, browser),
        tool::trial("javascript::vitest", NODE, vitest),
        tool::trial("javascript::frameworks", NODE, frameworks),
    ]
}

pub(crate) fn article() -> Program {
    Program {
        client: Client::JavaScript,
        needs: NODE,
        command: || {
            let mut node = Command::new("node");
            node.arg(packages().join("article.mjs"));
            node
        },
        trust: |article, authority| {
            article.env("NODE_EXTRA_CA_CERTS", authority);
        },
        connections: 1,
    }
}

pub(crate) fn credentials() -> credentials::Program {
    credentials::Program {
        client: Client::JavaScript,
        needs: NODE,
        command: || {
            let mut node = Command::new("node");
            node.arg(packages().join("credentials.mjs"));
            node
        },
        no_credentials: "Could not load credentials from any providers",
        assumes_in_code: true,
        providers_read_endpoint_url: true,
    }
}

/// Signed messages through a queue, with separate endpoints for KMS and SQS.
fn queue() {
    let (emulator, queue) = (Emulator::start(), MotoServer::start());
    let mut node = node("article.test.mjs");
    node.env("AWS_ENDPOINT_URL_KMS", emulator.endpoint_url());
    node.env("AWS_ENDPOINT_URL_SQS", &queue.url);
    passes(&mut node);
    Client::JavaScript.record_operations(&emulator);
}

/// Tests that use KMS only, by `AWS_ENDPOINT_URL`.
fn kms_only(test: &str) {
    let emulator = Emulator::start();
    let mut node = node(test);
    node.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    passes(&mut node);
    Client::JavaScript.record_operations(&emulator);
}

/// The tests of KMS pass through a shadow, and it finds no difference to an upstream of its own version.
fn shadow() {
    for test in [
        "crypto.test.mjs",
        "encryption_sdk.test.mjs",
        "errors.test.mjs",
        "exceptions.test.mjs",
        "libraries/ethereum.test.mjs",
        "operations.test.mjs",
        "pages.test.mjs",
    ] {
        let upstream = Emulator::start();
        let shadow = Emulator::start_with(&["--upstream", upstream.endpoint_url()]);
        let mut node = node(test);
        node.env("AWS_ENDPOINT_URL", shadow.endpoint_url());
        succeed(&mut node);
        let report = shadow.get("/_emulator/shadow");
        let compared = number(&report, r#""same":"#, ",");
        let different = number(&report, r#""different":"#, ",");
        assert!(compared > 0 && different == 0, "{test}: {report}");
    }
}

/// HTTP/2, negotiated by the TLS handshake.
fn https() {
    let emulator = Emulator::start_with(&["--tls"]);
    let authority = tempfile::NamedTempFile::new().unwrap();
    fs::write(&authority, emulator.get("/ca.pem")).unwrap();
    let mut node = node("http2.test.mjs");
    node.env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .env("NODE_EXTRA_CA_CERTS", authority.path());
    passes(&mut node);
}

/// A page in a real browser. The test starts its own emulators, with different CORS origins.
fn browser() {
    let mut node = node("browser/browser.test.mjs");
    node.env("KMS_EMULATOR", emulator::binary());
    passes(&mut node);
}

/// The npm package in Vitest. It starts its own emulators.
fn vitest() {
    let mut vitest = Command::new("npx");
    vitest
        .current_dir(packages())
        .args(["vitest", "run", "helper.test.mjs", "identities.test.mjs"])
        .args(["--root", "vitest", "--reporter", "json"])
        .env("KMS_EMULATOR", emulator::binary());
    tool::aws_environment(&mut vitest);
    let report = succeed(&mut vitest);
    assert!(report.contains(r#""numPendingTests":0,"#), "{report}");
    Client::JavaScript.add_passed(number(&report, r#""numPassedTests":"#, ","));
}

/// The npm package in Jest, in Node.js's own tests, by set-up files, and its types.
fn frameworks() {
    let folder = installed("frameworks");
    let npx = |arguments: &[&str]| {
        let mut npx = Command::new("npx");
        npx.current_dir(&folder)
            .args(arguments)
            .env("KMS_EMULATOR", emulator::binary());
        tool::aws_environment(&mut npx);
        npx
    };
    succeed(&mut npx(&["tsc", "--project", "types"]));
    let jest = succeed(&mut npx(&["jest", "--json"]));
    assert!(jest.contains(r#""numPassedTests":4,"#), "{jest}");
    let vitest = succeed(&mut npx(&["vitest", "run", "--reporter", "json"]));
    assert!(vitest.contains(r#""numPassedTests":2,"#), "{vitest}");
    let setup = ["--require", "simulated-kms/node-test-setup"];
    for (file, options) in [("node.test.cjs", &[][..]), ("node-setup.test.mjs", &setup)] {
        let mut node = Command::new("node");
        node.current_dir(&folder)
            .args(options)
            .args(["--test", "--test-reporter=tap", file])
            .env("KMS_EMULATOR", emulator::binary());
        tool::aws_environment(&mut node);
        assert_eq!(number(&succeed(&mut node), "\n# pass ", "\n"), 2, "{file}");
    }
}

/// A folder of `javascript/` that has more packages.
fn installed(name: &str) -> PathBuf {
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let folder = packages().join(name);
    let _guard = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
    install(&folder);
    install_own(&folder);
    folder
}

/// The tests of the Testcontainers module, which has its own packages.
pub(crate) fn in_containers() -> Command {
    let folder = installed("testcontainers");
    let mut node = node("container.test.mjs");
    node.current_dir(folder);
    node
}

/// Runs a file of tests that must all pass.
fn passes(node: &mut Command) {
    let report = succeed(node);
    assert!(report.contains("\n# skipped 0\n"), "{report}");
    Client::JavaScript.add_passed(number(&report, "\n# pass ", "\n"));
}

pub(crate) fn node(test: &str) -> Command {
    let mut node = Command::new("node");
    node.current_dir(packages())
        .args(["--test", "--test-reporter=tap", test]);
    tool::aws_environment(&mut node);
    node
}

/// A copy of `javascript/` with its packages installed, so that the source tree stays clean.
pub(crate) fn packages() -> &'static PathBuf {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let source = emulator::root().join("client-tests/javascript");
        let copy = workshop("javascript").join(fingerprint(&source.join("package-lock.json")));
        copy_folder(&source, &copy);
        install(&copy);
        install_own(&copy);
        copy
    })
}

/// Copies the package `simulated-kms` to where npm would install it, so that it finds the folder's other packages.
fn install_own(folder: &Path) {
    let package = folder.join("node_modules/simulated-kms");
    copy_folder(&emulator::root().join("emulator/packaging/npm"), &package);
}

/// Installs the packages of a folder's lock file, once.
fn install(folder: &Path) {
    let lock = fingerprint(&folder.join("package-lock.json"));
    let finished = folder.join(format!("finished-{lock}"));
    if !finished.exists() {
        tool::progress("installing npm packages");
        succeed(Command::new("npm").arg("ci").current_dir(folder));
        fs::write(finished, "").unwrap();
    }
}
