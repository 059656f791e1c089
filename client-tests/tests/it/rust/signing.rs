//! Signatures, verified by another implementation.

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec::EcdsaSha256};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use super::{create_key, error_of};

const MESSAGE: &[u8] = b"a message";

async fn public_key(client: &Client, key: &str) -> VerifyingKey {
    let answer = client.get_public_key().key_id(key).send().await.unwrap();
    assert_eq!(answer.signing_algorithms(), [EcdsaSha256]);
    VerifyingKey::from_public_key_der(answer.public_key().unwrap().as_ref()).unwrap()
}

async fn sign(client: &Client, key: &str, message: &[u8]) -> Signature {
    let request = client.sign().key_id(key).signing_algorithm(EcdsaSha256);
    let signed = request.message(Blob::new(message)).send().await.unwrap();
    Signature::from_der(signed.signature().unwrap().as_ref()).unwrap()
}

pub(super) async fn signatures_verify_offline(client: Client) {
    let key = create_key(&client).await;
    let public_key = public_key(&client, key.key_id()).await;
    let raw = sign(&client, key.key_id(), MESSAGE).await;
    public_key.verify(MESSAGE, &raw).unwrap();

    let digest = Sha256::digest(MESSAGE);
    let signed = client
        .sign()
        .key_id(key.key_id())
        .signing_algorithm(EcdsaSha256)
        .message_type(MessageType::Digest)
        .message(Blob::new(digest.as_slice()))
        .send()
        .await
        .unwrap();
    assert_eq!(signed.key_id(), key.arn());
    let of_digest = Signature::from_der(signed.signature().unwrap().as_ref()).unwrap();
    public_key.verify(MESSAGE, &of_digest).unwrap();
    assert_ne!(raw, of_digest, "nonces are random");
    assert!(public_key.verify(b"another", &raw).is_err());
}

/// For each signature `(r, s)`, `(r, -s)` is valid too. KMS accepts both, because other signers may
/// produce either.
pub(super) async fn foreign_signatures_verify(client: Client) {
    let key = create_key(&client).await;
    let original = sign(&client, key.key_id(), MESSAGE).await;
    let (r, s) = original.split_scalars();
    let other = Signature::from_scalars(r, -s).unwrap();
    for signature in [original, other] {
        let verified = client
            .verify()
            .key_id(key.key_id())
            .signing_algorithm(EcdsaSha256)
            .message(Blob::new(MESSAGE))
            .signature(Blob::new(signature.to_der().as_bytes()))
            .send()
            .await
            .unwrap();
        assert!(verified.signature_valid());
        assert_eq!(verified.key_id(), key.arn());
    }
}

pub(super) async fn errors_of_the_article(client: Client) {
    let key = create_key(&client).await;
    let signature = sign(&client, key.key_id(), MESSAGE).await.to_der();
    let verify = || {
        client
            .verify()
            .key_id(key.key_id())
            .signing_algorithm(EcdsaSha256)
    };

    let sign = client
        .sign()
        .key_id(key.key_id())
        .signing_algorithm(EcdsaSha256);
    let sign = sign
        .message_type(MessageType::Digest)
        .message(Blob::new("not a digest"));
    let error = sign.send().await.unwrap_err();
    let text = "Digest is invalid length for algorithm ECDSA_SHA_256.";
    assert_eq!(error_of(&error), ("ValidationException", Some(text)));

    let empty = verify()
        .message(Blob::new(MESSAGE))
        .signature(Blob::new(""));
    let error = empty.send().await.unwrap_err();
    let text = "1 validation error detected: Value at 'signature' failed to satisfy constraint: \
                Member must have length greater than or equal to 1";
    assert_eq!(error_of(&error), ("ValidationException", Some(text)));

    let tampered = verify()
        .message(Blob::new("another"))
        .signature(Blob::new(signature.as_bytes()));
    let error = tampered.send().await.unwrap_err();
    assert_eq!(error_of(&error), ("KMSInvalidSignatureException", None));
    assert!(
        error
            .into_service_error()
            .is_kms_invalid_signature_exception()
    );

    client
        .disable_key()
        .key_id(key.key_id())
        .send()
        .await
        .unwrap();
    let disabled = verify()
        .message(Blob::new(MESSAGE))
        .signature(Blob::new(signature.as_bytes()));
    let error = disabled.send().await.unwrap_err();
    let text = format!("{} is disabled.", key.arn().unwrap());
    assert_eq!(error_of(&error), ("DisabledException", Some(text.as_str())));
    assert!(error.into_service_error().is_disabled_exception());
}

pub(super) async fn two_hundred_at_once(client: Client) {
    let key = create_key(&client).await;
    let public_key = public_key(&client, key.key_id()).await;
    let mut signers = JoinSet::new();
    for number in 0..200 {
        let (client, key) = (client.clone(), key.key_id().to_owned());
        signers.spawn(async move {
            let message = format!("message {number}");
            let signature = sign(&client, &key, message.as_bytes()).await;
            (message, signature)
        });
    }
    let mut verified = 0;
    while let Some(signed) = signers.join_next().await {
        let (message, signature) = signed.unwrap();
        public_key.verify(message.as_bytes(), &signature).unwrap();
        verified += 1;
    }
    assert_eq!(verified, 200);
}

pub(super) async fn random_bytes(client: Client) {
    let draw = || async {
        let drawn = client
            .generate_random()
            .number_of_bytes(1024)
            .send()
            .await
            .unwrap();
        drawn.plaintext.unwrap().into_inner()
    };
    let (first, second) = (draw().await, draw().await);
    assert_eq!((first.len(), second.len()), (1024, 1024));
    assert_ne!(first, second);
    let error = client.generate_random().send().await.unwrap_err();
    assert_eq!(
        error_of(&error),
        ("ValidationException", Some("NumberOfBytes is required."))
    );
}
