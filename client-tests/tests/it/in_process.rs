//! Emulators inside the test process, used by the SDK with and without a socket.

use std::fs;
use std::time::{Duration, Instant};

use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::timeout::TimeoutConfig;
use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::SigningAlgorithmSpec;
use aws_smithy_http_client::Builder;
use kms_emulator::Emulator;
use kms_emulator::fault::{ConnectionFault, Delay};
use libtest_mimic::Trial;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("two_hundred_at_once", two_hundred_at_once),
        trial("drop_closes_the_port", drop_closes_the_port),
        trial("retryable_faults_are_retried", retryable_faults_are_retried),
        trial("adaptive_retry_mode", adaptive_retry_mode),
        trial("final_errors_are_not_retried", final_errors_are_not_retried),
        trial("lost_answer_keeps_the_key", lost_answer_keeps_the_key),
        trial("late_answer_times_out", late_answer_times_out),
        trial("snapshots", snapshots),
    ]
}

fn trial<F: Future<Output = ()> + 'static>(name: &str, test: fn() -> F) -> Trial {
    Trial::test(format!("in_process::{name}"), move || {
        Runtime::new().unwrap().block_on(test());
        Ok(())
    })
}

/// Standard retries, three attempts, without the pauses between them.
fn quick_retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(1))
}

/// Two clients of an emulator: one over its socket, one without a socket.
fn clients(kms: &Emulator, retries: &RetryConfig) -> [Client; 2] {
    let http = [Builder::new().build_http(), kms.http_client()];
    http.map(|http| {
        let config = aws_sdk_kms::config::Builder::from(&kms.sdk_config())
            .http_client(http)
            .retry_config(retries.clone());
        Client::from_conf(config.build())
    })
}

async fn two_hundred_at_once() {
    let mut tests = JoinSet::new();
    for number in 0..200_u64 {
        tests.spawn(async move {
            let kms = if number % 2 == 0 {
                Emulator::start().await.unwrap()
            } else {
                Emulator::builder()
                    .without_listener()
                    .start()
                    .await
                    .unwrap()
            };
            let [over_socket, over_none] = clients(&kms, &RetryConfig::disabled());
            let client = if number % 2 == 0 {
                over_socket
            } else {
                over_none
            };
            kms.clock().freeze();
            kms.clock().advance(Duration::from_secs(number * 86_400));
            let sealed = {
                let key = client
                    .create_key()
                    .send()
                    .await
                    .unwrap()
                    .key_metadata
                    .unwrap();
                let plaintext = Blob::new(number.to_be_bytes());
                let sealed = client.encrypt().key_id(&key.key_id).plaintext(plaintext);
                sealed.send().await.unwrap().ciphertext_blob.unwrap()
            };
            if number % 3 == 0 {
                kms.faults().on("Decrypt").times(1).throttle();
                let refused = client
                    .decrypt()
                    .ciphertext_blob(sealed.clone())
                    .send()
                    .await;
                assert!(refused.is_err());
            }
            let opened = client
                .decrypt()
                .ciphertext_blob(sealed)
                .send()
                .await
                .unwrap();
            assert_eq!(opened.plaintext.unwrap().as_ref(), number.to_be_bytes());
            // No other emulator's keys, calls or clock.
            let keys = client.list_keys().send().await.unwrap().keys.unwrap();
            assert_eq!(keys.len(), 1);
            let expected = 4 + usize::from(number % 3 == 0);
            assert_eq!(kms.events().count(), expected);
            kms
        });
    }
    let all = tests.join_all().await;
    assert_eq!(all.len(), 200);
}

/// The emulators' threads and the open sockets of this process, where `/proc` has them.
fn open_resources() -> Option<(usize, usize)> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let emulators = threads.filter_map(|thread| {
        let name = fs::read_to_string(thread.ok()?.path().join("comm")).ok()?;
        name.starts_with("kms-emulator").then_some(())
    });
    let sockets = fs::read_dir("/proc/self/fd").ok()?.filter_map(|file| {
        let target = fs::read_link(file.ok()?.path()).ok()?;
        target
            .to_string_lossy()
            .starts_with("socket:")
            .then_some(())
    });
    Some((emulators.count(), sockets.count()))
}

async fn drop_closes_the_port() {
    // Other tests run at the same time, so this one checks its own port; the number of threads and
    // sockets of the process says little.
    let kms = Emulator::start().await.unwrap();
    let address = kms
        .endpoint_url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let [client, _] = clients(&kms, &RetryConfig::disabled());
    client.create_key().send().await.unwrap();
    if let Some((threads, sockets)) = open_resources() {
        assert!(threads > 0 && sockets > 0);
    }
    // A request in progress does not delay the drop.
    kms.faults().on("ListKeys").delay(Duration::from_secs(500));
    let waiting = tokio::spawn(async move { client.list_keys().send().await.is_err() });
    while kms.events().of("ListKeys").count() == 0 {
        tokio::task::yield_now().await;
    }
    let started = Instant::now();
    drop(kms);
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(waiting.await.unwrap());
    assert!(
        std::net::TcpStream::connect(&address).is_err(),
        "{address} is still open"
    );
}

