//! Texts that help and the manual page share.

/// The description of the program.
pub(super) const ABOUT: &str = "\
Simulated KMS: a local AWS Key Management Service for development and tests

Set AWS_ENDPOINT_URL_KMS=http://127.0.0.1:4599 and any credentials for your AWS SDK or the AWS CLI. \
Not for production: keys are stored unencrypted in the data folder.";

/// The rules for environment variables.
pub(super) const VARIABLES: &str = "\
Each option can also be set by its environment variable. The command line takes precedence. The \
variable of an option without a value takes 1 or 0, true or false, yes or no, on or off. The variable \
of a repeatable option takes values separated by commas.";

/// The purpose and the command of each example.
pub(super) const EXAMPLES: [(&str, &str); 5] = [
    (
        "Serve on http://127.0.0.1:4599 and keep keys in the data folder:",
        "kms-emulator",
    ),
    (
        "Serve on a free port and keep nothing:",
        "kms-emulator --temporary --port 0",
    ),
    (
        "Serve HTTPS, with keys from a file:",
        "kms-emulator --tls --seed seed.yaml",
    ),
    ("Check a seed file:", "kms-emulator seed check seed.yaml"),
    (
        "Save the data folder as one file:",
        "kms-emulator export > state.json",
    ),
];

/// The end of the help.
pub(super) fn after_help() -> String {
    let examples = EXAMPLES.map(|(purpose, command)| format!("\n  {purpose}\n      {command}"));
    format!("{VARIABLES}\n\nExamples:{}", examples.concat())
}
