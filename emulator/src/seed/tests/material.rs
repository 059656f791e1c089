//! Every format of material, for every spec.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::api::KeySpec;
use crate::crypto::{KeyMaterial, Random};
use crate::hex;
use crate::seed::format::Material;
use crate::seed::material::read;

const SPECS: [KeySpec; 20] = [
    KeySpec::SymmetricDefault,
    KeySpec::Hmac224,
    KeySpec::Hmac256,
    KeySpec::Hmac384,
    KeySpec::Hmac512,
    KeySpec::Rsa2048,
    KeySpec::Rsa3072,
    KeySpec::Rsa4096,
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256K1,
    KeySpec::EccNistEdwards25519,
    KeySpec::Sm2,
    KeySpec::MlDsa44,
    KeySpec::MlDsa65,
    KeySpec::MlDsa87,
    KeySpec::MlKem512,
    KeySpec::MlKem768,
    KeySpec::MlKem1024,
];

fn from_hex(bytes: &[u8]) -> Material {
    Material {
        hex: Some(hex::encode(bytes)),
        ..Material::default()
    }
}

fn from_base64(bytes: &[u8]) -> Material {
    Material {
        base64: Some(BASE64_STANDARD.encode(bytes)),
        ..Material::default()
    }
}

fn from_pem(pem: &str) -> Material {
    Material {
        pem: Some(pem.to_owned()),
        ..Material::default()
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

#[test]
fn reads_raw_bytes_and_pkcs8_of_every_spec() {
    for spec in SPECS {
        let material = KeyMaterial::generate(spec, &Random::System).unwrap();
        let raw = material.encode().unwrap();
        let is_same = |read: KeyMaterial| read.encode().unwrap().expose() == raw.expose();
        assert!(
            is_same(read(spec, &from_hex(raw.expose())).unwrap()),
            "{spec}"
        );
        assert!(
            is_same(read(spec, &from_base64(raw.expose())).unwrap()),
            "{spec}"
        );
        let Ok(pkcs8) = material.private_key() else {
            continue;
        };
        assert!(
            is_same(read(spec, &from_hex(pkcs8.expose())).unwrap()),
            "{spec}"
        );
        let pem = pem("PRIVATE KEY", pkcs8.expose());
        let commented = format!("# a comment\n{pem}");
        assert!(
            is_same(read(spec, &from_pem(&commented)).unwrap()),
            "{spec}"
        );
        for other in SPECS.into_iter().filter(|other| *other != spec) {
            let error = read(other, &from_pem(&pem)).unwrap_err();
            assert_eq!(
                (error.field, error.message),
                ("pem", format!("not a key of {other}")),
                "{spec}"
            );
        }
    }
}

#[test]
fn reads_sec1_and_pkcs1() {
    let curves = [
        KeySpec::EccNistP256,
        KeySpec::EccNistP384,
        KeySpec::EccNistP521,
        KeySpec::EccSecgP256K1,
        KeySpec::Sm2,
    ];
    for spec in curves.into_iter().chain([KeySpec::Rsa2048]) {
        let material = KeyMaterial::generate(spec, &Random::System).unwrap();
        let pkcs8 = material.private_key().unwrap();
        let info = pkcs8::PrivateKeyInfoRef::try_from(pkcs8.expose()).unwrap();
        let label = if spec == KeySpec::Rsa2048 {
            "RSA PRIVATE KEY"
        } else {
            "EC PRIVATE KEY"
        };
        // The format of openssl: the parameters come first.
        let text = pem("EC PARAMETERS", &[5, 0]) + &pem(label, info.private_key.as_bytes());
        let found = read(spec, &from_pem(&text)).unwrap();
        assert_eq!(
            found.public_key().unwrap(),
            material.public_key().unwrap(),
            "{spec}"
        );
    }
}

#[test]
fn reads_ml_dsa_seed_from_pkcs8() {
    let seed = [7; 32];
    let algorithm = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17];
    let mut der = vec![0x30, 52, 2, 1, 0];
    der.extend(algorithm);
    der.extend([4, 34, 0x80, 32]);
    der.extend(seed);
    let found = read(KeySpec::MlDsa44, &from_pem(&pem("PRIVATE KEY", &der))).unwrap();
    assert_eq!(found.encode().unwrap().expose(), seed);
    assert!(read(KeySpec::MlDsa65, &from_pem(&pem("PRIVATE KEY", &der))).is_err());
}

#[test]
fn derives_material_of_every_spec_from_text() {
    for spec in SPECS
        .into_iter()
        .filter(|spec| !matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096))
    {
        let material = Material {
            seed: Some("any text".to_owned()),
            ..Material::default()
        };
        let one = read(spec, &material).unwrap();
        let other = read(spec, &material).unwrap();
        assert_eq!(
            one.encode().unwrap().expose(),
            other.encode().unwrap().expose()
        );
    }
}
