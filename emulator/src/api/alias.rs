//! Alias names and alias ARNs.

use std::fmt;

use super::Location;

/// The name of an alias with its prefix: `alias/orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AliasName(String);

/// `arn:aws:kms:us-east-1:000000000000:alias/orders`
pub(crate) struct AliasArn<'a> {
    pub(crate) location: &'a Location,
    pub(crate) name: &'a AliasName,
}

impl AliasName {
    /// The prefix of every alias name.
    pub(crate) const PREFIX: &'static str = "alias/";
    /// The prefix of the aliases of AWS managed keys.
    pub(crate) const AWS_PREFIX: &'static str = "alias/aws/";

    /// A name from a request. It may be malformed.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn arn<'a>(&'a self, location: &'a Location) -> AliasArn<'a> {
        AliasArn {
            location,
            name: self,
        }
    }
}

impl fmt::Display for AliasName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for AliasArn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.location.arn(self.name))
    }
}
