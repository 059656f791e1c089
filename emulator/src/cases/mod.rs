//! Golden cases: a request to KMS, the expected response, and the evidence for it. `fixtures/README.md` in the repository
//! describes their format.
//!
//! A case runs against an [`Endpoint`]: an emulator in the tests, or any KMS endpoint. Its [`Outcome`] is data, of which
//! reports are made. The program contains all cases, [`embedded`].

mod case;
mod embedded;
mod endpoint;
mod expectation;
mod matcher;
mod report;
mod run;
mod signature;
mod template;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use case::{Call, Case, Check, Evidence, Expect, Http, Request, Saves, Signed, Source, Step};
pub use embedded::embedded;
pub use endpoint::{Answer, Caller, Endpoint, Sent, Unreached};
pub use matcher::Difference;
pub use report::report;
pub use run::{Exchange, Outcome, Refused, Run, run};
pub use template::Variables;

/// The folder of the cases about HTTP, which have no operation.
pub const PROTOCOL: &str = "Protocol";

/// A case, its name and its file.
#[derive(Debug)]
pub struct Named {
    /// The operation and the file's name, such as `Sign/digest_of_wrong_length_is_refused`.
    pub name: String,
    /// The case.
    pub case: Case,
    /// The file as JSON, for reports and recordings.
    pub file: Value,
}

impl Named {
    /// Reads a case. Its name is the folder, which must be the operation, and the name of its file in `snake_case`.
    ///
    /// # Errors
    ///
    /// The text says what is wrong with the case or with its name.
    pub fn parse(name: &str, json: &str) -> Result<Self, String> {
        let error = |why: &dyn std::fmt::Display| format!("{name}: {why}");
        let case: Case = serde_json::from_str(json).map_err(|e| error(&e))?;
        let file = serde_json::from_str(json).map_err(|e| error(&e))?;
        let (folder, stem) = name.split_once('/').unwrap_or_default();
        let operation = match &case.request {
            Request::Call(call) => &call.operation,
            Request::Http(_) => PROTOCOL,
        };
        if folder != operation {
            return Err(error(&format!(
                "this case belongs in the folder {operation}"
            )));
        }
        if !is_snake_case(stem) {
            return Err(error(&"the file name must be in snake_case"));
        }
        let name = name.to_owned();
        Ok(Self { name, case, file })
    }

    /// The operation of the request, or [`PROTOCOL`].
    pub fn folder(&self) -> &str {
        self.name
            .split_once('/')
            .map_or(PROTOCOL, |(folder, _)| folder)
    }
}

fn is_snake_case(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    name.split('_').all(is_word)
}
