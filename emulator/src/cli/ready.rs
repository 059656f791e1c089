//! The lines on standard output when the emulator accepts connections.

use std::io::{self, IsTerminal as _, Write as _};

use crate::AuthMode;

pub(super) struct Ready<'a> {
    pub(super) url: &'a str,
    pub(super) data_location: &'a str,
    /// Where requests go.
    pub(super) upstream: Option<String>,
    /// Whether clients must trust the emulator's own certificate authority.
    pub(super) has_own_authority: bool,
    pub(super) auth: AuthMode,
}

impl Ready<'_> {
    /// Prints the ready line, which shows that clients can connect. A terminal also shows the next
    /// steps.
    pub(super) fn print(&self) {
        let mut out = io::stdout().lock();
        let mut text = self.line();
        if out.is_terminal() {
            text += &self.next_steps();
        }
        let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        if let Err(error) = printed {
            tracing::warn!("cannot print the ready line: {error}");
        }
    }

    fn line(&self) -> String {
        let Self {
            url,
            data_location,
            upstream,
            ..
        } = self;
        let upstream = upstream.as_ref().map_or_else(String::new, |upstream| {
            format!(", requests go to {upstream}")
        });
        format!("Simulated KMS ready at {url} (data: {data_location}{upstream})\n")
    }

    fn next_steps(&self) -> String {
        let url = self.url;
        let set = if cfg!(windows) { "set" } else { "export" };
        let trust = if self.has_own_authority {
            let plain = url.replacen("https://", "http://", 1);
            format!(
                "Clients must trust the certificate authority at {plain}/ca.pem, for example:\n\n  \
                 curl --output ca.pem {plain}/ca.pem\n  {set} AWS_CA_BUNDLE=ca.pem\n\n"
            )
        } else {
            String::new()
        };
        let accepted = if self.auth.checks_signatures() {
            "Credentials of the seed and of sessions"
        } else {
            "Any credentials"
        };
        format!(
            "\n  {set} AWS_ENDPOINT_URL_KMS={url}\n\n{trust}{accepted} are accepted. Press Ctrl-C to \
             stop.\n"
        )
    }
}
