//! What answers the requests of a case: an emulator in this process, or a KMS endpoint on the network.

use std::fmt;
use std::time::Duration;

use crate::clock::Timestamp;

/// Answers the requests of cases.
pub trait Endpoint {
    /// Sends one request. Every HTTP status is an answer.
    ///
    /// # Errors
    ///
    /// [`Unreached`] if the endpoint cannot send it, or did not answer.
    fn send(&mut self, sent: &Sent) -> Result<Answer, Unreached>;

    /// Moves the clock of the endpoint.
    ///
    /// # Errors
    ///
    /// [`Unreached`] if its clock cannot be moved.
    fn advance(&mut self, by: Duration) -> Result<(), Unreached>;

    /// The time of the endpoint.
    fn now(&self) -> Timestamp;

    /// How far a time in an answer may be from the expected time. Zero if the clock is frozen.
    fn tolerance(&self) -> Duration;

    /// The variable `region`, and the Region of calls that name none.
    fn region(&self) -> &str;

    /// The variable `account`, and the account of calls that name none.
    fn account(&self) -> &str;

    /// The variable `unique`: eight hexadecimal digits in lower case, new for each case where cases share an account.
    fn unique(&self) -> &str;
}

/// A request of a case.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The HTTP method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The header `X-Amz-Target`, such as `TrentService.Sign`.
    pub target: Option<String>,
    /// The body.
    pub body: String,
    /// Who sends it.
    pub caller: Caller,
}

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Signed by a caller of this account, for this Region.
    Signed {
        /// The account, of 12 digits.
        account: String,
        /// The Region.
        region: String,
    },
    /// This header `Authorization`, as it is.
    Header(String),
    /// No header `Authorization`.
    Anonymous,
}

/// A response.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers. The case of their names has no meaning.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// The endpoint cannot do what the case needs, such as a caller of another account.
    Unsupported(String),
    /// The endpoint gave no answer of KMS.
    Failed(String),
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Unsupported(reason) | Self::Failed(reason)) = self;
        f.write_str(reason)
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        if let Some(target) = &self.target {
            writeln!(f, "X-Amz-Target: {target}")?;
        }
        match &self.caller {
            Caller::Signed { account, region } => {
                writeln!(f, "signed by account {account} for {region}")?;
            }
            Caller::Header(header) => writeln!(f, "Authorization: {header}")?,
            Caller::Anonymous => {}
        }
        write!(f, "\n{}", self.body)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "HTTP {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}
