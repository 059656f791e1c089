//! What a run shows while it runs, and how it is stopped.

use std::io::{self, IsTerminal as _, Write as _};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::runtime;
use tokio::signal;

use crate::verify::{Observer, Subject};

/// The exit code of a program that was interrupted twice.
const INTERRUPTED: i32 = 130;

/// The progress on a terminal.
pub(super) struct Progress {
    total: usize,
    is_terminal: bool,
    is_stopped: Arc<AtomicBool>,
}

impl Progress {
    /// Says what the endpoint is, and handles Ctrl+C: the first one ends the run after the current case, and
    /// what the run made is removed. The second one ends the program.
    pub(super) fn start(subject: &Subject, total: usize) -> Result<Self, String> {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_stopped);
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot handle Ctrl+C: {error}"))?;
        thread::spawn(move || {
            runtime.block_on(async {
                while signal::ctrl_c().await.is_ok() {
                    if seen.swap(true, Ordering::Relaxed) {
                        process::exit(INTERRUPTED);
                    }
                }
            });
        });
        let mut error = io::stderr();
        // A closed standard error is no reason to stop.
        let _ = writeln!(error, "{subject}");
        Ok(Self {
            total,
            is_terminal: error.is_terminal(),
            is_stopped,
        })
    }

    /// Removes the line.
    pub(super) fn end(&self) {
        if self.is_terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Observer for Progress {
    fn begin(&mut self, index: usize, name: &str) {
        if self.is_terminal {
            let number = index + 1;
            let _ = write!(io::stderr(), "\r\x1b[K{number}/{} {name}", self.total);
        }
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}
