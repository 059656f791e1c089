//! The operation that a request selects.

use super::{Request, misdirected};
use crate::error::ProtocolError;

impl<'r> Request<'r> {
    /// The operation in the target: `Sign` in `TrentService.Sign`.
    ///
    /// # Errors
    ///
    /// The request is not a `POST /` with a target that begins with `TrentService.`.
    pub(crate) fn operation(&self) -> Result<&'r str, ProtocolError> {
        let is_post = self.method == "POST" && self.path == "/";
        let operation = self
            .target
            .and_then(|target| target.strip_prefix("TrentService."));
        match operation {
            Some(operation) if is_post => Ok(operation),
            _ => Err(match misdirected::explain(self) {
                Some(misdirected) => ProtocolError::Misdirected(misdirected),
                None if is_post => ProtocolError::unknown_operation(self.target),
                None => ProtocolError::not_the_service(self.method, self.path),
            }),
        }
    }
}
