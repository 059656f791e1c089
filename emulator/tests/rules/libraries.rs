//! Only certain modules may use certain libraries, so that libraries can be replaced.

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
            "chacha20",
            "crypto_primes",
            "ed25519_dalek",
            "getrandom",
            "k256",
            "ml_dsa",
            "ml_kem",
            "p256",
            "p384",
            "p521",
            "rand_core",
            "rsa",
            "sha1",
            "sm2",
        ],
        // Golden cases check signatures without `crypto`.
        files: &["cases/signature.rs", "crypto/"],
    },
    // Also the provider of TLS. Golden cases wrap key material without `crypto`.
    Rule {
        libraries: &["aws_lc_rs"],
        files: &[
            "cases/signature.rs",
            "cases/template.rs",
            "crypto/",
            "server/tls/mod.rs",
        ],
    },
    // Digests in names and events.
    Rule {
        libraries: &["hmac", "sha2"],
        files: &[
            "auth/user_id.rs",
            "cases/signature.rs",
            "crypto/",
            "custom_key_store/ciphertext.rs",
            "grant/mod.rs",
            "journal/record.rs",
            "seed/grant.rs",
            "seed/plan.rs",
        ],
    },
    // Formats of private keys.
    Rule {
        libraries: &["pkcs8", "sec1"],
        files: &["crypto/"],
    },
    Rule {
        libraries: &["zeroize"],
        files: &["crypto/", "key/ciphertext.rs"],
    },
    // TLS of the server and of the client for other hosts, certificates of attestation documents,
    // and the PEM parser of rustls.
    Rule {
        libraries: &["rcgen", "rustls", "tokio_rustls"],
        files: &[
            "attestation/error.rs",
            "attestation/leaf.rs",
            "cli/https.rs",
            "crypto/private_key.rs",
            "custom_key_store/configuration.rs",
            "outgoing.rs",
            "server/tls/",
        ],
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

/// A file that no longer names a library must leave the list.
#[test]
fn allowed_files_are_necessary() {
    for rule in RULES {
        for file in rule.files {
            let mut modules = library().0.values();
            let is_used = modules.any(|module| {
                module.file.starts_with(file)
                    && rule
                        .libraries
                        .iter()
                        .any(|name| module.roots.contains(*name))
            });
            assert!(is_used, "{file} names none of {:?}", rule.libraries);
        }
    }
}

#[test]
fn rules_name_dependencies() {
    let manifest = fs::read_to_string(crate_folder().join("Cargo.toml")).unwrap();
    let unknown: Vec<_> = RULES
        .iter()
        .flat_map(|rule| rule.libraries)
        .filter(|name| {
            !manifest.lines().any(|line| {
                // The name of a package may have hyphens.
                line.replace('-', "_")
                    .strip_prefix(**name)
                    .is_some_and(|rest| rest.starts_with([' ', '.']))
            })
        })
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Clippy enforces its list of methods; this test checks that the list is complete.
#[test]
fn clippy_disallows_the_system_time_and_entropy() {
    let config = fs::read_to_string(repository().join(".clippy.toml")).unwrap();
    for method in ["std::time::SystemTime::now", "getrandom::fill"] {
        assert!(config.contains(&format!("\"{method}\"")), "{method}");
    }
}
