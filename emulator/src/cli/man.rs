//! `kms-emulator man`: manual pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::{help, parse, print};

#[derive(Args)]
pub(super) struct ManPages {
    /// Folder to write one page per command to, such as /usr/local/share/man/man1
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

const FILES: [(&str, &str); 4] = [
    (
        "$XDG_DATA_HOME/simulated-kms",
        "The data folder on Linux and macOS. XDG_DATA_HOME is ~/.local/share by default.",
    ),
    (
        r"%APPDATA%\Simulated KMS\simulated-kms\data",
        "The data folder on Windows.",
    ),
    ("/data", "The data folder in the container image."),
    (
        "tls/ca.pem",
        "In the data folder: the certificate authority that clients trust with --tls.",
    ),
];

const EXIT_STATUS: [(&str, &str); 3] = [
    ("0", "The command succeeded."),
    (
        "1",
        "health: no healthy emulator was found. policy test: a case failed. policy lint: a policy has a problem.",
    ),
    (
        "2",
        "Wrong usage, or the command failed. Standard error has the reason.",
    ),
];

const LOCAL_KMS_VARIABLES: [(&str, &str); 4] = [
    ("PORT", "local-kms's variable for --port."),
    ("KMS_ACCOUNT_ID", "local-kms's variable for --account."),
    ("KMS_DATA_PATH", "local-kms's variable for --data-dir."),
    ("KMS_SEED_PATH", "local-kms's variable for --seed."),
];

const LINKS: [&str; 2] = [
    env!("CARGO_PKG_HOMEPAGE"),
    "https://docs.aws.amazon.com/kms/latest/APIReference/",
];

impl ManPages {
    pub(super) fn run(&self) -> Result<(), String> {
        let mut command = parse::command().disable_help_subcommand(true);
        command.build();
        match &self.output {
            None => {
                let page = main_page(&command, &[]).map_err(|error| error.to_string())?;
                print(&page)
            }
            Some(folder) => write_all(&command, folder)
                .map_err(|error| format!("cannot write to {}: {error}", folder.display())),
        }
    }
}

/// Writes the page of the program and of each command.
fn write_all(command: &Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let commands = subcommands(command);
    let write = |command: &Command, page: Vec<u8>| {
        fs::write(folder.join(format!("{}.1", page_name(command))), page)
    };
    write(command, main_page(command, &commands)?)?;
    let program = page_reference(command);
    commands.iter().try_for_each(|command| {
        let mut page = page(command)?;
        let mut roff = Roff::new();
        see_also(&mut roff, std::slice::from_ref(&program));
        roff.to_writer(&mut page)?;
        write(command, page)
    })
}

/// The commands without subcommands of their own.
fn subcommands(command: &Command) -> Vec<&Command> {
    let direct = command.get_subcommands();
    direct
        .flat_map(|command| match subcommands(command) {
            own if own.is_empty() => vec![command],
            own => own,
        })
        .collect()
}

/// The page of the program, with references to other pages.
fn main_page(command: &Command, pages: &[&Command]) -> io::Result<Vec<u8>> {
    let mut page = page(command)?;
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for command in subcommands(command) {
        roff.control("TP", []);
        roff.text([roman(usage(command))]);
        let about = command.get_about().map(ToString::to_string);
        roff.text([roman(about.unwrap_or_default() + ".")]);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    roff.text([roman(help::VARIABLES)]);
    for (variable, option) in parse::variables(command) {
        let option = option.get_long().unwrap_or_default();
        entry(&mut roff, variable, &format!("The same as --{option}."));
    }
    entries(&mut roff, &LOCAL_KMS_VARIABLES);
    roff.control("SH", ["FILES"]);
    entries(&mut roff, &FILES);
    roff.control("SH", ["EXIT STATUS"]);
    entries(&mut roff, &EXIT_STATUS);
    roff.control("SH", ["EXAMPLES"]);
    for (purpose, command) in help::EXAMPLES {
        roff.control("PP", []);
        roff.text([roman(purpose)]);
        roff.control("RS", ["4"]);
        roff.text([bold(command)]);
        roff.control("RE", []);
    }
    let pages: Vec<_> = pages
        .iter()
        .map(|command| page_reference(command))
        .collect();
    see_also(&mut roff, &pages);
    roff.to_writer(&mut page)?;
    Ok(page)
}

/// The sections that clap generates.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut forms = vec![usage(command)];
    if command.has_subcommands() {
        forms.push(format!("{} <COMMAND>", command.get_name()));
    }
    let page = Man::new(command.clone().override_usage(forms.join("\n")))
        .source(format!("kms-emulator {}", env!("CARGO_PKG_VERSION")))
        .manual("Simulated KMS");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    Ok(text)
}

/// The command with all its options and their values.
fn usage(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let (positional, options): (Vec<_>, Vec<_>) =
        command.get_arguments().partition(|arg| arg.is_positional());
    let options = options
        .into_iter()
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
        .map(|arg| {
            if arg.is_required_set() {
                arg.to_string()
            } else {
                format!("[{arg}]")
            }
        });
    let arguments = options.chain(positional.into_iter().map(ToString::to_string));
    let words: Vec<_> = std::iter::once(name.to_owned()).chain(arguments).collect();
    words.join(" ")
}

fn entries(roff: &mut Roff, entries: &[(&str, &str)]) {
    for (term, text) in entries {
        entry(roff, term, text);
    }
}

fn entry(roff: &mut Roff, term: &str, text: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(text)]);
}

fn see_also(roff: &mut Roff, pages: &[String]) {
    roff.control("SH", ["SEE ALSO"]);
    let references = pages.iter().map(String::as_str).chain(LINKS);
    let references: Vec<_> = references.collect();
    roff.text([italic(references.join(", "))]);
}

fn page_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn page_reference(command: &Command) -> String {
    format!("{}(1)", page_name(command))
}
