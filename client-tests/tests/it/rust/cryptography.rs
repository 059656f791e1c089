//! Data keys, MACs, shared secrets, imported key material and custom key stores.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_sdk_kms::Client;
use aws_sdk_kms::operation::create_key::builders::CreateKeyFluentBuilder;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    AlgorithmSpec, DataKeyPairSpec, DataKeySpec, EncapsulationAlgorithmSpec, ExpirationModelType,
    KeyAgreementAlgorithmSpec, KeySpec, KeyUsageType, MacAlgorithmSpec, OriginType,
    WrappingKeySpec,
};
use p256::ecdh::diffie_hellman;
use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePublicKey as _};
use p256::{PublicKey, SecretKey};

async fn id(create: CreateKeyFluentBuilder) -> String {
    create.send().await.unwrap().key_metadata.unwrap().key_id
}

pub(super) async fn data_keys(client: Client) {
    let (key, other) = (id(client.create_key()).await, id(client.create_key()).await);
    let open = |sealed: Option<Blob>| {
        let decrypt = client.decrypt().ciphertext_blob(sealed.unwrap());
        async { decrypt.send().await.unwrap().plaintext.unwrap() }
    };
    let generated = client.generate_data_key().key_id(&key);
    let generated = generated
        .key_spec(DataKeySpec::Aes128)
        .send()
        .await
        .unwrap();
    assert_eq!(generated.plaintext.as_ref().unwrap().as_ref().len(), 16);
    assert_eq!(
        Some(open(generated.ciphertext_blob.clone()).await),
        generated.plaintext
    );
    let hidden = client.generate_data_key_without_plaintext().key_id(&key);
    let hidden = hidden.number_of_bytes(24).send().await.unwrap();
    assert_eq!(open(hidden.ciphertext_blob).await.as_ref().len(), 24);

    let again = client.re_encrypt().destination_key_id(&other);
    let again = again.ciphertext_blob(generated.ciphertext_blob.unwrap());
    let again = again.send().await.unwrap();
    assert!(again.key_id.unwrap().ends_with(&other));
    assert_eq!(Some(open(again.ciphertext_blob).await), generated.plaintext);

    let spec = DataKeyPairSpec::EccNistP256;
    let pair = client.generate_data_key_pair().key_id(&key);
    let pair = pair.key_pair_spec(spec.clone()).send().await.unwrap();
    let private = pair.private_key_plaintext.unwrap();
    let secret = SecretKey::from_pkcs8_der(private.as_ref()).unwrap();
    let public = PublicKey::from_public_key_der(pair.public_key.unwrap().as_ref()).unwrap();
    assert_eq!(secret.public_key(), public);
    assert_eq!(open(pair.private_key_ciphertext_blob).await, private);
    let hidden = client.generate_data_key_pair_without_plaintext();
    let hidden = hidden
        .key_id(&key)
        .key_pair_spec(spec)
        .send()
        .await
        .unwrap();
    let private = open(hidden.private_key_ciphertext_blob).await;
    let secret = SecretKey::from_pkcs8_der(private.as_ref()).unwrap();
    let public = PublicKey::from_public_key_der(hidden.public_key.unwrap().as_ref()).unwrap();
    assert_eq!(secret.public_key(), public);
}

pub(super) async fn macs(client: Client) {
    let create = client.create_key().key_spec(KeySpec::Hmac256);
    let key = id(create.key_usage(KeyUsageType::GenerateVerifyMac)).await;
    let generated = client.generate_mac().key_id(&key).message(Blob::new("m"));
    let generated = generated.mac_algorithm(MacAlgorithmSpec::HmacSha256);
    let mac = generated.send().await.unwrap().mac.unwrap();
    let verify = |message: &str| {
        let verify = client.verify_mac().key_id(&key).mac(mac.clone());
        let verify = verify.mac_algorithm(MacAlgorithmSpec::HmacSha256);
        verify.message(Blob::new(message)).send()
    };
    assert!(verify("m").await.unwrap().mac_valid);
    let error = verify("n").await.unwrap_err().into_service_error();
    assert!(error.is_kms_invalid_mac_exception(), "{error:?}");
}

