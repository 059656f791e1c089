//! `kms-emulator who-can`: which principals may do an operation with a key.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::data::Folder;
use super::{print, seed};
use crate::{Kms, store};

#[derive(Args)]
pub(super) struct WhoCan {
    /// Operation, such as Sign
    operation: String,
    /// Key: an id, an ARN, or an alias such as alias/orders
    key: String,
    /// Ask about the keys, grants and identities of this seed file or folder, instead of a data folder
    #[arg(long, value_name = "FILE_OR_FOLDER")]
    seed: Vec<PathBuf>,
    /// Region of a key id or an alias
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    #[command(flatten)]
    folder: Folder,
}

impl WhoCan {
    pub(super) fn run(self) -> Result<(), String> {
        let seed = seed::read(&self.seed)?;
        let location = seed.default_location();
        let region = self.region.as_deref();
        let builder = Kms::builder()
            .account(location.account.as_str())
            .region(region.unwrap_or(location.region.as_str()));
        let kms = if self.seed.is_empty() {
            let folder = self.folder.path()?;
            // Opening would create a folder that does not exist.
            if !store::exists(&folder) {
                let folder = folder.display();
                return Err(format!(
                    "{folder} is not a data folder of Simulated KMS; name one with --data-dir, or a seed \
                     with --seed"
                ));
            }
            builder.open(&folder)
        } else {
            builder.seed(seed).build_temporary()
        };
        let kms = kms.map_err(|error| error.to_string())?;
        let permissions = kms.who_can(&self.operation, &self.key);
        let mut text = String::new();
        for permission in permissions.map_err(|error| error.to_string())? {
            let word = if permission.allowed { "allow" } else { "deny " };
            let (principal, by) = (&permission.principal, &permission.decided_by);
            // Writing to a string does not fail.
            let _ = writeln!(text, "{word}  {principal}  ({by})");
        }
        print(text.as_bytes())
    }
}
