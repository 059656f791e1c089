//! The lines of the log on their way to standard error.
//!
//! A request only appends its line to a buffer. A thread writes the first line after a pause at once,
//! and what follows at most every [`PAUSE`]. So the lines of a busy emulator share system calls and
//! wake-ups, and the thread of an idle one sleeps. No request waits for a slow reader of the log: if the
//! buffer is full, lines are dropped.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// The time between two writes of a busy emulator.
const PAUSE: Duration = Duration::from_millis(10);
/// The bytes that are written without a pause.
const ENOUGH: usize = 1 << 20;
/// The maximum number of bytes in the buffer.
const LIMIT: usize = 4 << 20;
/// How long the end of the program waits for the reader of the log.
const LAST_WRITE: Duration = Duration::from_secs(1);

/// Takes lines.
#[derive(Clone)]
pub(super) struct LogLines(Arc<Shared>);

/// Dropping it writes the remaining lines.
pub(super) struct LogGuard(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// The thread has something to do.
    work: Condvar,
    /// The thread has written everything.
    done: Condvar,
}

struct State {
    lines: Vec<u8>,
    /// The thread waits for this number of bytes in the buffer.
    wakes_at: usize,
    ends: bool,
    has_ended: bool,
}

impl LogLines {
    /// Starts the thread that writes to `output`.
    pub(super) fn start(output: impl Write + Send + 'static) -> io::Result<(Self, LogGuard)> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                lines: Vec::new(),
                wakes_at: usize::MAX,
                ends: false,
                has_ended: false,
            }),
            work: Condvar::new(),
            done: Condvar::new(),
        });
        let writer = Arc::clone(&shared);
        thread::Builder::new()
            .name("kms-log".to_owned())
            .spawn(move || writer.run(output))?;
        Ok((Self(Arc::clone(&shared)), LogGuard(shared)))
    }

    /// Writes the lines in the buffer now, on this thread. Skips them if the buffer is in use.
    pub(super) fn write_now(&self, output: &mut impl Write) {
        if let Ok(mut state) = self.0.state.try_lock() {
            // There is no other place to report a failure.
            drop(output.write_all(&std::mem::take(&mut state.lines)));
        }
    }
}

impl Write for LogLines {
    /// Takes one line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock();
        if state.lines.len() + line.len() <= LIMIT {
            state.lines.extend_from_slice(line);
        }
        let wakes = state.lines.len() >= state.wakes_at;
        if wakes {
            state.wakes_at = usize::MAX;
        }
        drop(state);
        if wakes {
            self.0.work.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for LogLines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.ends = true;
        self.0.work.notify_one();
        let has_ended = self
            .0
            .done
            .wait_timeout_while(state, LAST_WRITE, |state| !state.has_ended);
        drop(has_ended);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut output: impl Write) {
        let mut batch = Vec::new();
        let mut state = self.lock();
        loop {
            state.wakes_at = 1;
            let waited = self.work.wait_while(state, |state| !state.has_work(1));
            state = waited.unwrap_or_else(PoisonError::into_inner);
            if state.lines.is_empty() {
                break;
            }
            std::mem::swap(&mut state.lines, &mut batch);
            state.wakes_at = usize::MAX;
            drop(state);
            // There is no other place to report a failure.
            drop(output.write_all(&batch).and_then(|()| output.flush()));
            batch.clear();
            batch.shrink_to(ENOUGH);
            state = self.lock();
            state.wakes_at = ENOUGH;
            let waited = self
                .work
                .wait_timeout_while(state, PAUSE, |state| !state.has_work(ENOUGH));
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.has_ended = true;
        self.done.notify_one();
    }
}

impl State {
    fn has_work(&self, bytes: usize) -> bool {
        self.ends || self.lines.len() >= bytes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output whose writes are seen by the test, and wait for it.
    struct Slow {
        started: Sender<Vec<u8>>,
        go_on: Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.started.send(bytes.to_vec()).unwrap();
            self.go_on.recv().map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (LogLines, LogGuard, Receiver<Vec<u8>>, Sender<()>) {
        let (started, writes) = channel();
        let (go_on, waits) = channel();
        let output = Slow {
            started,
            go_on: waits,
        };
        let (lines, guard) = LogLines::start(output).unwrap();
        (lines, guard, writes, go_on)
    }

    #[test]
    fn first_line_leaves_at_once_and_the_others_together() {
        let (mut lines, guard, writes, go_on) = slow();
        lines.write_all(b"first\n").unwrap();
        assert_eq!(writes.recv().unwrap(), b"first\n");
        for number in 0..1000 {
            writeln!(lines, "{number}").unwrap();
        }
        for _ in 0..2 {
            go_on.send(()).unwrap();
        }
        drop(guard);
        let rest: Vec<_> = (0..1000).map(|number| format!("{number}\n")).collect();
        assert_eq!(
            String::from_utf8(writes.recv().unwrap()).unwrap(),
            rest.concat()
        );
        assert!(writes.recv().is_err(), "nothing remains");
    }

    #[test]
    fn a_reader_that_does_not_read_stops_no_request() {
        let (mut lines, guard, writes, go_on) = slow();
        lines.write_all(b"first\n").unwrap();
        writes.recv().unwrap();
        let line = [b'x'; 1000];
        for _ in 0..2 * LIMIT / line.len() {
            lines.write_all(&line).unwrap();
        }
        assert!(lines.0.lock().lines.len() <= LIMIT);
        drop(go_on);
        drop(guard);
    }

    #[test]
    fn lines_leave_before_a_panic() {
        let (mut lines, _guard, writes, go_on) = slow();
        lines.write_all(b"first\n").unwrap();
        writes.recv().unwrap();
        lines.write_all(b"second\n").unwrap();
        let mut output = Vec::new();
        lines.write_now(&mut output);
        assert_eq!(output, b"second\n");
        go_on.send(()).unwrap();
    }
}
