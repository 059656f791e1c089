//! The AWS SDK for Java, synchronous and asynchronous; a `JUnit` extension that starts an emulator; the AWS
//! Encryption SDK and other libraries that use KMS; jsign, which finds the emulator by its host name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;

use crate::article::Program;
use crate::client::Client;
use crate::credentials;
use crate::emulator::{self, Emulator};
use crate::tool::{self, copy_folder, run, succeed, workshop};

const JAVA: &[&str] = &["mvn", "javac", "keytool"];
const AND_PORT_443: &[&str] = &["mvn", "javac", "keytool", tool::PORT_443];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        tool::trial("java::junit", JAVA, junit),
        tool::trial("java::code_signing", AND_PORT_443, code_signing),
    ]
}

pub(crate) fn article() -> Program {
    Program {
        client: Client::Java,
        needs: JAVA,
        command: || java("Article"),
        trust,
        connections: 1,
    }
}

pub(crate) fn article_async() -> Program {
    Program {
        client: Client::JavaAsync,
        // Netty can return a connection to its pool too late for the next call.
        connections: 4,
        command: || java("ArticleAsync"),
        ..article()
    }
}

pub(crate) fn credentials() -> credentials::Program {
    credentials::Program {
        client: Client::Java,
        needs: JAVA,
        command: || java("Credentials"),
        no_credentials: "Unable to load credentials from any of the providers in the chain",
        assumes_in_code: true,
        providers_read_endpoint_url: true,
    }
}

/// Both projects as modules of one build, so that the tests use the package without its installation.
const BUILD: &str = "\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>simulatedkms</groupId>
  <artifactId>build</artifactId>
  <version>0</version>
  <packaging>pom</packaging>
  <modules>
    <module>package</module>
    <module>tests</module>
  </modules>
</project>
";

/// A folder with copies of `emulator/packaging/java` and `client-tests/java`, compiled once.
fn compiled() -> &'static PathBuf {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let project = workshop("java");
        fs::remove_dir_all(&project).unwrap();
        let root = emulator::root();
        for (source, name) in [
            ("emulator/packaging/java", "package"),
            ("client-tests/java", "tests"),
        ] {
            copy_folder(&root.join(source), &project.join(name));
        }
        fs::write(project.join("pom.xml"), BUILD).unwrap();
        tool::progress("compiling the Java tests with Maven");
        succeed(maven(&project).arg("process-test-classes"));
        project
    })
}

fn maven(project: &Path) -> Command {
    let mut maven = Command::new("mvn");
    maven
        .current_dir(project)
        .args(["--batch-mode", "--no-transfer-progress"]);
    tool::aws_environment(&mut maven);
    maven
}

/// The project's classes and what they use.
pub(crate) fn class_path() -> String {
    let target = compiled().join("tests/target");
    let others = fs::read_to_string(target.join("classpath")).unwrap();
    format!("{}:{others}", target.join("test-classes").display())
}

/// A Java program, started without Maven, which is faster.
fn java(class: &str) -> Command {
    let mut java = Command::new("java");
    // A program ends before more compilation pays.
    java.args(["-XX:TieredStopAtLevel=1", "-cp", &class_path()]);
    java.arg(format!("simulatedkms.{class}"));
    java
}

/// Runs a program that is one file.
pub(crate) fn run_source(file: &Path) -> Command {
    let mut java = Command::new("java");
    java.args(["-cp", &class_path()]).arg(file);
    java
}

/// Compiles a file, beside itself.
pub(crate) fn compile(file: &Path) -> Command {
    let mut compiler = Command::new("javac");
    compiler.args(["-cp", &class_path()]).arg(file);
    compiler
}

/// Imports the authority into a trust store for Java.
fn trust(java: &mut Command, authority: &Path) {
    let store = authority.with_extension("p12");
    let mut import = Command::new("keytool");
    import.args(["-importcert", "-noprompt", "-storetype", "PKCS12"]);
    import.args(["-storepass", "changeit", "-file"]);
    succeed(import.arg(authority).arg("-keystore").arg(&store));
    let options = format!(
        "-Djavax.net.ssl.trustStore={} -Djavax.net.ssl.trustStorePassword=changeit",
        store.display()
    );
    java.env("JAVA_TOOL_OPTIONS", options);
}

fn junit() {
    let emulator = Emulator::start();
    let mut tests = maven(compiled());
    tests
        .arg("test")
        .env("KMS_EMULATOR", emulator::binary())
        .env("AWS_ENDPOINT_URL", emulator.endpoint_url());
    let report = succeed(&mut tests);
    // The results of single classes come first.
    let (_, results) = report.split_once("[INFO] Results:").expect("results");
    assert!(results.contains(", Skipped: 0"), "{report}");
    Client::Java.add_passed(tool::number(results, "Tests run: ", ","));
    Client::Java.record_operations(&emulator);
    Client::JavaAsync.record_operations(&emulator);
}

/// jsign has no setting for the endpoint. A file of host names leads it to an emulator on port 443.
fn code_signing() {
    let (host, address) = ("kms.us-east-1.amazonaws.com", tool::own_address());
    let emulator = Emulator::start_with(&[
        "--host",
        &address.to_string(),
        "--port=443",
        "--tls",
        "--tls-name",
        host,
    ]);
    let folder = tempfile::tempdir().unwrap();
    let [authority, hosts] = ["ca.pem", "hosts"].map(|name| folder.path().join(name));
    fs::write(&authority, emulator.get("/ca.pem")).unwrap();
    fs::write(&hosts, format!("{address} {host}\n")).unwrap();
    let mut signing = java("CodeSigning");
    tool::aws_environment(&mut signing);
    let option = format!("-Djdk.net.hosts.file={}", hosts.display());
    signing.env("JDK_JAVA_OPTIONS", option);
    let untrusted = run(&mut signing);
    let report = String::from_utf8_lossy(&untrusted.stderr);
    assert!(
        !untrusted.status.success() && report.contains("PKIX path building failed"),
        "{report}"
    );
    trust(&mut signing, &authority);
    let output = succeed(&mut signing);
    assert_eq!(output.lines().last(), Some("code signing: ok"), "{output}");
}

/// The tests of the Testcontainers module, which `mvn test` leaves out.
pub(crate) fn in_containers() -> Command {
    let mut tests = maven(compiled());
    tests.args(["test", "-Dgroups=docker", "-DskippedGroups="]);
    tests
}
