//! Requests in unit tests.

use serde_json::Value;

use super::Kms;
use crate::protocol::{Reply, Request};

impl Kms {
    /// Sends a request and returns the reply.
    pub(crate) fn send(&self, operation: &str, body: &Value) -> Reply {
        self.send_text(operation, &body.to_string())
    }

    /// As [`Self::send`], with any text as the body.
    pub(crate) fn send_text(&self, operation: &str, body: &str) -> Reply {
        let target = format!("TrentService.{operation}");
        self.handle(&Request::new(&target, body.as_bytes()))
    }

    /// Sends a request and returns the answer, or the name of the error.
    pub(crate) fn try_call(&self, operation: &str, body: &Value) -> Result<Value, String> {
        let reply = self.send(operation, body);
        match reply.trace.error {
            None => Ok(serde_json::from_slice(&reply.body).unwrap_or_default()),
            Some(error) => Err(error),
        }
    }

    /// Sends a request that must succeed and returns the answer.
    pub(crate) fn call(&self, operation: &str, body: &Value) -> Value {
        let reply = self.send(operation, body);
        let text = String::from_utf8_lossy(&reply.body);
        assert_eq!(reply.status, 200, "{operation} {body}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}
