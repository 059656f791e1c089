//! STS, the Security Token Service: temporary credentials, and who a caller is.
//!
//! SDKs and tools ask STS before they call KMS, and `AWS_ENDPOINT_URL` sends those requests here, too.
//! Sessions follow the clock of the emulator and are kept with its keys.

mod operation;
mod params;
mod permission;
mod reply;
mod role_session;
mod session;

use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, StsError};
use crate::model::{self, sts as model};
use crate::protocol::{Request, signed_service};

use params::Params;
pub(crate) use reply::Format;

/// A request to STS.
pub(crate) struct StsRequest {
    params: Params,
    format: Format,
}

/// What an operation knows of its request.
struct Call<'c, 's> {
    caller: &'c Caller,
    context: Context<'c, 's>,
    format: Format,
}

impl StsRequest {
    /// The request, if it is for STS: it is signed for STS, or names an operation of STS.
    pub(crate) fn read(request: &Request<'_>) -> Option<Self> {
        if request.target.is_some() || request.path != "/" {
            return None;
        }
        let is_signed_for_sts = request.authorization.and_then(signed_service) == Some("sts");
        let params = match request.method {
            "POST" => Params::parse(request.body),
            "GET" => Params::parse(request.query?.as_bytes()),
            _ => return None,
        };
        let is_for_sts = is_signed_for_sts || model().operation(params.action()).is_some();
        is_for_sts.then(|| Self {
            params,
            format: Format::of(request.accept),
        })
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The operation in AWS's model.
    pub(crate) fn operation(&self) -> Option<&'static model::Operation> {
        model().operation(self.params.action())
    }

    /// Whether the request needs credentials. One with a web identity token needs none, and an unknown
    /// operation has its own error.
    pub(crate) fn needs_credentials(&self) -> bool {
        let operation = self.operation();
        operation.is_some_and(|operation| operation.name != operation::WITHOUT_CREDENTIALS)
    }

    /// Runs the operation, and returns the body of the reply.
    ///
    /// # Errors
    ///
    /// The error of STS.
    pub(crate) fn run(
        self,
        caller: &Caller,
        context: Context<'_, '_>,
        request_id: &str,
    ) -> Result<Vec<u8>, Error> {
        let needs_credentials = self.needs_credentials();
        let Self { params, format } = self;
        let operation = model()
            .operation(params.action())
            .ok_or_else(|| StsError::unknown_action(params.action()))?;
        let run = operation::find(&operation.name).ok_or_else(|| {
            Error::NotImplemented(format!("the operation {} of STS", operation.name))
        })?;
        let is_expired = |caller: &Caller| {
            let session = caller.session();
            session.is_some_and(|session| session.is_expired(context.now()))
        };
        if needs_credentials && is_expired(caller) {
            return Err(StsError::expired_token().into());
        }
        let input = params.input(operation)?;
        let call = Call {
            caller,
            context,
            format,
        };
        let output = run(input, call)?;
        Ok(output.into_body(&operation.name, request_id))
    }
}

#[cfg(test)]
mod tests;
