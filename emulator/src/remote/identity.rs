//! The caller's identity: credentials and Region of the environment and of profiles.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs};

use super::profile::Profile;
use super::{Address, Credentials};
use crate::clock::system_time;

/// The time before the end of a session when it is renewed.
const EARLY: Duration = Duration::from_secs(60);

/// The source of credentials.
#[derive(Debug)]
pub(crate) struct Identity {
    source: Source,
    region: Option<String>,
}

#[derive(Debug)]
enum Source {
    Fixed(Credentials),
    /// A command, and its last output.
    Process(String, Mutex<Option<Credentials>>),
}

/// What decides about the identity, so that tests need not change variables of their process.
pub(super) struct Environment<'e> {
    pub(super) variable: &'e dyn Fn(&str) -> Option<String>,
    pub(super) home: Option<PathBuf>,
}

/// Settings of profiles, and variables, whose credentials come from a service of AWS.
const ELSEWHERE: [&str; 6] = [
    "credential_source",
    "login_session",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];
const ELSEWHERE_VARIABLES: [&str; 3] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

impl Identity {
    /// The identity that AWS's tools would use: that of `profile`, else of the variables
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, else of the profile in `AWS_PROFILE`, else of
    /// the profile `default`. `None` if there are no credentials.
    ///
    /// # Errors
    ///
    /// The profile does not exist, or its credentials come from a service of AWS.
    pub(crate) fn load(profile: Option<&str>) -> Result<Option<Self>, String> {
        let variable = |name: &str| env::var(name).ok();
        Self::of(
            profile,
            &Environment {
                variable: &variable,
                home: env::home_dir(),
            },
        )
    }

    /// Credentials that do not change.
    pub(crate) const fn fixed(credentials: Credentials) -> Self {
        Self {
            source: Source::Fixed(credentials),
            region: None,
        }
    }

    /// The credentials for the next request.
    ///
    /// # Errors
    ///
    /// A `credential_process` failed.
    pub(crate) fn credentials(&self) -> Result<Credentials, String> {
        let (command, last) = match &self.source {
            Source::Fixed(credentials) => return Ok(credentials.clone()),
            Source::Process(command, last) => (command, last),
        };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = system_time().plus(EARLY);
        let valid = last
            .as_ref()
            .filter(|known| known.expires.is_none_or(|end| end > soon));
        if let Some(credentials) = valid {
            return Ok(credentials.clone());
        }
        let credentials = Credentials::of_process(command)?;
        *last = Some(credentials.clone());
        Ok(credentials)
    }

    /// The Region of the profile.
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    pub(super) fn of(
        profile: Option<&str>,
        environment: &Environment<'_>,
    ) -> Result<Option<Self>, String> {
        let variable = |name: &str| (environment.variable)(name).filter(|value| !value.is_empty());
        let key = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        if let (None, Some((access_key_id, secret))) = (profile, key) {
            return Ok(Some(Self::fixed(Credentials {
                session_token: variable("AWS_SESSION_TOKEN"),
                ..Credentials::new(access_key_id, secret)
            })));
        }
        let of_variable = variable("AWS_PROFILE");
        let asked = profile.or(of_variable.as_deref());
        let name = asked.unwrap_or("default");
        let text = |variable_name: &str, file: &str| {
            let path = variable(variable_name).map(PathBuf::from);
            let path = path.or_else(|| Some(environment.home.as_ref()?.join(".aws").join(file)));
            path.and_then(|path| fs::read_to_string(path).ok())
                .unwrap_or_default()
        };
        let config = text("AWS_CONFIG_FILE", "config");
        let credentials = text("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        match Profile::read(name, &config, &credentials) {
            Some(profile) => Self::of_profile(name, &profile),
            None if asked.is_some() => Err(format!("there is no profile {name}")),
            None if ELSEWHERE_VARIABLES
                .into_iter()
                .any(|it| variable(it).is_some()) =>
            {
                Err(elsewhere("of this environment"))
            }
            None => Ok(None),
        }
    }

    fn of_profile(name: &str, profile: &Profile) -> Result<Option<Self>, String> {
        if let Some(setting) = ELSEWHERE.into_iter().find(|it| profile.value(it).is_some()) {
            return Err(elsewhere(&format!("of the profile {name} ({setting})")));
        }
        let key = profile
            .value("aws_access_key_id")
            .zip(profile.value("aws_secret_access_key"));
        let source = match (key, profile.value("credential_process")) {
            (Some((access_key_id, secret)), _) => Source::Fixed(Credentials {
                session_token: profile.value("aws_session_token").map(str::to_owned),
                ..Credentials::new(access_key_id, secret)
            }),
            (None, Some(command)) => Source::Process(command.to_owned(), Mutex::default()),
            (None, None) => return Ok(None),
        };
        Ok(Some(Self {
            source,
            region: profile.value("region").map(str::to_owned),
        }))
    }
}

fn elsewhere(whose: &str) -> String {
    format!(
        "the credentials {whose} come from a service of AWS. Let the AWS CLI ask it: \
         aws configure export-credentials --format env"
    )
}

/// The Region of requests: that of an option, of `AWS_REGION` or `AWS_DEFAULT_REGION`, of the profile, or
/// of the host. A host of AWS serves one Region only, so there its own one comes second.
pub(crate) fn region(
    option: Option<&str>,
    identity: Option<&Identity>,
    address: &Address,
) -> Option<String> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let chosen = option.or_else(|| address.region()).map(str::to_owned);
    chosen
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .or_else(|| identity?.region().map(str::to_owned))
}
