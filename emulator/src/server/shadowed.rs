//! Requests that an upstream answers.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Bytes;
use hyper::http::request::Parts;
use tokio::sync::Semaphore;

use super::convert::{all_headers, kms_request};
use crate::Kms;
use crate::error::ProtocolError;
use crate::protocol::Reply;
use crate::shadow::Shadow;

/// A request that was read.
pub(super) struct Call {
    pub(super) head: Parts,
    pub(super) peer: IpAddr,
    pub(super) body: Bytes,
}

impl Call {
    /// The answer of the upstream. The call runs to its end on a thread of its own, also if the client
    /// disconnects: both sides must see the same requests.
    pub(super) async fn answer(
        self,
        kms: &Arc<Kms>,
        shadow: &Arc<Shadow>,
        permits: &Arc<Semaphore>,
    ) -> Reply {
        let permit = Arc::clone(permits).acquire_owned().await;
        let (kms, shadow) = (Arc::clone(kms), Arc::clone(shadow));
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let headers = all_headers(&self.head);
            let request = kms_request(&self.head, &headers, self.peer, &self.body);
            shadow.answer(&kms, &request)
        });
        // The task is cancelled only when the runtime shuts down.
        task.await
            .unwrap_or_else(|_| Kms::refuse(ProtocolError::Busy))
    }
}
