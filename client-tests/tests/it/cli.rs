//! The AWS CLI, with signatures verified by OpenSSL.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::article::Program;
use crate::client::{Client, OPERATION_COUNT};
use crate::credentials;
use crate::emulator::{self, Emulator};
use crate::python;
use crate::tool::{self, run, succeed};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial(
            "cli::signatures",
            &["python3", "openssl", "base64"],
            signatures,
        ),
        tool::trial("cli::errors", &["python3"], errors),
        tool::trial("cli::operations", SCRIPTS, operations),
        tool::trial(
            "cli::retries",
            &["python3", "bash", "curl", "base64"],
            retries,
        ),
    ]
}

/// The programs that the scripts in `cli/` use.
const SCRIPTS: &[&str] = &["python3", "bash", "openssl", "base64"];

pub(crate) fn article() -> Program {
    Program {
        client: Client::Cli,
        needs: SCRIPTS,
        command: || script("article.sh"),
        trust: python::trust,
        connections: 6,
    }
}

pub(crate) fn credentials() -> credentials::Program {
    credentials::Program {
        client: Client::Cli,
        needs: SCRIPTS,
        command: || script("credentials.sh"),
        no_credentials: "Unable to locate credentials",
        assumes_in_code: false,
        providers_read_endpoint_url: true,
    }
}

/// A script with `aws` on its path.
fn script(name: &str) -> Command {
    let path = std::env::var("PATH").unwrap();
    let mut bash = Command::new("bash");
    bash.arg(emulator::root().join("client-tests/cli").join(name))
        .env("PATH", format!("{}:{path}", python::programs().display()));
    bash
}

/// Calls every operation.
fn operations() {
    let emulator = Emulator::start();
    let mut script = script("operations.sh");
    tool::aws_environment(&mut script);
    python::newest_model(&mut script);
    script.env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    let report = succeed(&mut script);
    assert_eq!(
        tool::number(&report, "operations: ", "\n"),
        *OPERATION_COUNT
    );
    Client::Cli.record_operations(&emulator);
    Client::Cli.add_passed(1);
}

/// Retries after faults that hit once.
fn retries() {
    let (emulator, folder) = (Emulator::start(), tempfile::tempdir().unwrap());
    let mut script = script("retries.sh");
    tool::aws_environment(&mut script);
    script
        .env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .current_dir(folder.path());
    succeed(&mut script);
    Client::Cli.add_passed(1);
}

/// One `aws kms` command in a folder, with the emulator in `AWS_ENDPOINT_URL`.
pub(crate) fn aws(emulator: &Emulator, folder: &Path, arguments: &[&str]) -> Command {
    let mut aws = Command::new(python::programs().join("aws"));
    aws.arg("kms").args(arguments).current_dir(folder);
    tool::aws_environment(&mut aws);
    aws.env("AWS_ENDPOINT_URL", emulator.endpoint_url())
        .env("AWS_PAGER", "");
    aws
}

fn create_key(emulator: &Emulator, folder: &Path) -> String {
    let mut create = aws(
        emulator,
        folder,
        &["create-key", "--key-spec", "ECC_NIST_P256"],
    );
    create.args([
        "--key-usage",
        "SIGN_VERIFY",
        "--query",
        "KeyMetadata.KeyId",
        "--output",
        "text",
    ]);
    succeed(&mut create).trim().to_owned()
}

/// Decodes a member of a response, which the CLI prints as base64, into a file.
pub(crate) fn save(mut aws: Command, member: &str, folder: &Path, file: &str) {
    let text = succeed(aws.args(["--query", member, "--output", "text"]));
    fs::write(folder.join("text"), text.trim()).unwrap();
    let bytes = run(Command::new("base64")
        .args(["--decode", "text"])
        .current_dir(folder));
    fs::write(folder.join(file), bytes.stdout).unwrap();
}

fn signatures() {
    let (emulator, folder) = (Emulator::start(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let key = create_key(&emulator, folder);
    fs::write(folder.join("message"), "a message").unwrap();
    fs::write(folder.join("other"), "another message").unwrap();
    let algorithm = ["--signing-algorithm", "ECDSA_SHA_256"];

    let public_key = aws(&emulator, folder, &["get-public-key", "--key-id", &key]);
    save(public_key, "PublicKey", folder, "public.der");
    let mut sign = aws(&emulator, folder, &["sign", "--key-id", &key]);
    sign.args(["--message", "fileb://message"]).args(algorithm);
    save(sign, "Signature", folder, "signature.der");

    let openssl = |message: &str| {
        let mut openssl = Command::new("openssl");
        openssl.args([
            "dgst",
            "-sha256",
            "-verify",
            "public.der",
            "-keyform",
            "DER",
        ]);
        openssl
            .args(["-signature", "signature.der", message])
            .current_dir(folder);
        String::from_utf8(run(&mut openssl).stdout).unwrap()
    };
    assert_eq!(openssl("message"), "Verified OK\n");
    assert!(openssl("other").starts_with("Verification failure"));

    let verify = |message: &str| {
        let mut verify = aws(
            &emulator,
            folder,
            &["verify", "--key-id", &key, "--message", message],
        );
        verify
            .args(["--signature", "fileb://signature.der"])
            .args(algorithm);
        verify.args(["--query", "SignatureValid"]);
        verify
    };
    assert_eq!(succeed(&mut verify("fileb://message")).trim(), "true");
    let refused = run(&mut verify("fileb://other"));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(
        message.contains("(KMSInvalidSignatureException)"),
        "{message}"
    );
    Client::Cli.add_passed(1);
}

fn errors() {
    let (emulator, folder) = (Emulator::start(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let key = create_key(&emulator, folder);
    fs::write(folder.join("message"), "a message").unwrap();
    let sign = || {
        let mut sign = aws(&emulator, folder, &["sign", "--key-id", &key]);
        sign.args([
            "--message",
            "fileb://message",
            "--signing-algorithm",
            "ECDSA_SHA_256",
        ]);
        sign
    };
    let error_of = |command: &mut Command| {
        let output = run(command);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let digest = error_of(sign().args(["--message-type", "DIGEST"]));
    let expected = "An error occurred (ValidationException) when calling the Sign operation: \
                    Digest is invalid length for algorithm ECDSA_SHA_256.";
    assert!(digest.contains(expected), "{digest}");

    succeed(&mut aws(
        &emulator,
        folder,
        &["disable-key", "--key-id", &key],
    ));
    let disabled = error_of(&mut sign());
    let expected = format!(
        "An error occurred (DisabledException) when calling the Sign operation: \
         arn:aws:kms:us-east-1:000000000000:key/{key} is disabled."
    );
    assert!(disabled.contains(&expected), "{disabled}");
    Client::Cli.add_passed(1);
}
