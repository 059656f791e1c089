//! `kms-emulator serve`: builds a KMS from the options and serves it.

use std::sync::Arc;

use clap::Args;
use tokio::runtime::Runtime;

use super::behaviour::Behaviour;
use super::control::Control;
use super::data::Data;
use super::https::Https;
use super::listen::Service;
use super::log::Log;
use super::network::Network;
use super::upstream::Upstream;
use super::variables;
use super::xks::Xks;
use crate::Kms;

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    network: Network,
    #[command(flatten)]
    https: Https,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    behaviour: Behaviour,
    #[command(flatten)]
    control: Control,
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    xks: Xks,
    #[command(flatten)]
    log: Log,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), String> {
        let log = self.log.start();
        let _log = log.map_err(|error| format!("cannot start the log: {error}"))?;
        variables::warn_about_unknown();
        let addresses = self.network.addresses()?;
        let has_upstream = self.upstream.is_set();
        if has_upstream {
            self.behaviour.check_with_upstream()?;
            self.data.check_with_upstream()?;
        }
        let is_local = addresses.iter().all(|address| address.ip().is_loopback());
        let shadow = self.upstream.open(self.behaviour.region(), is_local)?;
        let kms = Kms::builder().seed(self.data.seed()?);
        let mut kms = self.behaviour.apply(kms)?;
        if let Some((shadow, is_aws)) = &shadow {
            kms = kms.region(shadow.region());
            // Tags of other emulators have no meaning for AWS.
            if *is_aws {
                kms = kms.drop_in(false);
            }
        }
        let kms = self.control.apply(kms)?;
        let kms = self.xks.apply(kms)?;
        let folder = self.data.folder(has_upstream)?;
        let kms = match &folder {
            Some(folder) => kms.open(folder),
            None => kms.build_temporary(),
        };
        let kms = Arc::new(kms.map_err(|error| error.to_string())?);
        let service = Service {
            kms: Arc::clone(&kms),
            shadow: shadow.map(|(shadow, _)| shadow),
            addresses,
            // The KMS holds the lock of the data folder, so no other process writes to it.
            tls: self.https.open(folder.as_deref())?,
            limits: self.network.limits(),
            cors: self.network.cors(),
            reason_header: self.log.reason_header,
            control_token: self.control.token,
            data_location: folder.map_or_else(
                || "temporary".to_owned(),
                |folder| folder.display().to_string(),
            ),
        };
        let runtime = Runtime::new().map_err(|error| format!("cannot start: {error}"))?;
        runtime.block_on(service.run())?;
        // Waits for running requests before the data folder is closed.
        drop(runtime);
        drop(kms);
        tracing::info!("stopped");
        Ok(())
    }
}
