//! The run of one case against an endpoint.

use std::fmt;

use super::case::{Call, Case, Http, Request, Step};
use super::endpoint::{Answer, Caller, Endpoint, Sent, Unreached};
use super::expectation::{self, Body};
use super::matcher::{Comparison, Difference};
use super::template::Variables;

/// What became of a case.
#[derive(Debug)]
pub struct Run {
    /// The result.
    pub outcome: Outcome,
    /// The tested request and its answer, if there is one.
    pub exchange: Option<Exchange>,
    /// The variables at the end.
    pub variables: Variables,
}

/// The result of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The answer is the expected one.
    Same,
    /// The answer differs.
    Different(Vec<Difference>),
    /// There is no answer to compare.
    Unreached(Unreached),
    /// A call of the setup was refused, so the tested request was not sent.
    SetupFailed(Box<Refused>),
    /// The case itself is wrong: a bad pattern, a variable that is not set.
    Invalid(String),
}

/// A call of the setup that did not succeed.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The number of the step, from 1.
    pub step: usize,
    /// The operation.
    pub operation: String,
    /// What is wrong with the answer.
    pub reason: String,
    /// The request and its answer.
    pub exchange: Exchange,
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request.
    pub sent: Sent,
    /// The answer.
    pub answer: Answer,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step,
            operation,
            reason,
            ..
        } = self;
        write!(f, "setup step {step}, {operation}: {reason}")
    }
}

/// Runs a case. The caller has given the endpoint the case's `transition_time`.
pub fn run(case: &Case, endpoint: &mut dyn Endpoint) -> Run {
    let mut variables = Variables::default();
    variables.set("region", endpoint.region());
    variables.set("account", endpoint.account());
    variables.set("unique", endpoint.unique());
    let mut stage = Stage {
        endpoint,
        variables,
    };
    let mut exchange = None;
    let outcome = stage
        .play(case, &mut exchange)
        .unwrap_or_else(|outcome| outcome);
    Run {
        outcome,
        exchange,
        variables: stage.variables,
    }
}

/// An endpoint and the variables of the case. An `Err` is the outcome that ends a case early.
struct Stage<'e> {
    endpoint: &'e mut dyn Endpoint,
    variables: Variables,
}

impl Stage<'_> {
    fn play(&mut self, case: &Case, tested: &mut Option<Exchange>) -> Result<Outcome, Outcome> {
        for (number, step) in (1..).zip(&case.setup) {
            match step {
                Step::Advance(by) => self.endpoint.advance(*by).map_err(Outcome::Unreached)?,
                Step::Call(call) => self.prepare(number, call)?,
            }
        }
        let sent = match &case.request {
            Request::Call(call) => self.sent(call),
            Request::Http(http) => self.raw(http),
        };
        let exchange = self.send(sent.map_err(Outcome::Invalid)?)?;
        let differences = self.compare(case, &exchange.answer);
        *tested = Some(exchange);
        let differences = differences.map_err(Outcome::Invalid)?;
        Ok(if differences.is_empty() {
            Outcome::Same
        } else {
            Outcome::Different(differences)
        })
    }

    /// One call of the setup, and the variables that it saves.
    fn prepare(&mut self, step: usize, call: &Call) -> Result<(), Outcome> {
        let exchange = self.send(self.sent(call).map_err(Outcome::Invalid)?)?;
        let answer = &exchange.answer;
        let saved = if answer.status == 200 {
            Body::new(answer).save(&call.save, &mut self.variables)
        } else {
            let body = String::from_utf8_lossy(&answer.body);
            Err(format!("HTTP {} {body}", answer.status))
        };
        saved.map_err(|reason| {
            Outcome::SetupFailed(Box::new(Refused {
                step,
                operation: call.operation.clone(),
                reason,
                exchange,
            }))
        })
    }

    fn send(&mut self, sent: Sent) -> Result<Exchange, Outcome> {
        match self.endpoint.send(&sent) {
            Ok(answer) => Ok(Exchange { sent, answer }),
            Err(unreached) => Err(Outcome::Unreached(unreached)),
        }
    }

    fn compare(&mut self, case: &Case, answer: &Answer) -> Result<Vec<Difference>, String> {
        let expect = &case.expect;
        let mut comparison = Comparison::new(self.endpoint.now(), self.endpoint.tolerance());
        let body = Body::new(answer);
        expectation::compare(expect, answer, &body, &self.variables, &mut comparison)?;
        // The checks need the saved values, which a different response may lack.
        if comparison.differences.is_empty() {
            body.save(&expect.save, &mut self.variables)?;
            expectation::verify(&expect.verify, &self.variables, &mut comparison)?;
        }
        Ok(comparison.differences)
    }

    fn sent(&self, call: &Call) -> Result<Sent, String> {
        let mut variables = self.variables.clone();
        let milliseconds = i32::try_from(self.endpoint.now().millis() % 1000).unwrap_or_default();
        let seconds = i32::try_from(self.endpoint.now().millis() / 1000).unwrap_or(i32::MAX);
        variables.set("now", f64::from(seconds) + f64::from(milliseconds) / 1000.0);
        Ok(Sent {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            target: Some(format!("TrentService.{}", call.operation)),
            body: variables.build(&call.input)?.to_string(),
            caller: self.caller(call.account.as_deref(), call.region.as_deref()),
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
            body: fill(&http.body)?.unwrap_or_default(),
            caller: match fill(&http.authorization)? {
                None => self.caller(None, None),
                Some(header) if header.is_empty() => Caller::Anonymous,
                Some(header) => Caller::Header(header),
            },
        })
    }

    fn caller(&self, account: Option<&str>, region: Option<&str>) -> Caller {
        Caller::Signed {
            account: account.unwrap_or(self.endpoint.account()).to_owned(),
            region: region.unwrap_or(self.endpoint.region()).to_owned(),
        }
    }
}
