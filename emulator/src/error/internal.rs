//! Internal errors of the emulator.

use std::error::Error as StdError;
use std::fmt;

/// An internal error: the failed step and its cause.
///
/// It has no `Display`, so that no reply can show it by accident. The client gets
/// `KMSInternalException` and the request id; the log gets [`Internal::chain`].
#[derive(Debug)]
pub(crate) struct Internal {
    step: String,
    source: Box<dyn StdError + Send + Sync>,
}

impl Internal {
    pub(crate) fn new(
        step: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            step: step.into(),
            source: source.into(),
        }
    }

    /// The error that caused it.
    pub(crate) fn into_source(self) -> Box<dyn StdError + Send + Sync> {
        self.source
    }

    /// The step and all causes, for the log: `use the store: cannot write …: No space left on device`.
    pub(crate) fn chain(&self) -> impl fmt::Display + '_ {
        Chain(self)
    }
}

struct Chain<'i>(&'i Internal);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chain = self.0.step.clone();
        let mut cause: Option<&(dyn StdError + 'static)> = Some(self.0.source.as_ref());
        while let Some(error) = cause {
            let text = error.to_string();
            // Messages of `StoreError` already have the message of their cause.
            if !chain.contains(&text) {
                chain.push_str(": ");
                chain.push_str(&text);
            }
            cause = error.source();
        }
        formatter.write_str(&chain)
    }
}
