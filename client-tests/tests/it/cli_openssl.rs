//! The AWS CLI with the `openssl` command, as in AWS's own examples: OpenSSL verifies signatures of KMS
//! and encrypts for it.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::cli::{aws, save};
use crate::emulator::Emulator;
use crate::tool::{self, run, succeed};

const MESSAGE: &str = "an Ünïcödé message";

pub(crate) fn trials() -> Vec<Trial> {
    let programs: &[_] = &["python3", "openssl", "base64"];
    vec![
        tool::trial("cli::rsa_signatures", programs, rsa_signatures),
        tool::trial("cli::rsa_encryption", programs, rsa_encryption),
        tool::trial("cli::sm2_signatures", programs, sm2_signatures),
        tool::trial("cli::sm2_encryption", programs, sm2_encryption),
    ]
}

/// A key, and a folder with its public key `public.der` and the messages `message` and `other`.
struct KeyFolder {
    emulator: Emulator,
    folder: TempDir,
    region: &'static str,
    key: String,
}

impl KeyFolder {
    fn new(region: &'static str, spec: &str, usage: &str) -> Self {
        let mut folder = Self {
            emulator: Emulator::start(),
            folder: tempfile::tempdir().unwrap(),
            region,
            key: String::new(),
        };
        let mut create = folder.aws("create-key", &["--key-spec", spec, "--key-usage", usage]);
        create.args(["--query", "KeyMetadata.KeyId", "--output", "text"]);
        succeed(&mut create).trim().clone_into(&mut folder.key);
        folder.save("get-public-key", &[], "PublicKey", "public.der");
        fs::write(folder.path().join("message"), MESSAGE).unwrap();
        fs::write(folder.path().join("other"), "another message").unwrap();
        folder
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn aws(&self, operation: &str, arguments: &[&str]) -> Command {
        let mut aws = aws(&self.emulator, self.path(), &[operation]);
        if !self.key.is_empty() {
            aws.args(["--key-id", &self.key]);
        }
        aws.args(["--region", self.region]).args(arguments);
        aws
    }

    /// Writes a member of an operation's response to a file.
    fn save(&self, operation: &str, arguments: &[&str], member: &str, file: &str) {
        save(self.aws(operation, arguments), member, self.path(), file);
    }

    fn openssl(&self, arguments: &str) -> Command {
        let mut openssl = Command::new("openssl");
        openssl
            .args(arguments.split_whitespace())
            .current_dir(self.path());
        openssl
    }

    fn verifies(&self, arguments: &str) -> bool {
        run(&mut self.openssl(arguments)).status.success()
    }

    /// Decrypts the file `sealed` with KMS.
    fn decrypt(&self, algorithm: &str) -> String {
        let arguments = ["--ciphertext-blob", "fileb://sealed"];
        let algorithm = ["--encryption-algorithm", algorithm];
        let arguments = [arguments, algorithm].concat();
        self.save("decrypt", &arguments, "Plaintext", "opened");
        fs::read_to_string(self.path().join("opened")).unwrap()
    }

    /// Signs a file; the signature goes to the file `signature`.
    fn sign(&self, file: &str, message_type: &str, algorithm: &str) {
        let message = format!("fileb://{file}");
        let arguments = ["--message", &message, "--message-type", message_type];
        let algorithm = ["--signing-algorithm", algorithm];
        let arguments = [arguments.as_slice(), &algorithm].concat();
        self.save("sign", &arguments, "Signature", "signature");
    }
}

fn rsa_signatures() {
    let folder = KeyFolder::new("us-east-1", "RSA_2048", "SIGN_VERIFY");
    let public = "-keyform DER -signature signature";
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";

    folder.sign("message", "RAW", "RSASSA_PKCS1_V1_5_SHA_256");
    let dgst = format!("dgst -sha256 -verify public.der {public}");
    assert!(folder.verifies(&format!("{dgst} message")));
    assert!(!folder.verifies(&format!("{dgst} other")));

    folder.sign("message", "RAW", "RSASSA_PSS_SHA_512");
    let dgst = format!("dgst -sha512 -verify public.der {public} {pss}");
    assert!(folder.verifies(&format!("{dgst} message")));
    assert!(!folder.verifies(&format!("{dgst} other")));

    // A digest by OpenSSL.
    succeed(&mut folder.openssl("dgst -sha384 -binary -out digest message"));
    folder.sign("digest", "DIGEST", "RSASSA_PSS_SHA_384");
    let verify = "pkeyutl -verify -pubin -inkey public.der -keyform DER -sigfile signature";
    let pss = "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest";
    let verify = format!("{verify} {pss} -pkeyopt digest:sha384 -in digest");
    assert!(folder.verifies(&verify));
}

fn rsa_encryption() {
    let folder = KeyFolder::new("us-east-1", "RSA_2048", "ENCRYPT_DECRYPT");
    let encrypt = "pkeyutl -encrypt -pubin -inkey public.der -keyform DER -in message -out sealed";
    for (hash, algorithm) in [
        ("sha1", "RSAES_OAEP_SHA_1"),
        ("sha256", "RSAES_OAEP_SHA_256"),
    ] {
        let oaep = format!("-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:{hash}");
        succeed(&mut folder.openssl(&format!("{encrypt} {oaep} -pkeyopt rsa_mgf1_md:{hash}")));
        assert_eq!(folder.decrypt(algorithm), MESSAGE);
    }
}

/// Only the Regions in China have SM2.
fn sm2_signatures() {
    let folder = KeyFolder::new("cn-north-1", "SM2", "SIGN_VERIFY");
    folder.sign("message", "RAW", "SM2DSA");
    // KMS uses the default identifier of SM2.
    let identifier = "-rawin -digest sm3 -pkeyopt distid:1234567812345678";
    let verify = "pkeyutl -verify -pubin -inkey public.der -keyform DER -sigfile signature";
    assert!(folder.verifies(&format!("{verify} {identifier} -in message")));
    assert!(!folder.verifies(&format!("{verify} {identifier} -in other")));
}

fn sm2_encryption() {
    let folder = KeyFolder::new("cn-north-1", "SM2", "ENCRYPT_DECRYPT");
    let encrypt = "pkeyutl -encrypt -pubin -inkey public.der -keyform DER -in message -out sealed";
    succeed(&mut folder.openssl(encrypt));
    assert_eq!(folder.decrypt("SM2PKE"), MESSAGE);

    // KMS encrypts in the same format. Only KMS can decrypt it, because the private key never leaves KMS.
    let algorithm = ["--encryption-algorithm", "SM2PKE"];
    let arguments = ["--plaintext", "fileb://message"];
    let arguments = [arguments, algorithm].concat();
    folder.save("encrypt", &arguments, "CiphertextBlob", "sealed");
    let form = succeed(&mut folder.openssl("asn1parse -inform DER -in sealed"));
    let kinds: Vec<_> = form
        .lines()
        .filter_map(|line| line.split(": ").nth(1)?.split("  ").next())
        .collect();
    assert_eq!(
        kinds,
        [
            "SEQUENCE",
            "INTEGER",
            "INTEGER",
            "OCTET STRING",
            "OCTET STRING"
        ],
        "{form}"
    );
    assert_eq!(folder.decrypt("SM2PKE"), MESSAGE);
}
