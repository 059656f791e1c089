//! JSON that is one value or a list of values.

use serde::{Deserialize, Serialize};

/// One value, or a list of values.
///
/// ```
/// use kms_emulator::fault::{Fault, OneOrMany};
///
/// let fault: Fault = serde_json::from_str(r#"{"operation": ["Encrypt", "Decrypt"], "status": 503}"#)?;
/// assert!(matches!(fault.operation, Some(OneOrMany::Many(names)) if names.len() == 2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One value.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// The values.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl<T> Default for OneOrMany<T> {
    /// An empty list.
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}