async fn retryable_faults_are_retried() {
    let kms = Emulator::start().await.unwrap();
    for client in clients(&kms, &quick_retries()) {
        for code in [
            "ThrottlingException",
            "KMSInternalException",
            "DependencyTimeoutException",
            "KeyUnavailableException",
            "LimitExceededException",
        ] {
            check(&kms, &client, code, || {
                kms.faults().on("ListKeys").times(2).fail(code)
            })
            .await;
        }
        for status in [502, 503, 504] {
            check(&kms, &client, "a page", || {
                kms.faults().on("ListKeys").times(2).status(status)
            })
            .await;
        }
        for fault in [
            ConnectionFault::DropBefore,
            ConnectionFault::LoseAnswer,
            ConnectionFault::DropAmid,
        ] {
            check(&kms, &client, "a broken connection", || {
                kms.faults().on("ListKeys").times(2).connection(fault)
            })
            .await;
        }
        let delay = Delay::Uniform {
            min: Duration::from_millis(1),
            max: Duration::from_millis(5),
        };
        kms.faults()
            .on("ListKeys")
            .delayed(delay)
            .times(1)
            .throttle();
        client.list_keys().send().await.unwrap();
        kms.faults().clear();
    }
}

/// Sets a fault that hits twice: the third attempt succeeds; without retries the call fails.
async fn check(kms: &Emulator, client: &Client, what: &str, set: impl Fn() -> u64) {
    let before = kms.faults().list().len();
    let id = set();
    let hits = || {
        let list = kms.faults().list();
        list.iter()
            .find(|armed| armed.id == id)
            .map(|armed| (armed.seen, armed.hits))
    };
    let result = client.list_keys().send().await;
    assert!(result.is_ok(), "{what}: {result:?}");
    assert_eq!(hits(), Some((3, 2)), "{what}");
    kms.faults().remove(id);
    assert_eq!(kms.faults().list().len(), before);
    // Without retries, the first error is final.
    let id = set();
    let once = aws_sdk_kms::Config::builder().retry_config(RetryConfig::disabled());
    let result = client
        .list_keys()
        .customize()
        .config_override(once)
        .send()
        .await;
    assert!(result.is_err(), "{what}");
    kms.faults().remove(id);
}

async fn adaptive_retry_mode() {
    let kms = Emulator::builder()
        .without_listener()
        .start()
        .await
        .unwrap();
    let retries = RetryConfig::adaptive()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(1));
    let [_, client] = clients(&kms, &retries);
    // Only one: after three, the SDK's rate limiter slows down for a minute.
    kms.faults().on("ListKeys").times(1).throttle();
    client.list_keys().send().await.unwrap();
    assert_eq!(
        kms.events()
            .of("ListKeys")
            .with_error("ThrottlingException")
            .count(),
        1
    );
    assert_eq!(kms.events().of("ListKeys").succeeded().count(), 1);
}

async fn final_errors_are_not_retried() {
    let kms = Emulator::start().await.unwrap();
    for client in clients(&kms, &quick_retries()) {
        for code in [
            "ExpiredTokenException",
            "NotFoundException",
            "AccessDeniedException",
        ] {
            let before = kms.events().count();
            let id = kms.faults().on("ListKeys").fail(code);
            let error = client.list_keys().send().await.unwrap_err();
            assert_eq!(error.as_service_error().unwrap().meta().code(), Some(code));
            assert_eq!(kms.events().count(), before + 1, "{code}");
            kms.faults().remove(id);
        }
        // A truncated response is valid HTTP but not valid JSON. It is none of KMS's errors, and is not
        // retried.
        let id = kms
            .faults()
            .on("CreateKey")
            .times(1)
            .connection(ConnectionFault::Truncate);
        let error = client.create_key().send().await.unwrap_err();
        let service = error.as_service_error().unwrap();
        assert!(service.meta().code().is_none(), "{error:?}");
        kms.faults().remove(id);
    }
}

async fn lost_answer_keeps_the_key() {
    let kms = Emulator::start().await.unwrap();
    let keys = || kms.kms().key_count();
    for client in clients(&kms, &RetryConfig::disabled()) {
        let before = keys();
        kms.faults().on("CreateKey").times(1).lose_answer();
        let error = client.create_key().send().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!(keys(), before + 1);
    }
    // As on AWS, a retry creates a second key: CreateKey has no client token.
    let [client, _] = clients(&kms, &quick_retries());
    let before = keys();
    kms.faults().on("CreateKey").times(1).lose_answer();
    client.create_key().send().await.unwrap();
    assert_eq!(keys(), before + 2);
}

async fn late_answer_times_out() {
    let kms = Emulator::start().await.unwrap();
    let read_timeout = Duration::from_millis(200);
    kms.faults()
        .on("ListKeys")
        .times(2)
        .delay(Duration::from_mins(5));
    for client in clients(&kms, &RetryConfig::disabled()) {
        let timeouts = TimeoutConfig::builder().read_timeout(read_timeout).build();
        let short = aws_sdk_kms::Config::builder().timeout_config(timeouts);
        let error = client
            .list_keys()
            .customize()
            .config_override(short)
            .send()
            .await;
        let error = error.unwrap_err();
        assert!(
            matches!(&error, SdkError::DispatchFailure(failure) if failure.is_timeout()),
            "{error:?}"
        );
    }
}

async fn snapshots() {
    let kms = Emulator::builder()
        .without_listener()
        .start()
        .await
        .unwrap();
    let client = Client::new(&kms.sdk_config());
    let key = client
        .create_key()
        .send()
        .await
        .unwrap()
        .key_metadata
        .unwrap();
    let start = kms.snapshot();
    for _ in 0..3 {
        client
            .disable_key()
            .key_id(&key.key_id)
            .send()
            .await
            .unwrap();
        client.create_key().send().await.unwrap();
        kms.clock().advance(Duration::from_hours(24));
        kms.restore(&start).unwrap();
        assert!(kms.clock().is_system_time());
        let sign = client
            .sign()
            .key_id(&key.key_id)
            .message(Blob::new("m"))
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256);
        let error = sign.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_key_usage_exception(), "{error:?}");
        assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 1);
    }
}
