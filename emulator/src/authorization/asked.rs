//! The members of a request's input that a decision can depend on.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::facts::{Parameters, or_default};

/// What the input of a request says about its permissions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Asked {
    pub(crate) key_id: Option<String>,
    /// The name of the alias of `CreateAlias`, `UpdateAlias` and `DeleteAlias`.
    pub(crate) alias_name: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) encryption_context: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) grant_tokens: Vec<String>,
    /// The attestation document of an enclave, whose registers are known after its verification.
    pub(crate) recipient: Option<IgnoredAny>,
    #[serde(skip)]
    pub(crate) parameters: Box<Parameters>,
}

impl Asked {
    /// Reads the input of a request.
    ///
    /// # Errors
    ///
    /// A member has the wrong type. The model was not checked.
    pub(crate) fn read(
        body: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, serde_json::Error> {
        let parameters = Box::deserialize(body)?;
        let asked = Self::deserialize(body)?;
        Ok(Self {
            parameters,
            ..asked
        })
    }
}
