//! Validation of faults.

use std::fmt;

use super::{Delay, Exception, Fault};
use crate::model::model;
use crate::one_or_many::OneOrMany;

/// Why a fault is invalid.
///
/// ```
/// use kms_emulator::fault::Fault;
///
/// # let kms = kms_emulator::Kms::builder().build_temporary()?;
/// let error = kms.faults().insert(Fault::default()).unwrap_err();
/// assert_eq!(error.to_string(), "the fault has no effect: set error, status, delay or connection");
/// # Ok::<(), kms_emulator::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFault(pub(super) String);

impl fmt::Display for InvalidFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFault {}

impl Fault {
    pub(super) fn check(&self) -> Result<(), InvalidFault> {
        let invalid = |why: &str| Err(InvalidFault(why.to_owned()));
        for name in self.operation.iter().flat_map(OneOrMany::as_slice) {
            if model().operation(name).is_none() {
                return invalid(&format!("operation: KMS has no operation {name}"));
            }
        }
        if self.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return invalid("probability: must be from 0 to 1");
        }
        if let Some(error) = &self.error {
            check_exception(error).map_err(|why| InvalidFault(format!("error: {why}")))?;
        }
        if self.status.is_some_and(|status| !is_error_status(status)) {
            return invalid("status: must be from 400 to 599");
        }
        if let Some(delay) = self.delay {
            check_delay(delay).map_err(|why| InvalidFault(format!("delay: {why}")))?;
        }
        let replies = [
            self.error.is_some(),
            self.status.is_some(),
            self.connection.is_some(),
        ];
        match replies.into_iter().filter(|is_set| *is_set).count() {
            0 if self.delay.is_none() => {
                invalid("the fault has no effect: set error, status, delay or connection")
            }
            0 | 1 => Ok(()),
            _ => invalid("error, status and connection are mutually exclusive"),
        }
    }
}

fn is_error_status(status: u16) -> bool {
    (400..=599).contains(&status)
}

fn check_exception(exception: &Exception) -> Result<(), String> {
    let code = &exception.code;
    let is_name = code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.len() <= 100
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_name {
        return Err(format!(
            "invalid exception name {code:?}; expected a name such as ThrottlingException"
        ));
    }
    match exception.status {
        Some(status) if !is_error_status(status) => {
            Err("status: must be from 400 to 599".to_owned())
        }
        None if !exception.has_known_status() => {
            Err(format!("unknown exception {code}: set its status too"))
        }
        _ => Ok(()),
    }
}

fn check_delay(delay: Delay) -> Result<(), &'static str> {
    let longest = match delay {
        Delay::Fixed(duration) => duration,
        Delay::Uniform { min, max } if min > max => return Err("min must not be greater than max"),
        Delay::LogNormal { median, p99 } if median > p99 => {
            return Err("median must not be greater than p99");
        }
        Delay::LogNormal { median, p99 } if median.is_zero() && !p99.is_zero() => {
            return Err("if median is 0, p99 must be 0 too");
        }
        Delay::Uniform { max, .. } => max,
        Delay::LogNormal { p99, .. } => p99,
    };
    if longest > Delay::MAX {
        return Err("must not be longer than 10 minutes");
    }
    Ok(())
}
