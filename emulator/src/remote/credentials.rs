//! Credentials of AWS.

use std::fmt;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::clock::Timestamp;

/// An access key, and the token of its session.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
    pub(crate) expires: Option<Timestamp>,
}

/// Without the secret and the token.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The output of a `credential_process`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
}

impl Credentials {
    /// An access key without a session.
    pub(crate) fn new(access_key_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret: secret.into(),
            session_token: None,
            expires: None,
        }
    }

    /// Runs the `credential_process` of a profile. Its errors go to standard error, as with the AWS CLI.
    pub(super) fn of_process(command: &str) -> Result<Self, String> {
        let error = |why: &str| format!("credential_process: {why}");
        let mut shell = shell(command);
        let shell = shell.stdin(Stdio::inherit()).stderr(Stdio::inherit());
        let output = shell.output().map_err(|why| error(&why.to_string()))?;
        if !output.status.success() {
            return Err(error(&output.status.to_string()));
        }
        // The cause would quote the output, which has a secret.
        let output: Output = serde_json::from_slice(&output.stdout)
            .map_err(|_| error("the output is not the JSON of credentials"))?;
        if output.version != 1 {
            return Err(error("the version of the output is not 1"));
        }
        let expires = output.expiration.map(|text| text.parse::<Timestamp>());
        let expires = expires.transpose();
        Ok(Self {
            access_key_id: output.access_key_id,
            secret: output.secret_access_key,
            session_token: output.session_token,
            expires: expires.map_err(|why| error(&why.to_string()))?,
        })
    }
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.args(["/C", command]);
    shell
}
