//! The endpoint of one case: its own emulator in this process, with its own clock.

use std::sync::Arc;
use std::time::Duration;

use kms_emulator::cases::{Answer, Caller, Endpoint, Sent, Unreached};
use kms_emulator::clock::{Clock, Timestamp};
use kms_emulator::protocol::{Reply, Request};
use kms_emulator::{BuildError, Kms};

/// Not a whole second, so that a missing fraction is detected.
const START: Timestamp = Timestamp::from_millis(1_790_000_000_123);

/// An emulator and its clock.
pub(crate) struct Stage {
    kms: Kms,
    clock: Arc<Clock>,
    /// The last reply, for the checks beyond the response.
    pub(crate) reply: Option<Reply>,
}

impl Stage {
    pub(crate) fn new(transition_time: Duration) -> Result<Self, BuildError> {
        let clock = Arc::new(Clock::frozen_at(START));
        let kms = Kms::builder()
            .clock(clock.clone())
            .transition_time(transition_time)
            .build_temporary()?;
        Ok(Self {
            kms,
            clock,
            reply: None,
        })
    }
}

impl Endpoint for Stage {
    fn send(&mut self, sent: &Sent) -> Result<Answer, Unreached> {
        let authorization = match &sent.caller {
            Caller::Signed { account, region } => Some(authorization(account, region)),
            Caller::Header(header) => Some(header.clone()),
            Caller::Anonymous => None,
        };
        let reply = self.kms.handle(&Request {
            method: &sent.method,
            path: &sent.path,
            target: sent.target.as_deref(),
            authorization: authorization.as_deref(),
            body: sent.body.as_bytes(),
            ..Request::default()
        });
        let headers = reply.headers();
        let answer = Answer {
            status: reply.status,
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body: reply.body.clone(),
        };
        self.reply = Some(reply);
        Ok(answer)
    }

    fn advance(&mut self, by: Duration) -> Result<(), Unreached> {
        self.clock.advance(by);
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock is frozen.
    fn tolerance(&self) -> Duration {
        Duration::ZERO
    }

    fn region(&self) -> &'static str {
        "us-east-1"
    }

    fn account(&self) -> &'static str {
        "000000000000"
    }

    fn unique(&self) -> &'static str {
        "4f1c2a9b"
    }
}

/// The header as an SDK sends it, with a dummy signature. Its scope has the account and the Region.
fn authorization(account: &str, region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/kms/aws4_request, \
         SignedHeaders=host, Signature=00"
    )
}
