//! The operations of STS, one file each.

mod assume_role;
mod assume_role_with_web_identity;
mod decode_authorization_message;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod identity_token;
mod policy;
mod role;
mod tags;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Call;
use super::reply::Output;
use crate::error::{Error, Internal};

/// The operation that needs no credentials: the token in the request takes their place.
pub(super) const WITHOUT_CREDENTIALS: &str =
    assume_role_with_web_identity::AssumeRoleWithWebIdentity::NAME;

/// Runs an operation with its input, and encodes its output.
pub(super) type Run = fn(Value, Call<'_, '_>) -> Result<Output, Error>;

/// An operation of STS.
trait Operation {
    const NAME: &'static str;
    type Input: DeserializeOwned;
    type Output: Serialize;

    fn run(input: Self::Input, call: Call<'_, '_>) -> Result<Self::Output, Error>;
}

/// The operation with a name. `None` if the emulator does not have it.
pub(super) fn find(name: &str) -> Option<Run> {
    const OPERATIONS: [(&str, Run); 7] = [
        entry::<assume_role::AssumeRole>(),
        entry::<assume_role_with_web_identity::AssumeRoleWithWebIdentity>(),
        entry::<decode_authorization_message::DecodeAuthorizationMessage>(),
        entry::<get_access_key_info::GetAccessKeyInfo>(),
        entry::<get_caller_identity::GetCallerIdentity>(),
        entry::<get_federation_token::GetFederationToken>(),
        entry::<get_session_token::GetSessionToken>(),
    ];
    let entry = OPERATIONS.iter().find(|(known, _)| *known == name);
    entry.map(|(_, run)| *run)
}

const fn entry<O: Operation>() -> (&'static str, Run) {
    (O::NAME, run::<O>)
}

fn run<O: Operation>(input: Value, call: Call<'_, '_>) -> Result<Output, Error> {
    let input = serde_json::from_value(input)
        .map_err(|error| Internal::new("read the input of an operation of STS", error))?;
    let format = call.format;
    let output = O::run(input, call)?;
    Ok(Output::new(O::NAME, &output, format)?)
}
