//! The members of a request's input that a decision can depend on.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde::de::value::MapDeserializer;
use serde_json::Value;

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
    pub(crate) fn read<'b>(
        members: impl Iterator<Item = (&'b str, &'b Value)> + Clone,
    ) -> Result<Self, serde_json::Error> {
        let parameters = Box::deserialize(MapDeserializer::new(members.clone()))?;
        let asked = Self::deserialize(MapDeserializer::new(members))?;
        Ok(Self {
            parameters,
            ..asked
        })
    }
}
