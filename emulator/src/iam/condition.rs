//! A condition of a statement: an operator, a key and values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::address::Range;
use super::comparison::{is_true, satisfies};
use super::context::Lookup;
use super::number::{self, Decimal};
use super::operator::{Operator, Set, Test};
use super::template::Template;

/// One line of a `Condition` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The operator as the policy writes it.
    pub(crate) name: String,
    pub(crate) operator: Operator,
    pub(crate) key: String,
    pub(crate) values: Vec<Template>,
}

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Met,
    NotMet,
    /// A value of the policy is malformed so that the condition cannot be evaluated.
    Failed,
}

impl Condition {
    /// A value that no request can match. IAM refuses to store it; STS accepts it in a session policy,
    /// except for a binary value (recorded).
    pub(crate) fn malformed_value(&self) -> Option<&str> {
        let is_valid = |text: &str| match self.operator.test {
            Test::Number(_) => Decimal::parse(text).is_some(),
            Test::Date(_) => number::date(text).is_some(),
            Test::Address => Range::parse(text).is_some(),
            Test::Arn => text == "*" || text.starts_with("arn:") || text.starts_with("${"),
            Test::Binary => STANDARD.decode(text).is_ok(),
            Test::Text | Test::TextIgnoringCase | Test::TextPattern | Test::Bool | Test::Null => {
                true
            }
        };
        let mut values = self.values.iter().map(Template::as_str);
        values.find(|text| !is_valid(text))
    }

    /// Whether the values are binary.
    pub(crate) fn is_binary(&self) -> bool {
        self.operator.test == Test::Binary
    }

    pub(super) fn verdict(&self, lookup: &mut Lookup<'_>) -> Verdict {
        let Operator {
            set,
            test,
            negated,
            if_exists,
        } = self.operator;
        let Some(entry) = lookup.get(&self.key) else {
            return Verdict::of(match (test, set) {
                (Test::Null, _) => self.values.iter().any(|value| is_true(value.as_str())),
                (_, Some(Set::All)) => true,
                (_, Some(Set::Any)) => if_exists,
                (_, None) => if_exists || negated,
            });
        };
        if test == Test::Null {
            return Verdict::of(self.values.iter().any(|value| !is_true(value.as_str())));
        }
        // Without a set operator, a list never matches, not even negated or with one value (recorded).
        if entry.is_list && set.is_none() {
            return Verdict::NotMet;
        }
        let mut verdicts = entry.values.iter().map(|value| {
            match satisfies(self.operator, value, &self.values, lookup) {
                Ok(met) => Verdict::of(met),
                Err(_) => Verdict::Failed,
            }
        });
        let decisive = match set {
            Some(Set::Any) => Verdict::Met,
            Some(Set::All) | None => Verdict::NotMet,
        };
        let mut failed = false;
        let decided = verdicts.any(|verdict| {
            failed |= verdict == Verdict::Failed;
            verdict == decisive
        });
        match (decided, failed, decisive) {
            (true, ..) => decisive,
            (false, true, _) => Verdict::Failed,
            (false, false, Verdict::Met) => Verdict::NotMet,
            (false, false, _) => Verdict::Met,
        }
    }
}

impl Verdict {
    fn of(met: bool) -> Self {
        if met { Self::Met } else { Self::NotMet }
    }
}
