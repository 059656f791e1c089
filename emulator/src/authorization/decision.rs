//! A decision, and what made it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::iam::Statement;

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    /// AWS's sentence. `None` if it allows, or if the sentence is not known.
    pub(crate) message: Option<String>,
    pub(crate) by: By,
    /// The statements and grants that say the same.
    pub(crate) matched: Vec<By>,
    /// The condition keys that policies asked for and that the request does not have.
    pub(crate) missing: BTreeSet<String>,
}

impl Decision {
    pub(crate) fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allow
    }
}

/// Whether a request is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Allow,
    ExplicitDeny,
    ImplicitDeny,
}

/// The statement, grant or layer that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct By {
    #[serde(rename = "policy")]
    pub(crate) layer: Layer,
    /// The number of the statement in its layer, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statement: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<String>,
}

/// Where a decision comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    KeyPolicy,
    IdentityPolicy,
    SessionPolicy,
    PermissionsBoundary,
    ServiceControlPolicy,
    /// The policy of a resource that is not a key.
    ResourcePolicy,
    Grant,
    /// The root user may do everything in its account.
    Account,
    /// The operation does not work on keys of other accounts.
    Operation,
}

impl Layer {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::KeyPolicy => "key policy",
            Self::IdentityPolicy => "identity policy",
            Self::SessionPolicy => "session policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::ServiceControlPolicy => "service control policy",
            Self::ResourcePolicy => "resource policy",
            Self::Grant => "grant",
            Self::Account => "account",
            Self::Operation => "operation",
        }
    }

    /// The name in AWS's sentences.
    pub(crate) const fn in_sentence(self) -> &'static str {
        match self {
            Self::KeyPolicy => "resource-based policy",
            Self::IdentityPolicy => "identity-based policy",
            other => other.as_str(),
        }
    }
}

/// As in the log: `key policy, statement 2 (DenyAll)`.
impl fmt::Display for By {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.layer.as_str())?;
        if let Some(arn) = &self.arn {
            write!(formatter, " {arn}")?;
        }
        if let Some(index) = self.statement {
            write!(formatter, ", statement {}", index + 1)?;
        }
        if let Some(sid) = &self.sid {
            write!(formatter, " ({sid})")?;
        }
        if let Some(grant) = &self.grant {
            write!(formatter, " {grant}")?;
        }
        Ok(())
    }
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl By {
    pub(crate) fn layer(layer: Layer) -> Self {
        Self {
            layer,
            statement: None,
            sid: None,
            arn: None,
            grant: None,
        }
    }

    pub(crate) fn statement(layer: Layer, index: usize, statement: &Statement) -> Self {
        Self {
            statement: Some(index),
            sid: statement.sid.clone(),
            ..Self::layer(layer)
        }
    }

    pub(super) fn grant(id: Option<&String>) -> Self {
        Self {
            grant: id.cloned(),
            ..Self::layer(Layer::Grant)
        }
    }
}
