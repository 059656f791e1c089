//! Options for the control plane, `/_emulator/…`, and for events.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::KmsBuilder;

#[derive(Args)]
#[command(next_help_heading = "Control plane")]
pub(super) struct Control {
    /// Value that the control plane, /_emulator/…, requires in the header X-Emulator-Token. Without
    /// it, only programs on this machine have access, and none if --host is not a loopback address
    #[arg(long = "control-token", env = "KMS_CONTROL_TOKEN", value_name = "TOKEN",
          value_parser = NonEmptyStringValueParser::new())]
    pub(super) token: Option<String>,
    /// Number of events that the control plane can return; 0 turns events off
    #[arg(long, env = "KMS_EVENTS", default_value_t = 10_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    events: u32,
    /// Append each event to this file, as one line of JSON in CloudTrail's format
    #[arg(long, env = "KMS_EVENT_LOG", value_name = "FILE")]
    event_log: Option<PathBuf>,
}

impl Control {
    pub(super) fn apply(&self, kms: KmsBuilder) -> Result<KmsBuilder, String> {
        let kms = kms.events(usize::try_from(self.events).unwrap_or(usize::MAX));
        match &self.event_log {
            Some(file) => Ok(kms.event_log(append_to(file)?)),
            None => Ok(kms),
        }
    }
}

/// Opens a file to append to. Only its owner can read it, because events contain names and policies.
fn append_to(file: &Path) -> Result<File, String> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .map_err(|error| format!("cannot write the event log {}: {error}", file.display()))
}
