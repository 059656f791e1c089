//! An element of a statement, or its negation.

/// `Action` or `NotAction` and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clause<T> {
    Is(T),
    Not(T),
}

impl<T> Clause<T> {
    pub(crate) fn value(&self) -> &T {
        match self {
            Self::Is(value) | Self::Not(value) => value,
        }
    }

    pub(super) fn holds(&self, matches: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::Is(value) => matches(value),
            Self::Not(value) => !matches(value),
        }
    }
}
