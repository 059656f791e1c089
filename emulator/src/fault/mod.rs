//! Faults: which requests fail, how, and how often.
//!
//! A [`Fault`] has conditions and an effect. A fault without a key is applied before the request is
//! processed. A fault with a key is applied after the operation has found its key and before changes
//! are stored. So it also works for `Decrypt`, where only the ciphertext identifies the key.
//!
//! Effects on the connection are returned as a [`Disruption`], which the server, or the HTTP client
//! without a socket, performs.
//!
//! ```
//! use kms_emulator::Kms;
//! use kms_emulator::protocol::Request;
//!
//! let kms = Kms::builder().build_temporary()?;
//! kms.faults().on("ListKeys").times(1).throttle();
//! assert_eq!(kms.handle(&Request::new("TrentService.ListKeys", b"{}")).status, 400);
//! assert_eq!(kms.handle(&Request::new("TrentService.ListKeys", b"{}")).status, 200);
//! # Ok::<(), kms_emulator::BuildError>(())
//! ```

mod active;
mod builder;
mod delay;
mod exception;
mod registry;
mod validation;

use std::num::NonZero;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub use crate::one_or_many::OneOrMany;
pub use active::{ActiveFault, FaultId};
pub(crate) use active::{Hit, RequestInfo};
pub use builder::Faults;
pub use delay::Delay;
pub use exception::Exception;
pub(crate) use registry::Registry;
pub use validation::InvalidFault;

/// A fault. The control plane reads and writes it as JSON; [`Faults`] builds it in Rust.
///
/// ```
/// use kms_emulator::fault::Fault;
///
/// let json = r#"{"operation": "Sign", "times": 2, "error": "ThrottlingException"}"#;
/// let fault: Fault = serde_json::from_str(json)?;
/// assert_eq!(fault.times, Some(2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The operations that the fault applies to. `None` means all operations.
    #[serde(
        default,
        deserialize_with = "operations",
        skip_serializing_if = "Option::is_none"
    )]
    pub operation: Option<OneOrMany<String>>,
    /// The key that the fault applies to: a key id, an ARN, or an alias such as `alias/NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The caller that the fault applies to: an access key id, an account id, or an ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The number of matching requests to skip first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u64,
    /// Hit only every Nth of the remaining requests: with 3, the third, the sixth, and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<NonZero<u64>>,
    /// Stop after this number of hits. `None` means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// The probability of a hit, from 0 to 1. `None` means 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The seed of the random generator for `probability` and `delay`. The same seed gives the
    /// same results.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seed: u64,
    /// The exception to return instead of performing the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Exception>,
    /// The HTTP status to return instead of performing the request, with an HTML page as a proxy
    /// sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long to delay the response. Without another effect, the request succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// How to break the connection or the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionFault>,
}

/// How the connection, or the response on it, breaks.
///
/// ```
/// use kms_emulator::fault::ConnectionFault;
///
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// kms.faults().on("CreateKey").times(1).connection(ConnectionFault::Truncate);
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionFault {
    /// Close the connection before the request is performed.
    DropBefore,
    /// Perform the request, then close the connection in the middle of the response.
    DropAmid,
    /// Perform the request, then close the connection without a response.
    LoseAnswer,
    /// Perform the request, then send only the first half of the body, as a complete response.
    Truncate,
}

/// The effect of a fault on the transmission of a response.
///
/// The owner of the connection performs it. See [`Reply::disruption`](crate::protocol::Reply::disruption).
///
/// ```
/// use std::time::Duration;
/// use kms_emulator::protocol::Request;
///
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// kms.faults().on("ListKeys").delay(Duration::from_millis(250));
/// let reply = kms.handle(&Request::new("TrentService.ListKeys", b"{}"));
/// assert_eq!(reply.disruption.delay, Duration::from_millis(250));
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disruption {
    /// How long to wait before sending the response.
    pub delay: Duration,
    /// How to break the connection. Never [`ConnectionFault::Truncate`]: the body of the reply is
    /// already truncated.
    pub connection: Option<ConnectionFault>,
}

impl Disruption {
    pub(crate) fn new(delay: Duration, connection: Option<ConnectionFault>) -> Self {
        Self { delay, connection }
    }
}

/// Names the member in an error, which serde does not.
fn operations<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<OneOrMany<String>>, D::Error> {
    Option::deserialize(deserializer)
        .map_err(|_| D::Error::custom("operation: expected a name or a list of names"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
