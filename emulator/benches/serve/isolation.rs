//! Whether a slow request delays the others: `Sign` beside the generation of RSA keys, which takes seconds of CPU
//! time. The other side is a process that only burns CPU, because two busy processors are slower than one.

use std::hint::black_box;
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::Scale;
use crate::figure::Figure;
use crate::goals::Goals;
use crate::load::{Client, load};
use crate::request;
use crate::requests::create_key;
use crate::server::Server;

/// The argument with which this program burns CPU until it is killed.
pub(crate) const BURNER: &str = "--burn";

const CONNECTIONS: usize = 4;

/// The 99th percentile of `Sign` in milliseconds.
#[derive(Default)]
pub(crate) struct Isolation {
    pub(crate) alone: Figure,
    pub(crate) beside_rsa: Figure,
    pub(crate) beside_burner: Figure,
}

pub(crate) fn burn() -> ! {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_add(1));
    }
}

pub(crate) fn measure(scale: &Scale) -> Isolation {
    println!("isolation");
    let server = Server::emulator(&["--temporary"]);
    let key = create_key(
        &mut Client::new(server.address),
        "ECC_NIST_P256",
        "SIGN_VERIFY",
    );
    let sign = request::kms("Sign", &request::sign_body(&key, "ECDSA_SHA_256"));
    let p99 = || load(server.address, &sign, CONNECTIONS, scale.duration).p99;
    let mut isolation = Isolation::default();
    for _ in 0..scale.rounds {
        isolation.alone.push(p99());
        isolation
            .beside_rsa
            .push(beside_rsa_keys(server.address, p99));
        let burner = Burner::start();
        isolation.beside_burner.push(p99());
        drop(burner);
    }
    isolation
}

/// Measures while a client makes RSA keys, one after the other.
fn beside_rsa_keys(address: SocketAddr, measure: impl Fn() -> f64) -> f64 {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = Client::new(address);
            while !is_over.load(Ordering::Relaxed) {
                create_key(&mut client, "RSA_4096", "SIGN_VERIFY");
            }
        });
        let measured = measure();
        is_over.store(true, Ordering::Relaxed);
        measured
    })
}

/// A process that burns CPU. It is killed when this is dropped.
struct Burner(Child);

impl Burner {
    fn start() -> Self {
        let program = std::env::current_exe().unwrap();
        Self(Command::new(program).arg(BURNER).spawn().unwrap())
    }
}

impl Drop for Burner {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn judge(isolation: &Isolation, goals: &mut Goals) {
    let ratio = isolation.beside_rsa.over(&isolation.beside_burner);
    let name = "Sign P-256, p99: beside RSA_4096 keys / beside other CPU load";
    goals.at_most(name, &ratio, "x", 1.3, 1.0);
}
