//! Warnings about unknown environment variables.

use std::env;

use super::{local_kms, parse};

/// The minimum similarity of a suggestion. clap uses the same value.
const MIN_SIMILARITY: f64 = 0.7;

/// Logs a warning for each unknown variable of this process that begins with `KMS_`.
pub(super) fn warn_about_unknown() {
    let command = parse::command();
    let options = parse::variables(&command).map(|(variable, _)| variable);
    let known: Vec<_> = options.chain(local_kms::VARIABLES).collect();
    for (name, value) in env::vars_os() {
        let (Some(name), value) = (name.to_str(), value.to_string_lossy()) else {
            continue;
        };
        if is_unknown(name, &value, &known) {
            let suggestion = nearest(name, &known)
                .map(|nearest| format!("; did you mean {nearest}?"))
                .unwrap_or_default();
            tracing::warn!("ignoring the unknown environment variable {name}{suggestion}");
        }
    }
}

fn is_unknown(name: &str, value: &str, known: &[&str]) -> bool {
    // Kubernetes and container links set these for a service whose name begins with kms.
    let is_link =
        name.contains("_SERVICE_") || name.contains("_PORT_") || value.starts_with("tcp://");
    name.starts_with("KMS_") && !is_link && !known.contains(&name)
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let similarity = |known: &str| strsim::jaro(suffix(name), suffix(known));
    let nearest = known
        .iter()
        .max_by(|a, b| similarity(a).total_cmp(&similarity(b)))?;
    (similarity(nearest) > MIN_SIMILARITY).then_some(nearest)
}

/// The part of a name that differs from variable to variable.
fn suffix(name: &str) -> &str {
    name.trim_start_matches("KMS_")
}
