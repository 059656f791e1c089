//! Options for the behaviour of KMS.

use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use super::local_kms;
use crate::api::{AccountId, Region};
use crate::attestation::Trust;
use crate::clock::parse_duration;
use crate::{AuthMode, KmsBuilder, Quotas};

#[derive(Args)]
#[command(next_help_heading = "Behaviour")]
pub(super) struct Behaviour {
    /// Region of requests that are not signed for a Region [default: us-east-1]
    #[arg(long, env = "KMS_REGION", value_parser = region)]
    region: Option<String>,
    /// Account of requests whose access key id is neither 12 digits nor a seeded identity [default:
    /// 000000000000]
    #[arg(long, env = "KMS_ACCOUNT", value_name = "ID", value_parser = account)]
    account: Option<String>,
    /// What to check of callers: nothing, their signatures, or signatures and then policies and grants
    #[arg(long, env = "KMS_AUTH", default_value = "none")]
    auth: Auth,
    /// Quotas to enforce, throttling included: none, or those of a new AWS account
    #[arg(long, env = "KMS_QUOTAS", default_value = "none")]
    quotas: QuotaSet,
    /// Tags and routes of other emulators (LocalStack, Floci, moto) that have their meaning: all or none
    #[arg(long, env = "KMS_DROP_IN", default_value = "all")]
    drop_in: DropIn,
    /// Duration of AWS's background work, such as 2m: creating a replica, changing the primary key,
    /// rotating on demand
    #[arg(long, env = "KMS_TRANSITION_TIME", default_value = "0s", value_name = "DURATION",
          value_parser = parse_duration)]
    transition_time: Duration,
    /// Delay before reads see new keys, aliases, grants, tags and policies, such as 3s; on AWS it is
    /// some seconds
    #[arg(long, env = "KMS_CONSISTENCY_DELAY", default_value = "0s", value_name = "DURATION",
          value_parser = parse_duration)]
    consistency_delay: Duration,
    /// Seed for all random values: the same requests then give the same ids, keys, ciphertexts and
    /// signatures
    #[arg(long, env = "KMS_DETERMINISTIC", value_name = "TEXT")]
    deterministic: Option<String>,
    /// Trust every well-formed attestation document, without a check of its signature; by default, only
    /// documents of kms-emulator attest are trusted
    #[arg(long, env = "KMS_TRUST_ANY_ATTESTATION", value_parser = BoolishValueParser::new())]
    trust_any_attestation: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum QuotaSet {
    None,
    Aws,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DropIn {
    None,
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Auth {
    None,
    Sigv4,
    Policy,
}

impl Behaviour {
    pub(super) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Refuses options with which this emulator would differ from every upstream.
    pub(super) fn check_with_upstream(&self) -> Result<(), String> {
        let refused = [
            (
                self.auth != Auth::None,
                "--auth",
                "the upstream checks callers",
            ),
            (
                self.quotas != QuotaSet::None,
                "--quotas",
                "the upstream has its own",
            ),
            (
                !self.consistency_delay.is_zero(),
                "--consistency-delay",
                "reads would differ by chance",
            ),
        ];
        match refused.iter().find(|(is_set, _, _)| *is_set) {
            Some((_, option, why)) => {
                Err(format!("{option} cannot be used with --upstream: {why}"))
            }
            None => Ok(()),
        }
    }

    pub(super) fn apply(self, mut kms: KmsBuilder) -> Result<KmsBuilder, String> {
        // clap checks only the emulator's own options and variables, not those of local-kms.
        if let Some(account) = self.account.or_else(local_kms::account) {
            if AccountId::parse(&account).is_none() {
                return Err(format!(
                    "invalid value '{account}' for 'KMS_ACCOUNT_ID': {EXPECTED_ACCOUNT}"
                ));
            }
            kms = kms.account(account);
        }
        if let Some(region) = self.region {
            kms = kms.region(region);
        }
        if self.trust_any_attestation {
            kms = kms.trust(Trust::Any);
        }
        if let Some(text) = &self.deterministic {
            kms = kms.deterministic(text);
        }
        let quotas = match self.quotas {
            QuotaSet::None => Quotas::None,
            QuotaSet::Aws => Quotas::Aws,
        };
        let auth = match self.auth {
            Auth::None => AuthMode::None,
            Auth::Sigv4 => AuthMode::Sigv4,
            Auth::Policy => AuthMode::Policy,
        };
        Ok(kms
            .auth(auth)
            .quotas(quotas)
            .drop_in(self.drop_in == DropIn::All)
            .transition_time(self.transition_time)
            .consistency_delay(self.consistency_delay))
    }
}

const EXPECTED_ACCOUNT: &str = "expected 12 digits";
const EXPECTED_REGION: &str = "expected a Region, such as us-east-1";

fn account(text: &str) -> Result<String, &'static str> {
    let is_valid = AccountId::parse(text).is_some();
    is_valid.then(|| text.to_owned()).ok_or(EXPECTED_ACCOUNT)
}

fn region(text: &str) -> Result<String, &'static str> {
    let is_valid = Region::parse(text).is_some();
    is_valid.then(|| text.to_owned()).ok_or(EXPECTED_REGION)
}
