//! `aws-sdk-kms`, over a socket.

mod cryptography;
mod life;
mod lifecycle;
mod lists;
mod signing;

use aws_sdk_kms::Client;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::types::{KeyMetadata, KeySpec, KeyUsageType};
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use crate::client;
use crate::emulator::Emulator;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("life_of_a_key", life::life_of_a_key),
        trial("aliases", life::aliases),
        trial("tags", life::tags),
        trial("errors_are_typed", life::errors_are_typed),
        trial("grants_and_policies", lifecycle::grants_and_policies),
        trial("rotations_and_last_use", lifecycle::rotations_and_last_use),
        trial("replicas", lifecycle::replicas),
        trial("imports", lifecycle::imports),
        trial("custom_key_stores", lifecycle::custom_key_stores),
        trial("data_keys", cryptography::data_keys),
        trial("macs", cryptography::macs),
        trial("shared_secrets", cryptography::shared_secrets),
        trial("imported", cryptography::imported),
        trial("key_stores", cryptography::custom_key_stores),
        trial("pages", lists::pages),
        trial(
            "signatures_verify_offline",
            signing::signatures_verify_offline,
        ),
        trial(
            "foreign_signatures_verify",
            signing::foreign_signatures_verify,
        ),
        trial("errors_of_the_article", signing::errors_of_the_article),
        trial("two_hundred_at_once", signing::two_hundred_at_once),
        trial("random_bytes", signing::random_bytes),
    ]
}

/// A test with an emulator and a client of its own.
fn trial<F: Future<Output = ()>>(
    name: &str,
    test: impl FnOnce(Client) -> F + Send + 'static,
) -> Trial {
    Trial::test(format!("rust::{name}"), move || {
        let emulator = Emulator::start();
        Runtime::new().unwrap().block_on(test(emulator.client()));
        client::Client::Rust.record_operations(&emulator);
        client::Client::Rust.add_passed(1);
        Ok(())
    })
}

/// A new P-256 key for signing.
async fn create_key(client: &Client) -> KeyMetadata {
    let created = client
        .create_key()
        .key_spec(KeySpec::EccNistP256)
        .key_usage(KeyUsageType::SignVerify)
        .send()
        .await
        .unwrap();
    created.key_metadata.unwrap()
}

/// The exception and the message of an error.
fn error_of<E, R>(error: &SdkError<E, R>) -> (&str, Option<&str>)
where
    E: ProvideErrorMetadata,
{
    let service = error.as_service_error().expect("the service answered");
    (service.code().unwrap(), service.message())
}
