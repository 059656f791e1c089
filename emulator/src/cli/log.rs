//! The log: lines on standard error, written by a thread of its own through a bounded queue, so
//! that a slow reader of the log slows no request. When the queue is full, lines are dropped.

use std::io::BufWriter;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt;

use super::serve::{LogFormat, LogLevel};

/// The most lines that wait to be written.
const QUEUE: usize = 16 * 1024;

/// Starts the log. What is still queued is written when the guard is dropped.
pub(super) fn start(level: LogLevel, format: LogFormat) -> WorkerGuard {
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(QUEUE)
        .thread_name("kms-log")
        // The thread flushes when nothing more waits, so that a burst is one write.
        .finish(BufWriter::new(std::io::stderr()));
    let log = fmt()
        .with_writer(writer)
        .with_max_level(LevelFilter::from(level))
        .with_ansi(false)
        .with_target(false);
    let started = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(log.finish()),
        LogFormat::Json => {
            tracing::subscriber::set_global_default(log.json().flatten_event(true).finish())
        }
    };
    // Only a program that embeds this one can have a log already; then it goes there.
    drop(started);
    guard
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
