//! Type-erased operations.

use serde::Deserialize as _;
use serde::de::value::MapDeserializer;

#[cfg(test)]
use super::Rate;
use super::{Cost, Operation, action_of};
use crate::api::Location;
use crate::context::{Context, OperationInfo};
use crate::error::{Error, Internal};
use crate::protocol::{Body, encode};
use crate::quota::RequestQuota;

/// An operation in the table.
pub(crate) struct Entry {
    pub(crate) info: OperationInfo,
    pub(crate) read_only: bool,
    pub(crate) calls_proxy: bool,
    /// The names of the actions that its callers need permission for.
    pub(crate) actions: &'static [&'static str],
    #[cfg(test)]
    pub(super) has_quota: bool,
    parse: fn(&Body) -> Result<Box<dyn Call>, Error>,
}

/// An operation with its parsed input.
pub(crate) trait Call: Send {
    /// The cost of the call.
    fn cost(&self) -> Cost;

    /// The request quotas that the call counts against, with their account and Region.
    fn charges(&self, caller: &Location) -> Vec<(Location, RequestQuota)>;

    /// Runs the operation and returns the body of the answer.
    fn run(self: Box<Self>, context: Context<'_, '_>) -> Result<Vec<u8>, Error>;
}

struct TypedCall<O: Operation>(O::Input);

impl Entry {
    pub(super) const fn of<O: Operation + 'static>() -> Self {
        Self {
            info: OperationInfo {
                name: O::NAME,
                action: action_of::<O>(),
                on_aws_managed_keys: O::ON_AWS_MANAGED_KEYS,
            },
            read_only: O::READ_ONLY,
            calls_proxy: O::CALLS_PROXY,
            actions: O::ACTIONS,
            #[cfg(test)]
            has_quota: !matches!(O::RATE, Rate::None),
            parse: parse::<O>,
        }
    }

    /// Parses a body that was checked against the model.
    ///
    /// # Errors
    ///
    /// Internal: the model and the input of the operation disagree.
    pub(crate) fn parse(&self, body: &Body) -> Result<Box<dyn Call>, Error> {
        (self.parse)(body)
    }
}

fn parse<O: Operation + 'static>(body: &Body) -> Result<Box<dyn Call>, Error> {
    // Each operation has its own deserializer. One for a borrowed map is smaller than one for
    // `Value`.
    let input = O::Input::deserialize(MapDeserializer::new(body.iter()));
    let input = input.map_err(|error: serde_json::Error| Internal::new("read the input", error))?;
    Ok(Box::new(TypedCall::<O>(input)))
}

impl<O: Operation> Call for TypedCall<O> {
    fn cost(&self) -> Cost {
        O::cost(&self.0)
    }

    fn charges(&self, caller: &Location) -> Vec<(Location, RequestQuota)> {
        O::RATE.charges(O::NAME, &self.0, caller)
    }

    fn run(self: Box<Self>, context: Context<'_, '_>) -> Result<Vec<u8>, Error> {
        let output = O::run(self.0, context)?;
        Ok(encode(&output).map_err(|error| Internal::new("write the output", error))?)
    }
}
