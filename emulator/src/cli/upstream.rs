//! Options for an upstream, whose answers clients get.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::remote::{Address, Credentials, Identity, Options, Remote, region};
use crate::shadow::Shadow;

/// The Region of requests that are not signed for one.
const DEFAULT_REGION: &str = "us-east-1";

#[derive(Args)]
#[command(next_help_heading = "Comparison with AWS")]
pub(super) struct Upstream {
    /// KMS that answers all requests, such as <https://kms.us-east-1.amazonaws.com>: its answers are compared
    /// with those of this emulator. On AWS, requests and keys cost money
    #[arg(long, env = "KMS_UPSTREAM", value_name = "URL")]
    upstream: Option<String>,
    /// Folder to write a golden case to, for each kind of difference
    #[arg(
        long,
        env = "KMS_SHADOW_CASES",
        value_name = "DIR",
        requires = "upstream"
    )]
    shadow_cases: Option<PathBuf>,
}

impl Upstream {
    pub(super) fn is_set(&self) -> bool {
        self.upstream.is_some()
    }

    /// The shadow, and whether its upstream is AWS. `is_local`: only this machine can connect.
    pub(super) fn open(
        &self,
        region_option: Option<&str>,
        is_local: bool,
    ) -> Result<Option<(Arc<Shadow>, bool)>, String> {
        let Some(url) = &self.upstream else {
            return Ok(None);
        };
        let address = Address::parse(url)?;
        let (url, is_aws) = (address.to_string(), address.is_aws());
        // A session token must not go to another host by mistake.
        let is_chosen = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE"]
            .iter()
            .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
        let identity = if is_aws || is_chosen {
            Identity::load(None)?
        } else {
            None
        };
        let signs = identity.is_some();
        if is_aws && !signs {
            return Err(format!(
                "{url} needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
            ));
        }
        let region = region(region_option, identity.as_ref(), &address);
        let region = region.unwrap_or_else(|| DEFAULT_REGION.to_owned());
        let identity = identity.unwrap_or_else(|| {
            Identity::fixed(Credentials {
                access_key_id: String::new(),
                secret: String::new(),
                session_token: None,
                expires: None,
            })
        });
        let remote = Remote::new(address, region, identity, options()?);
        let remote = remote.map_err(|error| error.to_string())?;
        warn(&url, is_aws, signs, is_local);
        let shadow = Shadow::new(remote, signs, self.shadow_cases.clone());
        Ok(Some((Arc::new(shadow), is_aws)))
    }
}

fn options() -> Result<Options, String> {
    let file = env::var_os("AWS_CA_BUNDLE").filter(|file| !file.is_empty());
    Options::trusting(file.as_deref().map(Path::new))
}

fn warn(url: &str, is_aws: bool, signs: bool, is_local: bool) {
    let cost = if is_aws {
        ": AWS charges for requests and keys"
    } else {
        ""
    };
    tracing::warn!("{url} answers all requests to KMS{cost}");
    if signs {
        tracing::warn!(
            "requests of all clients are signed with the AWS credentials of this process"
        );
    }
    if signs && !is_local {
        tracing::warn!("other machines can connect, and act with these credentials");
    }
}
