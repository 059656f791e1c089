//! The text of log lines: what `tracing_subscriber` writes by default, in a third of its time. Each request
//! has a line, and formatting it would take as long as the rest of a small request.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Debug, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::field::{Field, Visit};
use tracing_subscriber::field::{RecordFields, VisitOutput as _};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultVisitor, Writer};
use tracing_subscriber::fmt::time::FormatTime;

/// The time of a line. Its text changes once a second, but for the microseconds.
pub(super) struct Time;

impl FormatTime for Time {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        thread_local! {
            static LATEST: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the log does not follow the clock of the emulator"
        )]
        let now = SystemTime::now();
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        LATEST.with_borrow_mut(|(second, text)| {
            if *second != time.as_secs() || text.is_empty() {
                *second = time.as_secs();
                *text = humantime::format_rfc3339_seconds(now).to_string();
            }
            writer.write_str(text.trim_end_matches('Z'))
        })?;
        write!(writer, ".{:06}Z", time.subsec_micros())
    }
}

/// The fields of a line.
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut visitor = Visitor {
            writer,
            text: String::with_capacity(512),
            is_empty: true,
            result: Ok(()),
        };
        fields.record(&mut visitor);
        visitor.flush();
        visitor.result
    }
}

struct Visitor<'w> {
    writer: Writer<'w>,
    /// What is not written yet. Many small writes would take longer.
    text: String,
    is_empty: bool,
    result: fmt::Result,
}

impl Visitor<'_> {
    /// Adds a field as `tracing_subscriber` does.
    fn record(&mut self, record: impl FnOnce(&mut DefaultVisitor<'_>)) {
        self.flush();
        if self.result.is_ok() {
            let mut visitor = DefaultVisitor::new(self.writer.by_ref(), self.is_empty);
            record(&mut visitor);
            self.result = visitor.finish();
            self.is_empty = false;
        }
    }

    /// Adds the name of a field.
    fn name(&mut self, name: &str) {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.text.push(' ');
        }
        self.text.push_str(name);
        self.text.push('=');
    }

    fn flush(&mut self) {
        if self.result.is_ok() {
            self.result = self.writer.write_str(&self.text);
        }
        self.text.clear();
    }
}

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if !is_usual(field.name()) || !is_plain(value) {
            return self.record(|visitor| visitor.record_str(field, value));
        }
        self.name(field.name());
        self.text.push('"');
        self.text.push_str(value);
        self.text.push('"');
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if !is_usual(field.name()) {
            return self.record(|visitor| visitor.record_u64(field, value));
        }
        self.name(field.name());
        // A string takes everything.
        let _ = write!(self.text, "{value}");
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.record(|visitor| visitor.record_error(field, value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record(|visitor| visitor.record_debug(field, value));
    }
}

/// Whether a field has the usual form `name=value`.
fn is_usual(name: &str) -> bool {
    name != "message" && !name.starts_with("r#")
}

/// Whether a text in quotes is the same as its `Debug`. Without an early end, the compiler tests many bytes at once.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    let bytes = text.bytes();
    bytes.fold(true, |all, byte| all & is_plain(byte))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;
    use tracing_subscriber::fmt::{MakeWriter, fmt};

    use super::*;

    /// Lines in memory.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Lines {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn log() {
        let none: Option<&str> = None;
        let error = io::Error::other("a \"cause\"");
        let error: &(dyn Error + 'static) = &error;
        for text in [
            "",
            "plain text",
            "a \"quote\"",
            "back\\slash",
            "line\nend",
            "ä",
            "\u{1b}[1m",
        ] {
            tracing::info!(text, none, number = 7_u64, is = true, "message {text}");
            tracing::warn!(message = text, %text, other = ?Some(text), r#type = text);
            tracing::error!(error, "{text}");
        }
    }

    #[test]
    fn lines_are_those_of_the_library() {
        let (expected, found) = (Lines::default(), Lines::default());
        let format = || fmt().with_ansi(false).with_target(false);
        let theirs = format().without_time().with_writer(expected.clone());
        with_default(theirs.finish(), log);
        let ours = format().without_time().fmt_fields(Fields);
        with_default(ours.with_writer(found.clone()).finish(), log);
        assert!(expected.text().contains("text=\"a \\\"quote\\\"\""));
        assert_eq!(found.text(), expected.text());
    }

    #[test]
    fn times_are_those_of_the_library() {
        let lines = Lines::default();
        let ours = fmt().with_ansi(false).with_timer(Time);
        with_default(ours.with_writer(lines.clone()).finish(), || {
            tracing::info!("x")
        });
        let theirs = fmt().with_ansi(false).with_writer(lines.clone());
        with_default(theirs.finish(), || tracing::info!("x"));
        let lines = lines.text();
        let times: Vec<_> = lines.lines().map(|line| &line[..27]).collect();
        let digits = |time: &str| time.replace(|letter: char| letter.is_ascii_digit(), "0");
        assert_eq!(digits(times[0]), digits(times[1]));
        let parse = |time: &str| humantime::parse_rfc3339(time).unwrap();
        let between = parse(times[1]).duration_since(parse(times[0])).unwrap();
        assert!(between.as_secs() < 60, "{times:?}");
    }
}
