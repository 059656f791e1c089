//! The CPU time of `Sign` in the server and of the bare signature, the throughput, the start time,
//! the size of the binary, and the cost of an emulator inside a test.
//!
//! ```sh
//! cargo bench --package kms-emulator --bench serve
//! ```
//!
//! Needs Linux and [wrk](https://github.com/wg/wrk) on the path. One run measures everything in five
//! alternating rounds, and prints the median with minimum and maximum. The ratios are reliable;
//! absolute numbers depend on the machine. Costs are CPU time, because other work on the machine
//! affects it least.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "a bench prints its results and panics on errors"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

use kms_emulator::Emulator;
use kms_emulator::protocol::Request;

const BINARY: &str = env!("CARGO_BIN_EXE_kms-emulator");
const ROUNDS: usize = 5;
const SECONDS: u64 = 2;
const STARTS: usize = 21;

fn main() {
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("this bench needs wrk: apt-get install wrk");
        std::process::exit(1);
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"));
    let key = server.create_key();
    let sign = script(
        folder.path(),
        "Sign",
        &format!(
            r#"{{"KeyId":"{key}","Message":"q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=","MessageType":"DIGEST","SigningAlgorithm":"ECDSA_SHA_256"}}"#
        ),
    );
    let create = script(
        folder.path(),
        "CreateKey",
        r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#,
    );
    let random = script(folder.path(), "GenerateRandom", r#"{"NumberOfBytes":32}"#);

    let mut raw = Vec::new();
    let mut rows = [
        ("Sign", &sign),
        ("GenerateRandom", &random),
        ("CreateKey", &create),
    ]
    .into_iter()
    .flat_map(|(name, script)| [1, 16, 64].map(|connections| (name, script, connections)))
    .map(|(name, script, connections)| (name, script, connections, Vec::new(), Vec::new()))
    .collect::<Vec<_>>();
    for _ in 0..ROUNDS {
        raw.push(bare_signature());
        for (_, script, connections, cost, rate) in &mut rows {
            let (requests, seconds, cpu) = server.load(script, *connections);
            cost.push(cpu / requests);
            rate.push(requests / seconds);
        }
    }
    let raw = summary(&mut raw);
    println!("bare signature: {} µs CPU", show(raw));
    for (name, _, connections, mut cost, mut rate) in rows {
        let cost = summary(&mut cost);
        let ratio = if name == "Sign" {
            format!(", {:.2} x bare", cost[1] / raw[1])
        } else {
            String::new()
        };
        println!(
            "{name}, {connections} connections: {} µs server CPU{ratio}; {:.0} requests/s",
            show(cost),
            summary(&mut rate)[1]
        );
    }
    println!("memory after that: {} KiB", server.memory());
    drop(server);

    let mut starts: Vec<_> = (0..STARTS)
        .map(|number| {
            let started = Instant::now();
            let server = Server::start(&folder.path().join(format!("start-{number}")));
            let elapsed = started.elapsed().as_secs_f64() * 1000.0;
            drop(server);
            elapsed
        })
        .collect();
    println!(
        "start to ready, new data folder: {} ms",
        show(summary(&mut starts))
    );
    let idle = Server::start(&folder.path().join("idle"));
    println!("memory when idle: {} KiB", idle.memory());
    println!("binary: {} KiB", fs::metadata(BINARY).unwrap().len() / 1024);
    in_process();
}

/// The time that a test needs to start its own emulator and to restore a snapshot.
fn in_process() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let start = |listens: bool| {
        let builder = Emulator::builder();
        let builder = if listens {
            builder
        } else {
            builder.without_listener()
        };
        runtime.block_on(builder.start()).unwrap()
    };
    for (name, listens) in [("on a port", true), ("without a listener", false)] {
        let mut times: Vec<_> = (0..200)
            .map(|_| {
                let started = Instant::now();
                let kms = start(listens);
                let elapsed = started.elapsed().as_secs_f64() * 1000.0;
                drop(kms);
                elapsed
            })
            .collect();
        println!("start in process, {name}: {} ms", show(summary(&mut times)));
    }
    let kms = start(false);
    let create = || {
        kms.kms()
            .handle(&Request::new("TrentService.CreateKey", b"{}"))
    };
    for _ in 0..1000 {
        create();
    }
    let snapshot = kms.snapshot();
    let mut times: Vec<_> = (0..100)
        .map(|_| {
            create();
            let started = Instant::now();
            kms.restore(&snapshot).unwrap();
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    println!(
        "restore a snapshot of 1,000 keys: {} ms",
        show(summary(&mut times))
    );
}

/// The CPU time in µs of one signature of a digest with a decoded key.
fn bare_signature() -> f64 {
    const SIGNATURES: u32 = 2000;
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let digest = digest(&SHA256, b"message");
    let before = cpu(Path::new("/proc/thread-self/schedstat"));
    for _ in 0..SIGNATURES {
        std::hint::black_box(key.sign_digest(&digest).unwrap());
    }
    (cpu(Path::new("/proc/thread-self/schedstat")) - before) / f64::from(SIGNATURES)
}

/// The CPU time in µs that a thread has used.
fn cpu(schedstat: &Path) -> f64 {
    // The thread may have ended.
    let Ok(text) = fs::read_to_string(schedstat) else {
        return 0.0;
    };
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1000.0
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(BINARY)
            .args(["--port=0", "--data-dir"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned();
        Self { child, address }
    }

    fn create_key(&self) -> String {
        let body = r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#;
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Amz-Target: \
             TrentService.CreateKey\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
            .split(r#""KeyId":""#)
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The number of requests, the elapsed seconds, and the server's CPU time in µs.
    fn load(&self, script: &Path, connections: u32) -> (f64, f64, f64) {
        let before = self.cpu();
        let output = Command::new("wrk")
            .args([
                "-t1",
                &format!("-c{connections}"),
                &format!("-d{SECONDS}s"),
                "-s",
            ])
            .arg(script)
            .arg(format!("http://{}/", self.address))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("Non-2xx"), "{text}");
        let line = text
            .lines()
            .find(|line| line.contains(" requests in "))
            .unwrap();
        let requests: f64 = line.split_whitespace().next().unwrap().parse().unwrap();
        (requests, SECONDS as f64, self.cpu() - before)
    }

    fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        tasks
            .map(|task| cpu(&task.unwrap().path().join("schedstat")))
            .sum()
    }

    /// The resident memory in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A script for wrk, with headers of an SDK's size.
fn script(folder: &Path, operation: &str, body: &str) -> std::path::PathBuf {
    let path = folder.join(format!("{operation}.lua"));
    let text = format!(
        r#"wrk.method = "POST"
wrk.body = '{body}'
wrk.headers["X-Amz-Target"] = "TrentService.{operation}"
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
wrk.headers["User-Agent"] = "aws-sdk-js/3.0.0 ua/2.1 os/linux lang/js md/nodejs api/kms#3.0.0"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/kms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000"
"#
    );
    fs::write(&path, text).unwrap();
    path
}

/// Minimum, median and maximum.
fn summary(values: &mut [f64]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [
        values[0],
        values[values.len() / 2],
        values[values.len() - 1],
    ]
}

fn show([minimum, median, maximum]: [f64; 3]) -> String {
    format!("{median:.1} [{minimum:.1}-{maximum:.1}]")
}
