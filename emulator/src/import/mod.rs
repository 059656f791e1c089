//! Import: the token that goes with wrapped key material.

mod token;

pub(crate) use token::ImportToken;
