//! Replies that wait for the disk.

use std::fmt;

use super::failure;
use crate::protocol::Reply;
use crate::store::{Receipt, StoreError};

/// A reply that must not be sent before the changes of its request, and those that it has read, are
/// on disk.
#[must_use = "the reply is lost without `wait` or `durable`"]
pub struct PendingReply {
    reply: Reply,
    receipt: Receipt,
}

impl PendingReply {
    pub(super) fn new(reply: Reply, receipt: Receipt) -> Self {
        Self { reply, receipt }
    }

    /// Blocks until these changes are on disk.
    pub fn wait(self) -> Reply {
        let written = self.receipt.wait();
        reply_once_written(self.reply, written)
    }

    /// Waits until these changes are on disk.
    pub async fn durable(self) -> Reply {
        let written = self.receipt.written().await;
        reply_once_written(self.reply, written)
    }
}

impl fmt::Debug for PendingReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PendingReply")
            .field("request_id", &self.reply.request_id)
            .field("status", &self.reply.status)
            .finish_non_exhaustive()
    }
}

/// Replaces the reply by an error if its changes could not be written.
fn reply_once_written(reply: Reply, written: Result<(), StoreError>) -> Reply {
    match written {
        Ok(()) => reply,
        Err(error) => failure(reply.request_id, &error.into(), reply.trace, reply.format),
    }
}
