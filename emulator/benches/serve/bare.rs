//! The floor of each figure: a bare HTTP server, and the bare cryptography.

use std::convert::Infallible;
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::Barrier;
use std::time::Instant;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey, RSA_PSS_SHA256,
};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::figure::Figure;
use crate::server::thread_cpu;

/// The argument with which this program is the server.
pub(crate) const SERVER: &str = "--bare-server";

/// Reads each body, and answers with 150 bytes of JSON, about as many as `Sign`.
pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listening on http://{} ", listener.local_addr().unwrap());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                let connection = hyper::server::conn::http1::Builder::new();
                let connection =
                    connection.serve_connection(TokioIo::new(stream), service_fn(answer));
                // The client closes it.
                let _ = connection.await;
            });
        }
    });
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    drop(request.into_body().collect().await);
    let body = Full::new(Bytes::from_static(&[b' '; 150]));
    Ok(Response::builder()
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amzn-requestid", "00000000-0000-0000-0000-000000000000")
        .body(body)
        .unwrap())
}

/// The CPU time of the bare cryptography, in microseconds, with all processors busy.
#[derive(Default)]
pub(crate) struct Primitives {
    pub(crate) sign: Figure,
    pub(crate) verify: Figure,
    pub(crate) generate: Figure,
    pub(crate) encrypt: Figure,
    pub(crate) rsa: Figure,
}

impl Primitives {
    /// Measures each of them once.
    pub(crate) fn measure(&mut self) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let digest = digest(&SHA256, b"message");
        self.sign.push(cpu(2000, || {
            black_box(key.sign_digest(&digest).unwrap());
        }));
        let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.public_key()).unwrap();
        let signature = key.sign_digest(&digest).unwrap();
        self.verify.push(cpu(1000, || {
            public
                .verify_digest_sig(&digest, signature.as_ref())
                .unwrap();
        }));
        self.generate.push(cpu(1000, || {
            drop(black_box(EcdsaKeyPair::generate(
                &ECDSA_P256_SHA256_ASN1_SIGNING,
            )));
        }));
        let aes = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).unwrap());
        self.encrypt.push(cpu(20_000, || {
            let mut text = black_box([1; 32]);
            let nonce = Nonce::assume_unique_for_key([0; 12]);
            let tag = aes.seal_in_place_separate_tag(nonce, Aad::empty(), &mut text);
            drop(black_box(tag.unwrap()));
        }));
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        self.rsa.push(cpu(200, || {
            let random = SystemRandom::new();
            let mut signature = vec![0; rsa.public_modulus_len()];
            rsa.sign(&RSA_PSS_SHA256, &random, b"message", &mut signature)
                .unwrap();
        }));
    }
}

/// The CPU time in microseconds of one call, with a thread on each processor. A server that is asked for as much as it
/// can answer uses all of them, and they slow each other down.
fn cpu(calls: u32, call: impl Fn() + Sync) -> f64 {
    let threads = std::thread::available_parallelism().unwrap().get();
    let begin = Barrier::new(threads);
    let measure = || {
        begin.wait();
        let before = thread_cpu();
        for _ in 0..calls {
            call();
        }
        (thread_cpu() - before) / f64::from(calls)
    };
    let total: f64 = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(measure)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    total / threads as f64
}

/// The milliseconds of appending 1 KiB to a file in a folder and `fdatasync`, as many times as asked.
pub(crate) fn appends(folder: &Path, count: usize) -> Figure {
    let mut file = File::create(folder.join("append")).unwrap();
    let append = || {
        let started = Instant::now();
        file.write_all(&[1; 1024]).unwrap();
        file.sync_data().unwrap();
        started.elapsed().as_secs_f64() * 1000.0
    };
    std::iter::repeat_with(append).take(count).collect()
}
