//! Why a case was not compared.

use std::fmt;

use crate::remote::RemoteError;

/// Why the tested request of a case was not sent, or has no answer. Never a difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// The case moves the clock.
    Clock,
    /// AWS's background work must take a certain time.
    TransitionTime,
    /// The case has two callers.
    SecondAccount,
    /// The case is about another Region, which AWS serves at another host.
    Region,
    /// The texts of the case are of another partition.
    Partition,
    /// The answer lists all resources of the account.
    EmptyAccount,
    /// The policy of the case could lock the caller out of a key.
    LockOut,
    /// The case is about custom key stores, which cost much and are few.
    CustomKeyStore,
    /// The tag of the run would be in the answer.
    Tags,
    /// The case would change a resource that is not of this run.
    Foreign,
    /// The caller's policies do not allow a call.
    AccessDenied,
    /// A quota of the account is reached.
    Quota,
    Throttled,
    TimedOut,
    Reset,
    Connect,
    /// The answer is HTML, or another content than that of KMS.
    NotKms,
    /// The request cannot be sent.
    Invalid,
    /// The run ended before this case.
    Ended,
}

impl Reason {
    /// Whether the endpoint could not be reached. After a few of them, a run ends.
    pub(super) const fn is_transport(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Reset | Self::Connect)
    }

    pub(super) const fn of(error: &RemoteError) -> Self {
        match error {
            RemoteError::Connect(_) | RemoteError::Tls(_) => Self::Connect,
            RemoteError::TimedOut(_) => Self::TimedOut,
            RemoteError::Reset(_) => Self::Reset,
            RemoteError::Throttled { .. } => Self::Throttled,
            RemoteError::TooLarge(_) | RemoteError::NotKms { .. } => Self::NotKms,
            RemoteError::Credentials(_) | RemoteError::Invalid(_) => Self::Invalid,
        }
    }

    const fn text(&self) -> &'static str {
        match self {
            Self::Clock => "needs a clock that can be moved",
            Self::TransitionTime => "needs a certain duration of background work",
            Self::SecondAccount => "needs a second account: --other-profile",
            Self::Region => "needs another Region",
            Self::Partition => "needs another partition",
            Self::EmptyAccount => "needs an empty account",
            Self::LockOut => "its policy could lock the caller out",
            Self::CustomKeyStore => "needs a custom key store, which costs much",
            Self::Tags => "the tag of this run would be in the answer",
            Self::Foreign => "could change a resource that is not of this run",
            Self::AccessDenied => "the caller's policies do not allow it",
            Self::Quota => "a quota of the account is reached",
            Self::Throttled => "throttled",
            Self::TimedOut => "no answer in time",
            Self::Reset => "the connection ended before the answer",
            Self::Connect => "no connection",
            Self::NotKms => "the answer is not one of KMS, such as HTML",
            Self::Invalid => "the request cannot be sent",
            Self::Ended => "the run ended before",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}
