//! Reads of what is in this emulator, outside of the API of KMS.

use super::Kms;
use crate::api::Location;
use crate::auth::Caller;
use crate::constraint;
use crate::context::{OperationInfo, RequestState};
use crate::error::Error;
use crate::model::model;
use crate::operation::{self, Entry};
use crate::protocol::Body;

impl Kms {
    /// The answer of an operation that only shows what is there, without permissions, quotas, faults and an
    /// event. `None` for any other operation.
    pub(crate) fn inspect(
        &self,
        location: Location,
        name: &str,
        input: &Body,
    ) -> Option<Result<Vec<u8>, Error>> {
        let entry = operation::find(name).filter(|entry| {
            let shows = ["Describe", "Get", "List"]
                .iter()
                .any(|verb| name.starts_with(verb));
            shows && entry.read_only && name != "GetParametersForImport"
        })?;
        Some(self.read_as_root(location, entry, input))
    }

    fn read_as_root(
        &self,
        location: Location,
        entry: &'static Entry,
        input: &Body,
    ) -> Result<Vec<u8>, Error> {
        let shape = model()
            .operation(entry.info.name)
            .and_then(|operation| operation.input);
        if let Some(shape) = shape {
            constraint::check(model(), shape, |name| input.get(name))?;
        }
        let call = entry.parse(input)?;
        let info = OperationInfo {
            on_aws_managed_keys: true,
            ..entry.info
        };
        let now = self.services.clock.now();
        let mut state = RequestState::new(&self.services, info, Caller::at(location), now);
        let answer = call.run(state.context());
        // Reading an AWS managed key by its alias creates the key.
        let receipt = state.commit(answer.is_ok())?;
        receipt.wait()?;
        answer
    }
}
