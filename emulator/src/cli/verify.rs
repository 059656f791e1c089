//! `kms-emulator verify`: plays the golden cases against a KMS endpoint.

mod files;
mod progress;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use self::progress::Progress;
use super::{COMMAND_FAILED, print, print_error};
use crate::cases::{self, Named};
use crate::clock::parse_duration;
use crate::coverage;
use crate::remote::{self, Address, Credentials, Identity, Options, Remote};
use crate::verify::{self, Abilities, Callers, CleanedUp, Cost, Recording, Report, Subject};

#[derive(Args)]
pub(super) struct Verify {
    /// The endpoint: <http://127.0.0.1:4599>, or <https://kms.us-east-1.amazonaws.com>; requests go to no
    /// other host
    #[arg(long, value_name = "URL", required_unless_present = "plan")]
    endpoint: Option<String>,
    /// Print what would settle each inferred case, and send nothing: the requests to send to AWS, the most
    /// useful first
    #[arg(long, conflicts_with_all = ["endpoint", "only", "cases", "junit", "html", "record"])]
    plan: bool,
    /// Only these operations, or cases whose names begin so: Sign,Verify or Sign/digest
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// Play the cases of this folder, such as a recording, instead of those of this program
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Write the results to this file as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the results to this file as XML of `JUnit`, which CI systems read
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the results to this file as one HTML page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the answers of the endpoint to this empty folder, as cases without secrets
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    aws: Aws,
}

#[derive(Args)]
#[command(next_help_heading = "Connection")]
struct Connection {
    /// Profile of the AWS CLI with the credentials; the default is what the AWS CLI would use
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Profile of a caller in another account, for the cases that need one
    #[arg(long, value_name = "NAME")]
    other_profile: Option<String>,
    /// Region; the default is that of the endpoint, of the profile, or us-east-1 for an emulator
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// File of the certificate authorities to trust, in PEM
    #[arg(long, env = "AWS_CA_BUNDLE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Time for each request
    #[arg(long, default_value = "30s", value_name = "DURATION", value_parser = parse_duration)]
    timeout: Duration,
    /// How often a throttled request is repeated
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10))]
    retries: u32,
    /// The --control-token of a Simulated KMS, to move its clock and to restore its state
    #[arg(long, env = "KMS_CONTROL_TOKEN", value_name = "TOKEN")]
    control_token: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Against AWS")]
struct Aws {
    /// Send the cases to AWS, although it costs money
    #[arg(long)]
    yes: bool,
    /// The most that the cases may cost, in USD
    #[arg(long, default_value_t = 2.0, value_name = "USD", value_parser = usd)]
    budget: f64,
    /// Remove what a run left that broke off: schedule the deletion of the keys with its tag
    #[arg(long, value_name = "RUN")]
    clean_up: Option<String>,
}

impl Verify {
    pub(super) fn run(self) -> ExitCode {
        match self.result() {
            Ok(code) => code,
            Err(message) => {
                print_error(&message);
                ExitCode::from(COMMAND_FAILED)
            }
        }
    }

    fn result(&self) -> Result<ExitCode, String> {
        let Some(endpoint) = &self.endpoint else {
            return self.print_plan();
        };
        if let Some(run) = &self.aws.clean_up {
            return self.clean_up(endpoint, run);
        }
        let remote = self.remote(endpoint, self.connection.profile.as_deref())?;
        let cases = self.selected()?;
        let other = self.other()?;
        if remote.address().is_aws() {
            self.check_budget(&cases, &Abilities::of_aws(remote.region(), other.is_some()))?;
        }
        let subject = Subject::find(
            remote,
            Callers {
                are_chosen: self.connection.profile.is_some(),
                other,
                control_token: self.connection.control_token.as_deref(),
            },
        );
        let subject = subject.map_err(|error| format!("{endpoint}: {error}"))?;
        let folder = self.record.as_deref();
        let recording = folder.map(|folder| Recording::new(folder, &subject));
        let mut recording = recording.transpose()?;
        let mut progress = Progress::start(&subject, cases.len())?;
        let report = verify::play(&subject, &cases, recording.as_mut(), &mut progress)?;
        progress.end();
        self.write(&report)?;
        let mut text = verify::text(&report);
        if let Some(recording) = recording {
            let count = recording.finish()?;
            text.extend([&count.to_string(), " cases recorded\n"]);
        }
        print(text.as_bytes())?;
        Ok(match report.totals() {
            _ if report.is_failed() => ExitCode::from(COMMAND_FAILED),
            totals if totals.different > 0 => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        })
    }

