//! `kms-emulator coverage`: what is known of each operation, and how well.

use clap::Args;
use serde::Serialize;

use super::print;
use crate::coverage::{self, Coverage};

#[derive(Args)]
pub(super) struct CoverageCommand {
    /// Only these operations, with the cases that show each cell: Sign,Verify
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',')]
    only: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print a page in Markdown
    #[arg(long, conflicts_with_all = ["json", "only"])]
    markdown: bool,
}

impl CoverageCommand {
    pub(super) fn run(&self) -> Result<(), String> {
        print(self.text()?.as_bytes())
    }

    fn text(&self) -> Result<String, String> {
        let mut coverage = Coverage::new()?;
        if self.markdown {
            return Ok(coverage::markdown(&coverage));
        }
        let is_part = !self.only.is_empty();
        if is_part {
            coverage = coverage.only(&self.only)?;
        }
        match (self.json, is_part) {
            (true, _) => json(&coverage),
            (false, true) => Ok(coverage::details(&coverage)),
            (false, false) => Ok(coverage::table(&coverage)),
        }
    }
}

fn json(value: &impl Serialize) -> Result<String, String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}
