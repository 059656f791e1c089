//! What the emulator checks of a caller.

/// What the emulator checks of a caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthMode {
    /// Nothing: every caller may do everything.
    #[default]
    None,
    /// Signatures: a request needs the access key of a seeded identity or of a session.
    Sigv4,
    /// Signatures, and then policies and grants.
    Policy,
}

impl AuthMode {
    /// Whether requests need a valid signature.
    pub fn checks_signatures(self) -> bool {
        matches!(self, Self::Sigv4 | Self::Policy)
    }

    /// Whether policies and grants decide.
    pub fn checks_policies(self) -> bool {
        self == Self::Policy
    }
}
