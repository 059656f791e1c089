//! Faults of the emulator itself.

use std::error::Error as StdError;
use std::fmt;

/// Something went wrong on our side: what was being done, and because of what.
///
/// It has no `Display`, so that no reply can print it by accident: the client is told
/// `KMSInternalException` and the request id, the log gets [`Internal::chain`].
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

    /// The whole story, for the log: `use the store: cannot write …: No space left on device`.
    pub(crate) fn chain(&self) -> impl fmt::Display + '_ {
        Chain(self)
    }
}

struct Chain<'i>(&'i Internal);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.step)?;
        let mut cause: Option<&(dyn StdError + 'static)> = Some(self.0.source.as_ref());
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
