//! What is checked of a caller.

/// What is checked of a caller: nothing, its signature, or its permissions, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthMode {
    /// Every caller may do everything, with any credentials.
    #[default]
    None,
    /// Signatures must be right. Every caller may do everything.
    Sigv4,
    /// Signatures must be right. Policies and grants decide.
    Policy,
}

impl AuthMode {
    /// Whether policies and grants decide.
    pub(crate) const fn checks_policies(self) -> bool {
        matches!(self, Self::Policy)
    }
}