    fn print_plan(&self) -> Result<ExitCode, String> {
        let plan = coverage::plan()?;
        if let Some(file) = &self.json {
            let text = serde_json::to_string_pretty(&plan).map_err(|error| error.to_string())?;
            let written = fs::write(file, text + "\n");
            written.map_err(|why| format!("cannot write {}: {why}", file.display()))?;
        }
        print(plan.to_string().as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }

    /// Removes what a run left in the accounts of both callers.
    fn clean_up(&self, endpoint: &str, run: &str) -> Result<ExitCode, String> {
        let other = self.connection.other_profile.as_deref();
        let profiles = [self.connection.profile.as_deref()].into_iter();
        let mut has_failed = false;
        for profile in profiles.chain(other.map(Some)) {
            let remote = self.remote(endpoint, profile)?;
            let CleanedUp { done, failed } = verify::clean_up(&remote, run)?;
            let lines = |lines: &[String]| -> String {
                let parts = lines.iter().flat_map(|line| [line.as_str(), "\n"]);
                parts.collect()
            };
            let (calls, failures) = (lines(&done), lines(&failed));
            print(format!("{calls}{} calls: done\n", done.len()).as_bytes())?;
            if !failed.is_empty() {
                has_failed = true;
                print_error(&format!("{} failed:\n{failures}", failed.len()));
            }
        }
        Ok(if has_failed {
            ExitCode::from(COMMAND_FAILED)
        } else {
            ExitCode::SUCCESS
        })
    }

    /// The client of the endpoint, with the credentials of a profile.
    fn remote(&self, endpoint: &str, profile: Option<&str>) -> Result<Remote, String> {
        let Connection {
            region,
            ca_file,
            timeout,
            retries,
            ..
        } = &self.connection;
        let address = Address::parse(endpoint)?;
        let identity = Identity::load(profile);
        let (identity, region) = if address.is_aws() {
            let identity = identity?.ok_or(NO_CREDENTIALS)?;
            let region = remote::region(region.as_deref(), Some(&identity), &address);
            (identity, region.ok_or("the Region is unknown: --region")?)
        } else {
            // Without --profile, an emulator gets what there is.
            let identity = match (identity, profile) {
                (Ok(Some(identity)), _) => identity,
                (Err(why), Some(_)) => return Err(why),
                (Ok(None), Some(name)) => {
                    return Err(format!("the profile {name} has no credentials"));
                }
                (_, None) => Identity::fixed(Credentials::new("test", "test")),
            };
            let region = region.clone();
            (identity, region.unwrap_or_else(|| "us-east-1".to_owned()))
        };
        let options = Options {
            timeout: *timeout,
            retries: *retries,
            ..Options::trusting(ca_file.as_deref())?
        };
        let remote = Remote::new(address, region, identity, options);
        remote.map_err(|error| error.to_string())
    }

    /// The credentials of the second caller.
    fn other(&self) -> Result<Option<Credentials>, String> {
        let Some(name) = self.connection.other_profile.as_deref() else {
            return Ok(None);
        };
        let identity = Identity::load(Some(name))?;
        let identity = identity.ok_or_else(|| format!("the profile {name} has no credentials"))?;
        identity.credentials().map(Some)
    }

    /// The cases to play.
    fn selected(&self) -> Result<Vec<Named>, String> {
        let mut cases = match &self.cases {
            Some(folder) => files::read(folder)?,
            None => cases::embedded()?,
        };
        if !self.only.is_empty() {
            let is_it = |named: &Named, name: &str| {
                named.folder() == name || name.contains('/') && named.name.starts_with(name)
            };
            cases.retain(|named| self.only.iter().any(|name| is_it(named, name)));
        }
        if cases.is_empty() {
            return Err("there are no such cases".to_owned());
        }
        Ok(cases)
    }

    /// Says what the cases cost on AWS, and whether they may be sent.
    fn check_budget(&self, cases: &[Named], abilities: &Abilities) -> Result<(), String> {
        let cost = Cost::of(cases, abilities);
        print(format!("{cost}\n").as_bytes())?;
        if cost.usd > self.aws.budget {
            let budget = self.aws.budget;
            return Err(format!("this is more than the --budget of {budget:.2} USD"));
        }
        if !self.aws.yes {
            return Err("nothing was sent; to send the cases to AWS, add --yes".to_owned());
        }
        Ok(())
    }

    /// Writes the files.
    fn write(&self, report: &Report) -> Result<(), String> {
        let json = || format!("{:#}\n", verify::json(report));
        let junit = || verify::junit(report);
        let html = || verify::html(report);
        let files: [(&Option<PathBuf>, &dyn Fn() -> String); 3] = [
            (&self.json, &json),
            (&self.junit, &junit),
            (&self.html, &html),
        ];
        for (file, text) in files {
            if let Some(file) = file {
                let written = fs::write(file, text());
                written.map_err(|why| format!("{}: {why}", file.display()))?;
            }
        }
        Ok(())
    }
}

fn usd(text: &str) -> Result<f64, &'static str> {
    let amount = text.parse::<f64>().ok().filter(|usd| *usd >= 0.0);
    amount.ok_or("expected an amount in USD, such as 0.50")
}

const NO_CREDENTIALS: &str =
    "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile";
