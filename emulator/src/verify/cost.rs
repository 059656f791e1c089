//! What a run costs on AWS, at most.

use std::fmt;

use super::guard::{self, Abilities};
use crate::cases::Named;

/// Prices in USD, from <https://aws.amazon.com/kms/pricing/>.
const PRICES_OF: &str =
    "the prices of us-east-1 as published in June 2026: see https://aws.amazon.com/kms/pricing/";
/// A key costs 1 USD a month, by the hour, until its deletion is scheduled. So do the first two rotations.
const KEY_HOUR: f64 = 1.0 / 730.0;
/// The price of a request with a key that is neither symmetric nor RSA 2048. The others cost less.
const REQUEST: f64 = 0.15 / 10_000.0;
/// The price of `GenerateDataKeyPair` with RSA. The other key pairs cost less.
const KEY_PAIR: f64 = 12.0 / 10_000.0;

/// The most that a run sends, makes and costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cost {
    pub(crate) cases: usize,
    pub(crate) calls: usize,
    pub(crate) keys: usize,
    pub(crate) usd: f64,
}

impl Cost {
    /// The cost of cases.
    pub(crate) fn of(cases: &[Named], abilities: &Abilities) -> Self {
        let mut cost = Self {
            cases: 0,
            calls: 0,
            keys: 0,
            usd: 0.0,
        };
        let reached = cases
            .iter()
            .filter(|named| guard::check(named, abilities).is_none());
        for named in reached {
            cost.cases += 1;
            for operation in guard::operations(named) {
                // Each thing that is made is removed with another call.
                let makes = operation.starts_with("Create");
                cost.calls += if makes { 2 } else { 1 };
                cost.keys += usize::from(operation == "CreateKey");
                cost.usd += match operation {
                    "CreateKey" | "RotateKeyOnDemand" => KEY_HOUR,
                    _ if operation.starts_with("GenerateDataKeyPair") => KEY_PAIR,
                    _ => 0.0,
                };
                cost.usd += if makes { 2.0 * REQUEST } else { REQUEST };
            }
        }
        cost
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cases,
            calls,
            keys,
            usd,
        } = self;
        write!(
            formatter,
            "{cases} cases, at most {calls} calls and {keys} keys, at most {usd:.2} USD ({PRICES_OF}; \
             each key counts for one hour, and nothing after its deletion is scheduled)"
        )
    }
}
