//! The accounts of callers in the upstream.
//!
//! This emulator has the same keys in the same accounts, so that ARNs and messages are the same. The
//! account follows from an answer with the ARN of a key, to a request without such an ARN.

use std::sync::{Mutex, PoisonError};

use super::bounded::Bounded;
use crate::api::AccountId;

/// The maximum number of callers.
const MAX_CALLERS: usize = 1000;
const ACCOUNT_LENGTH: usize = 12;

/// Accounts by access key id.
pub(super) struct Accounts(Mutex<Bounded<AccountId>>);

impl Accounts {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Bounded::new(MAX_CALLERS)))
    }

    pub(super) fn learn(&self, caller: &str, region: &str, request: &[u8], answer: &[u8]) {
        let (Ok(request), Ok(answer)) = (str::from_utf8(request), str::from_utf8(answer)) else {
            return;
        };
        if request.contains(":kms:") {
            return;
        }
        if let Some(account) = account(answer, region) {
            let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            accounts.insert(caller, account);
        }
    }

    pub(super) fn of(&self, caller: &str) -> Option<AccountId> {
        let accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(caller).cloned()
    }
}

/// The account in the first ARN of KMS in this Region.
fn account(answer: &str, region: &str) -> Option<AccountId> {
    let prefix = format!(":kms:{region}:");
    let (_, rest) = answer.split_once(&prefix)?;
    AccountId::parse(rest.get(..ACCOUNT_LENGTH)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_follows_from_an_arn_that_the_request_does_not_name() {
        let accounts = Accounts::new();
        let learn = |request: &str, answer: &str| {
            accounts.learn("AKIA", "eu-west-1", request.as_bytes(), answer.as_bytes());
            accounts.of("AKIA").map(|account| account.to_string())
        };
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/x";
        assert_eq!(learn(arn, arn), None);
        assert_eq!(
            learn("{}", "arn:aws:kms:us-east-1:111122223333:key/x"),
            None
        );
        assert_eq!(learn("{}", "Alias arn:aws:kms:eu-west-1:é"), None);
        assert_eq!(learn("{}", arn).as_deref(), Some("111122223333"));
    }
}
