//! Help, manual pages and completion scripts.

use std::fs;

use crate::process::{emulator, run};

const OPTIONS: [(&str, &str); 31] = [
    ("--host", "KMS_HOST"),
    ("--port", "KMS_PORT"),
    ("--data-dir", "KMS_DATA_DIR"),
    ("--temporary", "KMS_TEMPORARY"),
    ("--region", "KMS_REGION"),
    ("--account", "KMS_ACCOUNT"),
    ("--trust-any-attestation", "KMS_TRUST_ANY_ATTESTATION"),
    ("--auth", "KMS_AUTH"),
    ("--quotas", "KMS_QUOTAS"),
    ("--drop-in", "KMS_DROP_IN"),
    ("--transition-time", "KMS_TRANSITION_TIME"),
    ("--xks-connect-to", "KMS_XKS_CONNECT_TO"),
    ("--xks-ca", "KMS_XKS_CA"),
    ("--tls", "KMS_TLS"),
    ("--tls-name", "KMS_TLS_NAME"),
    ("--tls-cert", "KMS_TLS_CERT"),
    ("--tls-key", "KMS_TLS_KEY"),
    ("--cors-origin", "KMS_CORS_ORIGIN"),
    ("--seed", "KMS_SEED"),
    ("--also-port", "KMS_ALSO_PORT"),
    ("--deterministic", "KMS_DETERMINISTIC"),
    ("--consistency-delay", "KMS_CONSISTENCY_DELAY"),
    ("--control-token", "KMS_CONTROL_TOKEN"),
    ("--events", "KMS_EVENTS"),
    ("--event-log", "KMS_EVENT_LOG"),
    ("--max-connections", "KMS_MAX_CONNECTIONS"),
    ("--log-level", "KMS_LOG_LEVEL"),
    ("--log-format", "KMS_LOG_FORMAT"),
    ("--reason-header", "KMS_REASON_HEADER"),
    ("--upstream", "KMS_UPSTREAM"),
    ("--shadow-cases", "KMS_SHADOW_CASES"),
];

const COMMANDS: [&str; 10] = [
    "kms-emulator-serve",
    "kms-emulator-health",
    "kms-emulator-export",
    "kms-emulator-import",
    "kms-emulator-attest",
    "kms-emulator-policy-lint",
    "kms-emulator-policy-test",
    "kms-emulator-seed-check",
    "kms-emulator-coverage",
    "kms-emulator-completions",
];

fn output(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = emulator();
    command.args(arguments).envs(variables.iter().copied());
    let (code, out, err) = run(command);
    assert_eq!(code, Some(0), "{arguments:?}: {err}");
    out
}

#[test]
fn help_names_every_option_and_its_variable() {
    // A value can be a secret, so it is not shown.
    let help = output(&["--help"], &[("KMS_CONTROL_TOKEN", "t0ken")]);
    assert!(!help.contains("t0ken"), "{help}");
    for (option, variable) in OPTIONS {
        assert!(help.contains(option), "{option} in {help}");
        assert!(
            help.contains(&format!("[env: {variable}]")),
            "{variable} in {help}"
        );
    }
    assert_eq!(help.matches("[env: ").count(), OPTIONS.len(), "{help}");
}

#[test]
fn help_has_groups_and_examples() {
    let help = output(&["-h"], &[]);
    for heading in [
        "Network:",
        "HTTPS:",
        "Keys and data:",
        "Behaviour:",
        "Control plane:",
        "External key stores:",
        "Log:",
        "Examples:",
    ] {
        let count = help.lines().filter(|line| *line == heading).count();
        assert_eq!(count, 1, "{heading} in {help}");
    }
    // Each option is in a group.
    let options = help.split("\nOptions:\n").nth(1).unwrap();
    let options = options.split("\n\n").next().unwrap();
    assert_eq!(options.lines().count(), 2, "{options}"); // --help and --version
}

#[test]
fn help_fits_the_terminal() {
    for command in ["--help", "-h"] {
        let help = output(&[command], &[("COLUMNS", "80")]);
        let longest = help.lines().max_by_key(|line| line.chars().count());
        assert!(longest.unwrap().chars().count() <= 80, "{longest:?}");
    }
}

#[test]
fn main_manual_page_is_complete() {
    let page = output(&["man"], &[]).replace('\\', "");
    for section in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "NETWORK",
        "COMMANDS",
        "ENVIRONMENT",
        "FILES",
        "EXIT STATUS",
        "EXAMPLES",
        "SEE ALSO",
    ] {
        let is_heading = |line: &str| line.replace('"', "") == format!(".SH {section}");
        assert!(page.lines().any(is_heading), "{section} in {page}");
    }
    for (option, variable) in OPTIONS {
        assert!(page.contains(&format!("The same as {option}.")), "{option}");
        assert!(page.contains(variable), "{variable}");
    }
    assert!(page.contains("[--port <PORT>]"), "{page}");
    assert!(page.contains("kms-emulator seed check <FILE>..."), "{page}");
    // Without other pages, there are no references.
    assert!(!page.contains("(1)"), "{page}");
}

#[test]
fn writes_one_manual_page_per_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    output(&["man", "--output", pages.to_str().unwrap()], &[]);
    let main = fs::read_to_string(pages.join("kms-emulator.1")).unwrap();
    let main = main.replace('\\', "");
    for command in COMMANDS {
        let page = fs::read_to_string(pages.join(format!("{command}.1"))).unwrap();
        let page = page.replace('\\', "");
        assert!(page.contains("kms-emulator(1)"), "{page}");
        assert!(main.contains(&format!("{command}(1)")), "{main}");
    }
    let references = main.matches("(1)").count();
    let written = fs::read_dir(&pages).unwrap().count();
    assert_eq!(references, written - 1, "{main}");
}

#[test]
fn completions_cover_commands_and_options() {
    for (shell, first) in [
        ("bash", "_kms__emulator() {"),
        ("zsh", "#compdef kms-emulator"),
        ("fish", "# Print an optspec"),
    ] {
        let script = output(&["completions", shell], &[]);
        assert!(script.starts_with(first), "{shell}: {script}");
        for word in ["health", "export", "attest", "tls-name", "cors-origin"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
