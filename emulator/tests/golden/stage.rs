//! The environment of one case: its own emulator and clock.

use std::sync::Arc;
use std::time::Duration;

use kms_emulator::clock::{Clock, Timestamp};
use kms_emulator::protocol::{Reply, Request as KmsRequest};
use kms_emulator::{BuildError, Kms};

use crate::case::{Call, Expect, Http, Request, Step};
use crate::expectation::{self, Answer};
use crate::matcher::Comparison;
use crate::template::Variables;

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
/// The suffix of names in cases, for endpoints where cases share an account.
const UNIQUE: &str = "4f1c2a9b";
/// Not a whole second, so that a missing fraction is detected.
const START: Timestamp = Timestamp::from_millis(1_790_000_000_123);

/// An emulator, its clock and the variables of the case.
pub(crate) struct Stage {
    kms: Kms,
    clock: Arc<Clock>,
    pub(crate) variables: Variables,
}

/// A request and its response.
pub(crate) struct Exchange {
    pub(crate) sent: Sent,
    pub(crate) reply: Reply,
}

/// The parts of a request.
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) target: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

impl Stage {
    pub(crate) fn new(transition_time: Duration) -> Result<Self, BuildError> {
        let clock = Arc::new(Clock::frozen_at(START));
        let kms = Kms::builder()
            .clock(clock.clone())
            .transition_time(transition_time)
            .build_temporary()?;
        let mut variables = Variables::default();
        variables.set("region", REGION);
        variables.set("account", ACCOUNT);
        variables.set("unique", UNIQUE);
        Ok(Self {
            kms,
            clock,
            variables,
        })
    }

    /// Runs the steps of the setup and stops at the first failure.
    pub(crate) fn set_up(&mut self, steps: &[Step]) -> Result<(), String> {
        for (number, step) in (1..).zip(steps) {
            match step {
                Step::Advance(duration) => self.clock.advance(*duration),
                Step::Call(call) => self
                    .prepare(call)
                    .map_err(|e| format!("setup step {number}, {}: {e}", call.operation))?,
            }
        }
        Ok(())
    }

    /// Sends the tested request.
    pub(crate) fn call(&self, request: &Request) -> Result<Exchange, String> {
        let sent = match request {
            Request::Call(call) => self.sent(call)?,
            Request::Http(http) => self.raw(http)?,
        };
        let reply = self.send(&sent);
        Ok(Exchange { sent, reply })
    }

    /// The differences between the response and the expectations.
    pub(crate) fn compare(
        &mut self,
        expect: &Expect,
        reply: &Reply,
    ) -> Result<Vec<String>, String> {
        let mut comparison = Comparison {
            now: self.clock.now(),
            differences: Vec::new(),
        };
        let answer = Answer::new(reply);
        expectation::compare(expect, &answer, &self.variables, &mut comparison)?;
        // The checks need the saved values, which a different response may lack.
        if comparison.differences.is_empty() {
            answer.save(&expect.save, &mut self.variables)?;
            expectation::verify(&expect.verify, &self.variables, &mut comparison)?;
        }
        Ok(comparison.differences)
    }

    fn prepare(&mut self, call: &Call) -> Result<(), String> {
        let reply = self.send(&self.sent(call)?);
        if reply.status != 200 {
            let body = String::from_utf8_lossy(&reply.body);
            return Err(format!("HTTP {} {body}", reply.status));
        }
        Answer::new(&reply).save(&call.save, &mut self.variables)
    }

    fn send(&self, sent: &Sent) -> Reply {
        self.kms.handle(&KmsRequest {
            method: &sent.method,
            path: &sent.path,
            target: sent.target.as_deref(),
            authorization: sent.authorization.as_deref(),
            body: sent.body.as_bytes(),
            ..KmsRequest::default()
        })
    }

    fn sent(&self, call: &Call) -> Result<Sent, String> {
        let mut variables = self.variables.clone();
        let milliseconds = i32::try_from(self.clock.now().millis() % 1000).unwrap_or_default();
        let seconds = i32::try_from(self.clock.now().millis() / 1000).unwrap_or(i32::MAX);
        variables.set("now", f64::from(seconds) + f64::from(milliseconds) / 1000.0);
        Ok(Sent {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            target: Some(format!("TrentService.{}", call.operation)),
            authorization: Some(authorization(
                call.account.as_deref().unwrap_or(ACCOUNT),
                call.region.as_deref().unwrap_or(REGION),
            )),
            body: variables.build(&call.input)?.to_string(),
        })
    }

    fn raw(&self, http: &Http) -> Result<Sent, String> {
        let fill = |text: &Option<String>| {
            text.as_deref()
                .map(|text| self.variables.fill_text(text))
                .transpose()
        };
        Ok(Sent {
            method: fill(&http.method)?.unwrap_or_else(|| "POST".to_owned()),
            path: fill(&http.path)?.unwrap_or_else(|| "/".to_owned()),
            target: fill(&http.target)?,
            authorization: fill(&http.authorization)?
                .or_else(|| Some(authorization(ACCOUNT, REGION)))
                .filter(|text| !text.is_empty()),
            body: fill(&http.body)?.unwrap_or_default(),
        })
    }
}

/// The header as an SDK sends it, with a dummy signature. Its scope has the account and the Region.
fn authorization(account: &str, region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/kms/aws4_request, \
         SignedHeaders=host, Signature=00"
    )
}
