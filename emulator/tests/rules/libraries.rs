//! Only some modules name certain libraries, so that each can be replaced in one place.

use std::collections::BTreeSet;
use std::fs;

use crate::source::library;
use crate::{crate_folder, repository};

/// A group of libraries, and the files that may name them: a file, or a folder with `/`.
struct Rule {
    libraries: &'static [&'static str],
    files: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        libraries: &["sled"],
        files: &["store/"],
    },
    Rule {
        libraries: &[
            "aws_lc_rs",
            "chacha20",
            "crypto_primes",
            "ed25519_dalek",
            "getrandom",
            "hmac",
            "k256",
            "ml_dsa",
            "ml_kem",
            "p256",
            "p384",
            "p521",
            "pkcs8",
            "rand_core",
            "rsa",
            "sec1",
            "sha1",
            "sha2",
            "sm2",
            "zeroize",
        ],
        files: &["crypto/"],
    },
    // TLS: the server's, and the client's for key store proxies.
    Rule {
        libraries: &["rcgen", "rustls", "tokio_rustls"],
        files: &["server/tls/", "custom_key_store/proxy.rs"],
    },
];

#[test]
fn libraries_are_named_only_where_allowed() {
    let mut wrong = BTreeSet::new();
    for module in library().0.values() {
        for rule in RULES {
            if rule.files.iter().any(|file| module.file.starts_with(file)) {
                continue;
            }
            let named = rule.libraries.iter();
            for name in named.filter(|name| module.roots.contains(**name)) {
                wrong.insert(format!("{} names {name}", module.file));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A rule about a library that is no dependency holds for nothing.
#[test]
fn rules_are_about_dependencies() {
    let manifest = fs::read_to_string(crate_folder().join("Cargo.toml")).unwrap();
    let unknown: Vec<_> = RULES
        .iter()
        .flat_map(|rule| rule.libraries)
        .filter(|name| {
            let name = name.replace('_', "-");
            !manifest.lines().any(|line| {
                line.strip_prefix(&name)
                    .is_some_and(|rest| rest.starts_with([' ', '.']))
            })
        })
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Clippy refuses to call a method on its list; this shows that the list names the system time.
#[test]
fn clippy_disallows_the_system_time_and_entropy() {
    let config = fs::read_to_string(repository().join(".clippy.toml")).unwrap();
    for method in ["std::time::SystemTime::now", "getrandom::fill"] {
        assert!(config.contains(&format!("\"{method}\"")), "{method}");
    }
}
