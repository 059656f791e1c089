//! The text of log lines: what `tracing_subscriber` writes by default, in a third of its time. Each request
//! has a line, and formatting it would take as long as the rest of a small request.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Debug, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::{RecordFields, VisitOutput as _};
use tracing_subscriber::fmt::format::{DefaultVisitor, Format, Full, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// The time of a line. Its text changes once a second, but for the microseconds.
pub(super) struct Time;

impl FormatTime for Time {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let mut text = String::new();
        Self::add_to(&mut text);
        writer.write_str(&text)
    }
}

impl Time {
    fn add_to(line: &mut String) {
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
            line.push_str(text.trim_end_matches('Z'));
        });
        let mut micros = itoa::Buffer::new();
        // The first digit keeps the zeros after it.
        let micros = micros.format(1_000_000 + time.subsec_micros());
        line.push('.');
        line.push_str(micros.get(1..).unwrap_or_default());
        line.push('Z');
    }
}

/// A line: its time, level and fields.
pub(super) struct Line(Format<Full, Time>);

impl Line {
    pub(super) fn new() -> Self {
        let format = Format::default().with_timer(Time);
        Self(format.with_ansi(false).with_target(false))
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Only libraries have spans, and only their details.
        if context.event_scope().is_some() {
            return self.0.format_event(context, writer, event);
        }
        let mut visitor = Visitor::new(writer);
        Time::add_to(&mut visitor.text);
        visitor.text.push_str(match *event.metadata().level() {
            Level::TRACE => " TRACE ",
            Level::DEBUG => " DEBUG ",
            Level::INFO => "  INFO ",
            Level::WARN => "  WARN ",
            Level::ERROR => " ERROR ",
        });
        event.record(&mut visitor);
        visitor.text.push('\n');
        visitor.flush();
        visitor.result
    }
}

/// The fields of a span.
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut visitor = Visitor::new(writer);
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

impl<'w> Visitor<'w> {
    fn new(writer: Writer<'w>) -> Self {
        Self {
            writer,
            text: String::with_capacity(512),
            is_empty: true,
            result: Ok(()),
        }
    }

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

    /// Adds a space after the field before.
    fn separate(&mut self) {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.text.push(' ');
        }
    }

    /// Adds the name of a field.
    fn name(&mut self, name: &str) {
        self.separate();
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
        self.text.push_str(itoa::Buffer::new().format(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.record(|visitor| visitor.record_error(field, value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let (start, is_empty) = (self.text.len(), self.is_empty);
            self.separate();
            // A string takes everything.
            let _ = write!(self.text, "{value:?}");
            if self.text.get(start..).is_some_and(is_plain) {
                return;
            }
            self.text.truncate(start);
            self.is_empty = is_empty;
        }
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
            tracing::debug!(text);
            tracing::trace!("a message");
            let _span = tracing::info_span!("span", text).entered();
            tracing::info!(text, "in a span");
        }
    }

    #[test]
    fn lines_are_those_of_the_library() {
        let (expected, found) = (Lines::default(), Lines::default());
        let theirs = fmt()
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .with_writer(expected.clone());
        with_default(theirs.finish(), log);
        let ours = fmt().event_format(Line::new()).fmt_fields(Fields);
        with_default(ours.with_writer(found.clone()).finish(), log);
        assert!(expected.text().contains("text=\"a \\\"quote\\\"\""));
        let found = found.text();
        let without_time = |line| str::split_once(line, "Z ").map_or(line, |(_, rest)| rest);
        let found: Vec<_> = found.lines().map(without_time).collect();
        assert_eq!(found, expected.text().lines().collect::<Vec<_>>());
    }

    #[test]
    fn times_are_those_of_the_library() {
        let lines = Lines::default();
        let ours = fmt().event_format(Line::new());
        with_default(ours.with_writer(lines.clone()).finish(), || {
            tracing::info!("x");
        });
        let theirs = fmt().with_ansi(false).with_writer(lines.clone());
        with_default(theirs.finish(), || {
            tracing::info!("x");
        });
        let lines = lines.text();
        let times: Vec<_> = lines.lines().map(|line| &line[..27]).collect();
        let digits = |time: &str| time.replace(|letter: char| letter.is_ascii_digit(), "0");
        assert_eq!(digits(times[0]), digits(times[1]));
        let parse = |time: &str| humantime::parse_rfc3339(time).unwrap();
        let between = parse(times[1]).duration_since(parse(times[0])).unwrap();
        assert!(between.as_secs() < 60, "{times:?}");
    }
}