pub(super) async fn shared_secrets(client: Client) {
    let create = client.create_key().key_spec(KeySpec::EccNistP256);
    let key = id(create.key_usage(KeyUsageType::KeyAgreement)).await;
    let inside = client.get_public_key().key_id(&key).send().await.unwrap();
    let inside = PublicKey::from_public_key_der(inside.public_key.unwrap().as_ref()).unwrap();
    let outside = SecretKey::from_slice(&[7; 32]).unwrap();
    let public = outside.public_key().to_public_key_der().unwrap();
    let derive = client.derive_shared_secret().key_id(&key);
    let derive = derive.key_agreement_algorithm(KeyAgreementAlgorithmSpec::Ecdh);
    let derive = derive.public_key(Blob::new(public.as_bytes()));
    let secret = derive.send().await.unwrap().shared_secret.unwrap();
    let expected = diffie_hellman(outside.to_nonzero_scalar(), inside.as_affine());
    assert_eq!(secret.as_ref(), expected.raw_secret_bytes().as_slice());

    let create = client.create_key().key_spec(KeySpec::MlKem768);
    let key = id(create.key_usage(KeyUsageType::EncapsulateDecapsulate)).await;
    let algorithm = EncapsulationAlgorithmSpec::MlKem;
    let sent = client.encapsulate().key_id(&key);
    let sent = sent.encapsulation_algorithm(algorithm.clone()).send().await;
    let sent = sent.unwrap();
    let got = client.decapsulate().key_id(&key);
    let got = got.encapsulation_algorithm(algorithm);
    let got = got.shared_secret_ciphertext_blob(sent.shared_secret_ciphertext_blob.unwrap());
    let got = got.send().await.unwrap();
    assert_eq!(got.shared_secret, sent.shared_secret);
}

pub(super) async fn imported(client: Client) {
    let key = id(client.create_key().origin(OriginType::External)).await;
    let parameters = client
        .get_parameters_for_import()
        .key_id(&key)
        .wrapping_algorithm(AlgorithmSpec::RsaesOaepSha256)
        .wrapping_key_spec(WrappingKeySpec::Rsa2048)
        .send()
        .await
        .unwrap();
    let wrapping = PublicEncryptingKey::from_der(parameters.public_key.unwrap().as_ref()).unwrap();
    let wrapping = OaepPublicEncryptingKey::new(wrapping).unwrap();
    let mut wrapped = vec![0; wrapping.ciphertext_size()];
    let wrapped = wrapping.encrypt(&OAEP_SHA256_MGF1SHA256, &[9; 32], &mut wrapped, None);
    client
        .import_key_material()
        .key_id(&key)
        .import_token(parameters.import_token.unwrap())
        .encrypted_key_material(Blob::new(&*wrapped.unwrap()))
        .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
        .send()
        .await
        .unwrap();
    let encrypt = client.encrypt().key_id(&key).plaintext(Blob::new("m"));
    encrypt.send().await.unwrap();
}

pub(super) async fn custom_key_stores(client: Client) {
    let anchor = rcgen::generate_simple_self_signed(vec!["cluster".to_owned()]).unwrap();
    let create = client
        .create_custom_key_store()
        .custom_key_store_name("store")
        .cloud_hsm_cluster_id("cluster-abcdefghijk")
        .trust_anchor_certificate(anchor.cert.pem())
        .key_store_password("a password");
    let store = create.send().await.unwrap().custom_key_store_id.unwrap();
    let rename = client.update_custom_key_store().custom_key_store_id(&store);
    rename
        .new_custom_key_store_name("renamed")
        .send()
        .await
        .unwrap();
    let connect = client
        .connect_custom_key_store()
        .custom_key_store_id(&store);
    connect.send().await.unwrap();
    let create = client.create_key().origin(OriginType::AwsCloudhsm);
    let key = id(create.custom_key_store_id(&store)).await;
    let encrypt = client.encrypt().key_id(&key).plaintext(Blob::new("m"));
    let sealed = encrypt.send().await.unwrap().ciphertext_blob.unwrap();
    let opened = client.decrypt().ciphertext_blob(sealed).send().await;
    assert_eq!(opened.unwrap().plaintext.unwrap().as_ref(), b"m");

    let disconnect = client.disconnect_custom_key_store();
    let disconnect = disconnect.custom_key_store_id(&store).send();
    disconnect.await.unwrap();
    let delete = || client.delete_custom_key_store().custom_key_store_id(&store);
    let error = delete().send().await.unwrap_err().into_service_error();
    assert!(error.is_custom_key_store_has_cm_ks_exception(), "{error:?}");

    let create = client
        .create_custom_key_store()
        .custom_key_store_name("empty")
        .cloud_hsm_cluster_id("cluster-abcdefghijl")
        .trust_anchor_certificate(anchor.cert.pem())
        .key_store_password("a password");
    let empty = create.send().await.unwrap().custom_key_store_id.unwrap();
    let delete = client.delete_custom_key_store().custom_key_store_id(empty);
    delete.send().await.unwrap();
}
