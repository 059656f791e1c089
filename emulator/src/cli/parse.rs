//! Parses the arguments and variables of this process.

use std::env;
use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};

use super::Cli;

/// The command line of this process. Help, the version and errors end the process.
pub(super) fn cli() -> Cli {
    let arguments: Vec<_> = env::args_os().collect();
    let mut command = command();
    command
        .try_get_matches_from_mut(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .unwrap_or_else(|error| name_variable(error, &command, &arguments).exit())
}

/// The definition of the command line. Help does not show the values of variables.
pub(super) fn command() -> Command {
    hide_values(Cli::command())
}

fn hide_values(command: Command) -> Command {
    command
        .mut_args(|arg| arg.hide_env_values(true))
        .mut_subcommands(hide_values)
}

/// The variables of a command's own options, each with its option.
pub(super) fn variables(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_env()?.to_str()?, arg)))
}

/// If an invalid value comes from a variable, replaces the name of the option in the error by that of
/// the variable.
fn name_variable(mut error: Error, command: &Command, arguments: &[OsString]) -> Error {
    if !matches!(
        error.kind(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
    ) {
        return error;
    }
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    // The program has the options of `serve`, which include all variables of subcommands.
    let Some((variable, option)) =
        variables(command).find(|(_, option)| option.to_string() == *name)
    else {
        return error;
    };
    // clap reads the variable only if the option is absent.
    if env::var_os(variable).is_none() || is_given(option, arguments) {
        return error;
    }
    let value = error.get(ContextKind::InvalidValue);
    let tip = value.and_then(|value| tip(variable, option, &value.to_string()));
    error.insert(
        ContextKind::InvalidArg,
        ContextValue::String(variable.to_owned()),
    );
    if let Some(tip) = tip {
        let tip = vec![StyledStr::from(tip)];
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tip));
    }
    error
}

fn is_given(option: &Arg, arguments: &[OsString]) -> bool {
    let Some(long) = option.get_long() else {
        return false;
    };
    arguments.iter().any(|argument| {
        let name = argument.to_str().and_then(|text| text.strip_prefix("--"));
        name.is_some_and(|name| name.split('=').next() == Some(long))
    })
}

/// Advice for an invalid value of a variable.
fn tip(variable: &str, option: &Arg, value: &str) -> Option<&'static str> {
    if variable == "KMS_PORT" && value.starts_with("tcp://") {
        return Some(
            "Kubernetes sets KMS_PORT for a Service named kms: set enableServiceLinks to false in \
             the pod, rename the Service, or use --port",
        );
    }
    matches!(option.get_action(), ArgAction::SetTrue)
        .then_some("use 1 or 0, true or false, yes or no, on or off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definition_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn program_has_every_variable() {
        let command = command();
        let known: Vec<_> = variables(&command).map(|(variable, _)| variable).collect();
        // The others, such as AWS_CA_BUNDLE, are not of this program.
        let of_commands = command.get_subcommands().flat_map(variables);
        for (variable, _) in of_commands.filter(|(variable, _)| variable.starts_with("KMS_")) {
            assert!(known.contains(&variable), "{variable}");
        }
    }
}
