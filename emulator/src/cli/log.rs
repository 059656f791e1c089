//! The log on standard error.

use std::io;
use std::panic;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

use super::log_lines::{LogGuard, LogLines};
use super::log_text::{Fields, Line};

#[derive(Args)]
#[command(next_help_heading = "Log")]
pub(super) struct Log {
    /// Lowest level to log on standard error
    #[arg(long = "log-level", env = "KMS_LOG_LEVEL", default_value = "info")]
    level: LogLevel,
    /// Format of the log
    #[arg(long = "log-format", env = "KMS_LOG_FORMAT", default_value = "text")]
    format: LogFormat,
    /// Add the header X-Emulator-Reason to errors whose message does not say enough: what was expected
    /// and what was found, as in the log
    #[arg(long, env = "KMS_REASON_HEADER", value_parser = BoolishValueParser::new())]
    pub(super) reason_header: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

impl Log {
    /// Starts the log. Dropping the guard writes the remaining lines.
    ///
    /// # Errors
    ///
    /// The system starts no thread.
    pub(super) fn start(&self) -> io::Result<LogGuard> {
        let (lines, guard) = LogLines::start(io::stderr())?;
        // A panic prints its message itself, and can end the process.
        let (before, print) = (lines.clone(), panic::take_hook());
        panic::set_hook(Box::new(move |panic| {
            before.write_now(&mut io::stderr());
            print(panic);
        }));
        let log = fmt()
            .with_writer(lines)
            .with_max_level(LevelFilter::from(self.level))
            .with_ansi(false)
            .with_target(false);
        let started = match self.format {
            LogFormat::Text => {
                let log = log.event_format(Line::new()).fmt_fields(Fields);
                tracing::subscriber::set_global_default(log.finish())
            }
            LogFormat::Json => {
                tracing::subscriber::set_global_default(log.json().flatten_event(true).finish())
            }
        };
        // This fails only if the process already has a log. Then that log is used.
        drop(started);
        Ok(guard)
    }
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::OFF,
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}
