//! Creates a key, signs and verifies with the AWS SDK for Rust, configured by its environment alone.

use std::process::ExitCode;

use aws_config::BehaviorVersion;
use aws_sdk_kms::Client;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::SigningAlgorithmSpec::EcdsaSha256;
use aws_sdk_kms::types::{KeySpec, KeyUsageType, MessageType};
use sha2::{Digest as _, Sha256};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]
async fn main() -> ExitCode {
    match article().await {
        Ok(()) => {
            println!("article: ok");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("article: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn article() -> Result<(), Failure> {
    let kms = Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await);
    let created = kms
        .create_key()
        .key_spec(KeySpec::EccNistP256)
        .key_usage(KeyUsageType::SignVerify)
        .send()
        .await?;
    let key = created.key_metadata.ok_or("no metadata")?.key_id;
    let sign = |digest: &[u8]| {
        kms.sign()
            .key_id(&key)
            .message_type(MessageType::Digest)
            .signing_algorithm(EcdsaSha256)
            .message(Blob::new(digest))
    };
    let verify = |digest: &[u8], signature: &Blob| {
        kms.verify()
            .key_id(&key)
            .message_type(MessageType::Digest)
            .signing_algorithm(EcdsaSha256)
            .message(Blob::new(digest))
            .signature(signature.clone())
    };

    let digest = Sha256::digest(br#"{"orderId":42}"#);
    let signed = sign(&digest).send().await?;
    let signature = signed.signature.ok_or("no signature")?;
    let verified = verify(&digest, &signature).send().await?;
    if !verified.signature_valid {
        return Err("a good signature is not valid".into());
    }

    let changed = verify(&Sha256::digest(br#"{"orderId":43}"#), &signature);
    refused(changed.send().await, "KMSInvalidSignatureException", None)?;
    let text = "Digest is invalid length for algorithm ECDSA_SHA_256.";
    let short = sign(b"not a digest").send().await;
    refused(short, "ValidationException", Some(text))?;
    let text = "1 validation error detected: Value at 'signature' failed to satisfy constraint: \
                Member must have length greater than or equal to 1";
    let empty = verify(&digest, &Blob::new([])).send().await;
    refused(empty, "ValidationException", Some(text))
}

/// Checks that a call failed with an exception and its text.
fn refused<O, E, R>(
    answer: Result<O, SdkError<E, R>>,
    name: &str,
    text: Option<&str>,
) -> Result<(), Failure>
where
    E: ProvideErrorMetadata,
{
    let Err(error) = answer else {
        return Err(format!("no {name}").into());
    };
    let service = error.as_service_error().ok_or("no answer")?;
    if (service.code(), service.message()) == (Some(name), text) {
        Ok(())
    } else {
        let said = (service.code(), service.message());
        Err(format!("{said:?} instead of {name}").into())
    }
}
