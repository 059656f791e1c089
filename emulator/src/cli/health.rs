//! `kms-emulator health`: a health check for containers that have neither a shell nor `curl`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::network::Address;
use super::print_error;
use crate::server::client_address;

#[derive(Args)]
pub(super) struct Health {
    #[command(flatten)]
    address: Address,
}

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BODY: u64 = 64 * 1024;

impl Health {
    pub(super) fn run(self) -> ExitCode {
        match self.check() {
            Ok(body) => {
                // The exit code is the result, so a closed output is not a failure.
                let _ = writeln!(io::stdout(), "{}", body.trim_end());
                ExitCode::SUCCESS
            }
            Err(message) => {
                print_error(&message);
                ExitCode::FAILURE
            }
        }
    }

    fn check(&self) -> Result<String, String> {
        let url = format!("http://{}", client_address(self.address.socket()?));
        get(&format!("{url}/health")).map_err(|error| match error {
            ureq::Error::Io(error) => format!("no healthy emulator at {url}: {error}"),
            error => format!("no healthy emulator at {url}: {error}"),
        })
    }
}

fn get(url: &str) -> Result<String, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        // Variables such as HTTP_PROXY do not apply to a local emulator.
        .proxy(None);
    let mut response = config.build().new_agent().get(url).call()?;
    let body = response.body_mut().with_config().limit(MAX_BODY);
    body.read_to_string()
}
